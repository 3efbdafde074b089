/**
 * `npm run mutations [-- --count 60] [--seed N] [--skip N]`: takes early returns, conditions of writes and comparisons with limits out of
 * a copy of the sources, one at a time, chosen by a seed that it prints, and runs the tests that import the file. `--skip`
 * leaves out the first of the chosen, so that a long list can be run in parts. Exits with 1 where all tests stay green: then
 * nobody would have noticed.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Mutant, mutantsOf, sampled } from './mutants.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '60' },
    seed: { type: 'string' },
    skip: { type: 'string', default: '0' },
    only: { type: 'string' },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
const root = join(import.meta.dirname, '..', '..');
const folders = '{routes,attempt,session,delivery,dynamodb,access,identity,rate-limit,connection,events}';
const left = new Set(['node_modules', '.git', '.maitred', 'cdk.out', 'data']);
/** They run a whole gateway and would see nothing that these do not; together they take minutes. */
const tooSlow = [
  'conversation',
  'client',
  'cli',
  'browser',
  'load',
  'local',
  'lib',
  'console',
  'baseline',
  'compatibility',
];

const copyOfSources = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'mutations-'));
  cpSync(root, dir, { recursive: true, filter: (path) => !left.has(path.slice(root.length + 1)) });
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
  return dir;
};

const jest = ['--experimental-vm-modules', '--no-warnings', createRequire(import.meta.url).resolve('jest/bin/jest')];

/** The name of a test that fails, or none. */
const failingIn = (dir: string, { file }: Mutant): string | undefined => {
  const outputFile = join(dir, 'mutations.json');
  rmSync(outputFile, { force: true });
  const args = [
    '--findRelatedTests',
    file,
    '--json',
    `--outputFile=${outputFile}`,
    '--silent',
    '--bail=1',
    '--forceExit',
  ];
  const ignored = tooSlow.map((folder) => `<rootDir>/test/${folder}/`);
  // One process, which ends when it is killed: a worker of its own would go on with a loop that has no end any more.
  spawnSync(
    process.execPath,
    [...jest, '--runInBand', ...args, '--testPathIgnorePatterns', '/node_modules/', ...ignored],
    {
      cwd: dir,
      stdio: 'ignore',
      timeout: 300_000,
      killSignal: 'SIGKILL',
      env: { ...process.env, CDK_VALIDATION: 'false' },
    },
  );
  type Report = { testResults: { message: string; assertionResults: { title: string; status: string }[] }[] };
  // A run that hangs or dies has noticed, too.
  if (!existsSync(outputFile)) return 'the run did not end';
  const { testResults }: Report = JSON.parse(readFileSync(outputFile, 'utf8'));
  if (testResults.length === 0) return undefined;
  const failed = testResults.flatMap((one) => one.assertionResults).find(({ status }) => status === 'failed');
  return failed?.title ?? testResults.find(({ message }) => message !== '')?.message.split('\n')[0];
};

const dir = copyOfSources();
let survivors = 0;
try {
  const all = globSync(`lambdas/${folders}/**/*.ts`, { cwd: root })
    .sort()
    .flatMap((file) => mutantsOf(file, readFileSync(join(root, file), 'utf8')));
  const chosen = sampled(
    all.filter(({ file }) => values.only === undefined || file.includes(values.only)),
    Number(values.count),
    seed,
  ).slice(Number(values.skip));
  process.stdout.write(`${chosen.length} of ${all.length} by seed ${seed}\n`);
  for (const mutant of chosen) {
    const path = join(dir, mutant.file);
    const whole = readFileSync(path, 'utf8');
    const lines = whole.split('\n');
    lines[mutant.line - 1] = mutant.after;
    writeFileSync(path, lines.join('\n'));
    const by = failingIn(dir, mutant);
    writeFileSync(path, whole);
    if (by === undefined) survivors += 1;
    const what =
      mutant.kind === 'early return' ? mutant.before.trim() : `${mutant.before.trim()}  ->  ${mutant.after.trim()}`;
    process.stdout.write(
      `${by === undefined ? 'GREEN' : 'red  '} ${mutant.file}:${mutant.line}  ${mutant.kind}: ${what}\n`,
    );
  }
  process.stdout.write(`${survivors} of ${chosen.length} stayed green\n`);
} finally {
  rmSync(dir, { recursive: true });
}
process.exitCode = survivors === 0 ? 0 : 1;
