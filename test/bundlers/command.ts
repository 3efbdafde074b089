import { spawn } from 'node:child_process';

export type CommandOptions = Readonly<{ cwd: string; timeoutMs?: number; env?: Readonly<Record<string, string>> }>;

/** Runs a command to its end and yields what it printed. What fails, or takes too long, is an error with its last lines. */
export const runCommand = (
  command: string,
  args: readonly string[],
  { cwd, timeoutMs = 300_000, env = {} }: CommandOptions,
): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, CI: 'true', NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
    });
    let printed = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
      });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) return resolve(printed);
      const lines = printed.trimEnd().split('\n').slice(-40).join('\n');
      reject(new Error(`${command} ${args[0] ?? ''} ended with ${signal ?? code}:\n${lines}`));
    });
  });
