/** The benches take minutes: asked for their help, or for what they do not know, they measure nothing. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '..', '..');
const run = (file: string, ...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join('test', 'load', file), ...args], {
    cwd: root,
    encoding: 'utf8',
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  return { status, stdout, stderr };
};

test.each([
  { name: 'bench', file: 'bench.ts' },
  { name: 'bench:events', file: 'events-bench.ts' },
  { name: 'bench:transport', file: 'transport-bench.ts' },
  { name: 'bench:peer', file: 'peer-bench.ts' },
  { name: 'bench:memory', file: 'memory.ts' },
  { name: 'bench:address', file: 'shared-address.ts' },
])('$name tells how it is used, and refuses what it does not know', ({ name, file }) => {
  expect(run(file, '--help')).toEqual({ status: 0, stderr: '', stdout: expect.stringContaining(`npm run ${name}\n`) });
  const refused = (stderr: string) => ({ status: 2, stdout: '', stderr });
  expect(run(file, '--sockets', '5')).toEqual(refused("Unknown option '--sockets'; see --help\n"));
  expect(run(file, 'ping')).toEqual(refused('ping is not understood; see --help\n'));
});
