/**
 * `npm run guards`: removes each guard of the invariants in a copy of the sources, runs the test that is to fail, and
 * exits with 1 where one stays green. `npm run guards -- I3` does so for one invariant.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Guard, guards } from './guards.ts';

const root = join(import.meta.dirname, '..', '..');
const left = new Set(['node_modules', '.git', '.maitred', 'cdk.out']);

const copyOfSources = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'guards-'));
  cpSync(root, dir, { recursive: true, filter: (path) => !left.has(path.slice(root.length + 1)) });
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
  return dir;
};

/** A title as written, with its placeholders, against one as reported. */
const isTitled = (written: string, reported: string): boolean => {
  const parts = written.split(/%[a-z]|\$\w+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(reported);
};

type Report = {
  testResults: { message: string; assertionResults: { title: string; status: string }[] }[];
};

/** Whether the named test fails in this copy as it is. */
const fails = (dir: string, { test, title }: Guard): 'fails' | 'passes' | 'is not there' => {
  const outputFile = join(dir, 'guards.json');
  const args = [join('test', 'run.ts'), test, '--json', `--outputFile=${outputFile}`, '--silent'];
  spawnSync(process.execPath, args, { cwd: dir, stdio: 'ignore' });
  const { testResults }: Report = JSON.parse(readFileSync(outputFile, 'utf8'));
  const named = testResults.flatMap((one) => one.assertionResults).filter((one) => isTitled(title, one.title));
  if (named.length === 0) return 'is not there';
  return named.some(({ status }) => status === 'failed') ? 'fails' : 'passes';
};

const dir = copyOfSources();
let unguarded = 0;
try {
  for (const guard of guards.filter(({ of }) => process.argv[2] === undefined || of === process.argv[2])) {
    const path = join(dir, guard.file);
    const whole = readFileSync(path, 'utf8');
    writeFileSync(
      path,
      whole.replace(guard.text, () => guard.without),
    );
    const outcome = fails(dir, guard);
    writeFileSync(path, whole);
    if (outcome !== 'fails') unguarded += 1;
    process.stdout.write(`${guard.of}  ${outcome === 'fails' ? 'red' : `NOT RED (${outcome})`}  ${guard.guard}\n`);
  }
} finally {
  rmSync(dir, { recursive: true });
}
process.exitCode = unguarded === 0 ? 0 : 1;
