/** How long `npm start` takes until a socket can be opened: the first time that a configuration is seen, and again when nothing has changed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { median } from './functions.ts';

const root = join(import.meta.dirname, '..', '..');

export const readySeconds = async (): Promise<Readonly<{ afterAChange: number; unchanged: number }>> => {
  const dir = mkdtempSync(join(tmpdir(), 'maitred-ready-'));
  const config = join(dir, 'config.json');
  // Of all that it is made from, two numbers have never been so.
  const [now, million] = [Date.now(), 1_000_000];
  const budgets = { hostileFailures: 1 + (now % million), recordsPerMinute: 1 + (Math.floor(now / million) % million) };
  writeFileSync(config, JSON.stringify({ budgets }));
  try {
    const afterAChange = await startOnce(config);
    const again: number[] = [];
    for (let turn = 0; turn < 3; turn += 1) again.push(await startOnce(config));
    return { afterAChange, unchanged: median(again) };
  } finally {
    rmSync(dir, { recursive: true });
  }
};

/** From the process's start until it says that it is open. */
const startOnce = async (config: string): Promise<number> => {
  const startedMs = performance.now();
  const child = spawn(
    process.execPath,
    ['--no-warnings', 'bin/maitred.ts', 'start', '--port', '0', '--config', config],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const ended = once(child, 'exit');
  try {
    for await (const line of createInterface({ input: child.stdout }))
      if (line.startsWith('maitred is open')) return (performance.now() - startedMs) / 1000;
    throw new Error('npm start ended before it was open');
  } finally {
    child.kill('SIGTERM');
    child.stdout.resume();
    await ended;
  }
};
