/**
 * A process that runs commands one after another: the file of each is evaluated anew, with its arguments and its output to
 * itself. What takes half a second of a command's time, Node and the packages, is there already.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What it is told over the process's channel, and what it tells. */
export type Asked = Readonly<{ command: string; args: readonly string[]; isTerminal: boolean; cwd: string }>;
export type Answered = Readonly<{ code: number; stdout: string; stderr: string }>;

let nth = 0;
const commands = join(process.cwd(), 'bin');

const run = async ({ command, args, isTerminal, cwd }: Asked): Promise<Answered> => {
  const file = join(commands, `${command}.ts`);
  process.chdir(cwd);
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    process[stream].write = (chunk: string | Uint8Array) => {
      output[stream] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      return true;
    };
  process.stdout.isTTY = isTerminal;
  process.argv = [process.execPath, file, ...args];
  process.exitCode = 0;
  nth += 1;
  await import(`${pathToFileURL(file)}?nth=${nth}`);
  const { exitCode } = process;
  process.exitCode = 0;
  return { code: Number(exitCode), ...output };
};

// A command that ends the process ends this one, and whoever asked hears of it.
let last: Promise<unknown> = Promise.resolve();
process.on('message', (asked: Asked) => {
  last = last.then(async () => process.send?.(await run(asked)));
});
process.on('disconnect', () => process.exit());
