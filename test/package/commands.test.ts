/** The commands as the package has them: whole without a checkout and without packages, and in the words of whoever installed it. */
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Metafile } from 'esbuild';
import { commands } from '../../bin/commands.ts';
import { exitCodes } from '../../bin/exit-codes.ts';
import { buildCommands } from '../../package/commands.ts';

const root = join(import.meta.dirname, '../..');
const dir = mkdtempSync(join(tmpdir(), 'maitred-commands-'));
const app = mkdtempSync(join(tmpdir(), 'maitred-app-'));
let built: readonly Metafile[];

beforeAll(async () => {
  built = await buildCommands(root, dir);
  writeFileSync(join(app, 'cdk.json'), '{ "app": "node app.mjs" }');
});
afterAll(() => {
  for (const one of [dir, app]) rmSync(one, { recursive: true });
});

const maitred = (cwd: string, ...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(dir, 'maitred.mjs'), ...args], {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '' },
    timeout: 30_000,
    killSignal: 'SIGKILL',
  });
  return { code: status, stdout, stderr };
};

test('says nowhere how a command is called in a checkout', () => {
  const files = globSync(['*.mjs', 'console/*'], { cwd: dir });
  expect(files).toEqual(expect.arrayContaining(['maitred.mjs', 'worker.mjs', 'console/index.html']));
  for (const file of files) {
    const [said] =
      /npm (?:run|start|test)\b.{0,40}|(?<!npx maitred )"(?:members|sessions) --.{0,20}/.exec(
        readFileSync(join(dir, file), 'utf8'),
      ) ?? [];
    expect([file, said]).toEqual([file, undefined]);
  }
});

/** What packages ask for if it is there, and do without. The last one bundles in a checkout what is bundled here. */
const optional = ['bufferutil', 'utf-8-validate', 'esbuild'];

test('needs no package: all that it loads is its own or of Node', () => {
  const loaded = built
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap(({ imports }) => imports)
    .filter(({ external }) => external === true)
    .map(({ path }) => path);
  expect([...new Set(loaded)].filter((path) => !isBuiltin(path)).sort()).toEqual(optional.toSorted());
});

test('loads nothing of a command before it is known which: an old Node reads as far as that', () => {
  const outputs = Object.fromEntries(built.flatMap((one) => Object.entries(one.outputs)));
  const reached = new Set<string>();
  const reach = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const one of outputs[path]?.imports ?? [])
      if (one.kind === 'import-statement' && one.external !== true) reach(one.path);
  };
  reach(Object.keys(outputs).find((path) => path.endsWith('/maitred.mjs')) ?? '');
  expect([...reached].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {})).sort()).toEqual([
    'bin/called.ts',
    'bin/command.ts',
    'bin/commands.ts',
    'bin/exit-codes.ts',
    'bin/maitred.ts',
    'bin/nearest.ts',
    'bin/node-version.ts',
    'package.json',
  ]);
});

test('lists all commands, each with what it is for', () => {
  const { code, stdout, stderr } = maitred(app, '--help');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('npx maitred COMMAND [OPTIONS]');
  const listed = [...stdout.matchAll(/^ {2}([a-z]+) {2,}(.+)$/gm)].map(([, name, line]) => [name, line]);
  expect(listed).toEqual(Object.entries(commands).map(([name, { line }]) => [name, line]));
  expect(maitred(app)).toEqual({ code, stdout, stderr });
});

test('names the command that was probably meant', () => {
  const refused = (stderr: string) => ({ code: exitCodes.usage, stdout: '', stderr });
  expect(maitred(app, 'tokens', 'chef')).toEqual(refused('There is no command tokens; did you mean token?\n'));
});

test('runs a command with what follows its name, in the folder of an app', () => {
  expect(maitred(app, 'members', 'list', '--restaurant', 'r-17')).toEqual({
    code: exitCodes.failed,
    stdout: '',
    stderr:
      'No local gateway is running: start one with "npx maitred start", or name a deployed app\'s stack with --stack.\n',
  });
  expect(maitred(app, 'members', 'list', '--restaurant', 'r-17', '--stage', 'dev')).toMatchObject({
    code: exitCodes.usage,
    stderr: expect.stringContaining('say --stack NAME for each stack of your app'),
  });
  expect(maitred(dir, 'token', 'chef')).toEqual({
    code: exitCodes.failed,
    stdout: '',
    stderr: expect.stringContaining('There is no CDK app in '),
  });
});

test('has the types of a configuration, and of none that was never synthesized', () => {
  const { code, stdout } = maitred(app, 'types', '--config', join(root, 'examples/fleet/config.json'));
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\/\*\* Types for @maitred\/client\. `npx maitred types --config .*fleet\/config\.json` /);
  expect(stdout).toContain('export type ConnectionType = "vehicle"');
  expect(maitred(app, 'types')).toMatchObject({
    code: exitCodes.failed,
    stdout: '',
    stderr: expect.stringContaining('cdk.out/manifest.json is not there: synthesize the app first.'),
  });
});
