/** `start` in the folder of somebody's app. Their command is run in `.ci/package`; here `cdk.json` names an assembly. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { type Ending, exitCodes } from '../../bin/exit-codes.ts';
import { connect } from '../../bin/smoke/client.ts';
import { parseStageFile } from '../../config-schema/stage-file.ts';
import { assemblyWith } from '../conversation/assembly.ts';
import { doorStack, ofTheApp, writeForeignApp } from '../local/foreign-app.ts';
import { createCheckout } from './checkout.ts';

const here = createCheckout();
const apps = mkdtempSync(join(tmpdir(), 'maitred-apps-'));
afterAll(async () => {
  await here.remove();
  rmSync(apps, { recursive: true });
});

/** The folder of an app whose assembly is `assembly` below it. */
const app = (name: string, files: Readonly<Record<string, string>> = {}, assembly?: string): string => {
  const folder = join(apps, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'cdk.json'), '{ "app": "assembly" }');
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  if (assembly !== undefined) renameSync(assembly, join(folder, 'assembly'));
  return folder;
};
const withDoor = (name: string, variables = {}, files = {}): string =>
  app(name, files, writeForeignApp({ Shop: doorStack('Shop', variables, { resources: ofTheApp }) }));
const withTwo = (): string =>
  app('two', {}, writeForeignApp({}, { Dev: { D: doorStack('Dev/D') }, Prod: { P: doorStack('Prod/P') } }));

const cases: readonly Readonly<{ why: string; folder: () => string; args?: string; says: RegExp; ending?: Ending }>[] =
  [
    {
      why: 'no app is there',
      folder: () => apps,
      says: /^There is no CDK app in .+: neither it nor a folder above it has a cdk\.json\.$/,
    },
    {
      why: 'the app fails',
      folder: () => app('failing', { 'cdk.json': '{ "app": "echo Error: no shop today >&2; exit 1" }' }),
      says: /^The app in .+failing cannot be synthesized: no shop today$/,
    },
    {
      why: 'the app has no gateway',
      folder: () => app('without', {}, writeForeignApp({ Shop: { resources: ofTheApp } })),
      says: /^The app has no gateway: /,
    },
    {
      why: 'the app has several gateways',
      folder: withTwo,
      ending: 'usage',
      says: /^The app has several gateways, choose one with --door: Dev\/D\/Door, Prod\/P\/Door\.$/,
    },
    {
      why: 'the app has no gateway of that name',
      folder: () => withDoor('other-door'),
      args: '--door Bar',
      ending: 'usage',
      says: /^The app has no gateway Bar; it has Shop\/Door\.$/,
    },
    {
      why: 'the gateway needs what only a deployment knows',
      folder: () => withDoor('values', { BUS: { 'Fn::ImportValue': 'shop:Bus' } }),
      says: /BUS\.Fn::ImportValue imports shop:Bus, .+: give its value as "shop:Bus": "…" in maitred\.values\.json$/,
    },
    {
      why: 'the file of values is none',
      folder: () => withDoor('values-list', {}, { 'maitred.values.json': '[1]' }),
      says: /^maitred\.values\.json must be an object of texts that are not empty/,
    },
    {
      why: 'a named file of values is not there',
      folder: () => withDoor('values-missing'),
      args: '--values nowhere.json',
      says: /^nowhere\.json is not there\.$/,
    },
    {
      why: 'a stage is named by a file',
      folder: () => withDoor('config'),
      args: '--config x.json',
      ending: 'usage',
      says: /^--config is for maitred's own app; /,
    },
    {
      why: 'context is said wrongly',
      folder: () => withDoor('context'),
      args: '-c a',
      ending: 'usage',
      says: /^-c is KEY=VALUE/,
    },
  ];

test.each(cases)('it is told in one sentence where $why', async ({ folder, args = '', says, ending = 'failed' }) => {
  const words = args === '' ? [] : args.split(' ');
  const { code, stderr } = await here.runIn(folder(), 'start', '--port', '0', ...words);
  expect(stderr).toMatch(/^[^\n]+\n$/);
  expect(stderr.trim()).toMatch(says);
  expect(code).toBe(exitCodes[ending]);
});

/** What the command keeps in the folder of an app says by itself that it is no part of the app. */
const gitIgnoreOf = (folder: string): string => readFileSync(join(folder, '.maitred', '.gitignore'), 'utf8');

test('an assembly that is made of an app is kept out of its repository, unless the app says otherwise', async () => {
  const folder = app('kept', { 'cdk.json': '{ "app": "exit 1" }' });
  await here.runIn(folder, 'start', '--port', '0');
  expect(readdirSync(join(folder, '.maitred')).sort()).toEqual(['.gitignore', 'assemblies']);
  expect(gitIgnoreOf(folder)).toBe('*\n');
  writeFileSync(join(folder, '.maitred', '.gitignore'), 'gateways\n');
  await here.runIn(folder, 'start', '--port', '0');
  expect(gitIgnoreOf(folder)).toBe('gateways\n');
});

test('the gateway of an app runs with the issuer of this machine, and is found from every folder of the app', async () => {
  const issuers = [{ alias: 'staff', issuer: 'https://id.example.com', audience: 'tills', idTokens: 'other_audience' }];
  const folder = app('running', { 'cdk.context.json': '{}' });
  await assemblyWith(join(folder, 'assembly'), (config) => ({
    ...config,
    ...parseStageFile(JSON.stringify({ ...config, issuers: [{ ...config.issuers[0], ...issuers[0] }], demoUsers: {} })),
  }));
  mkdirSync(join(folder, 'lib'));
  const command = here.startIn(join(folder, 'lib'), 'start', '--port', '0');
  await command.says('Ctrl-C ends it.');
  const [name = ''] = readdirSync(join(folder, '.maitred', 'gateways'));
  const file = JSON.parse(readFileSync(join(folder, '.maitred', 'gateways', name), 'utf8'));
  const config = parseStageFile(readFileSync(file.stageFile, 'utf8'));
  const line = await here.runIn(folder, 'token', 'manager', '--line');
  const client = await connect(file.url);
  client.send(line.stdout.trim());
  const answer = JSON.parse(await client.next());
  client.drop();
  command.interrupt();
  const { code, stdout } = await command.ended;

  expect(config.issuers.map(({ alias }) => alias)).toEqual(['demo']);
  expect(config.demoUsers).toEqual(Object.fromEntries(Object.keys(config.roles).map((role) => [role, role])));
  expect(answer).toMatchObject({ type: 'auth_success', role: 'manager' });
  expect(stdout).not.toContain('Synthesizing');
  expect(gitIgnoreOf(folder)).toBe('*\n');
  expect(code).toBe(0);
}, 60_000);
