/** An app's command, run as the CDK's command line runs it. No CDK is run: what stands in for it writes what it was told. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sourcesOf, stateOfApp } from '../../lib/app-state.ts';
import { AppError, contextOf, readCdkApp } from '../../lib/cdk-app.ts';
import { madeAssembly, runApp } from '../../lib/run-app.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maitred-app-'));
  mkdirSync(join(folder, 'out'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (path: string, content: unknown): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
};

/** Writes its environment beside a manifest. */
const recording = `
const { writeFileSync, existsSync, readFileSync } = require('node:fs');
const { CDK_OUTDIR: out, CONTEXT_OVERFLOW_LOCATION_ENV: more } = process.env;
writeFileSync(out + '/told.json', JSON.stringify({
  ...process.env,
  context: { ...JSON.parse(process.env.CDK_CONTEXT_JSON), ...(more && JSON.parse(readFileSync(more, 'utf8'))) },
  built: existsSync('built'),
}));
writeFileSync(out + '/manifest.json', '{}');
`;

const run = async (context?: Readonly<Record<string, unknown>>) => {
  const outdir = join(folder, 'out');
  await runApp({ app: readCdkApp(folder), outdir, validate: false, ...(context && { context }) });
  return JSON.parse(readFileSync(join(outdir, 'told.json'), 'utf8'));
};

const failureOf = async (command: string): Promise<AppError> => {
  write('cdk.json', { app: command });
  const outcome: unknown = await run().catch((error: unknown) => error);
  if (outcome instanceof AppError) return outcome;
  throw new Error('the app did not fail', { cause: outcome });
};

describe('an app is told', () => {
  beforeEach(() => write('app.js', recording));

  test('what its files say, what is said on the command line before that, and what the command line of the CDK adds', async () => {
    write('cdk.json', { app: 'node app.js', context: { a: 1, b: 2 } });
    write('cdk.context.json', { b: 'looked up', c: 'looked up' });
    const { context, CDK_VALIDATION } = await run({ a: 'said' });
    expect(context).toEqual({
      a: 'said',
      b: 2,
      c: 'looked up',
      'aws:cdk:enable-path-metadata': true,
      'aws:cdk:enable-asset-metadata': true,
    });
    expect(CDK_VALIDATION).toBe('false');
  });

  test('in a file what has no room in a variable', async () => {
    const large = 'x'.repeat(200_000);
    write('cdk.json', { app: 'node app.js', context: { large } });
    const { context, CONTEXT_OVERFLOW_LOCATION_ENV } = await run();
    expect(context.large).toBe(large);
    expect(existsSync(CONTEXT_OVERFLOW_LOCATION_ENV)).toBe(false);
  });

  test.each([
    {
      why: 'which its look-ups are of',
      kept: { 'vpc-provider:account=123456789012:filter.x=y:region=eu-west-1': {}, 'ami:region=eu-west-1': '' },
      is: ['123456789012', 'eu-west-1'],
    },
    {
      why: 'which is not known where they are of several',
      kept: { 'a:account=123456789012:region=eu-west-1': {}, 'a:account=210987654321:region=eu-west-2': {} },
      is: [undefined, undefined],
    },
    { why: 'which is not known where it looks nothing up', kept: {}, is: [undefined, undefined] },
  ])('of account and region those $why', async ({ kept, is }) => {
    write('cdk.json', { app: 'node app.js' });
    write('cdk.context.json', kept);
    const { CDK_DEFAULT_ACCOUNT, CDK_DEFAULT_REGION } = await run();
    expect([CDK_DEFAULT_ACCOUNT, CDK_DEFAULT_REGION]).toEqual(is);
  });

  test('after its build, with the commands of its packages, those of a folder above it too', async () => {
    write('cdk.json', {});
    write('packages/shop/cdk.json', { app: 'shop-app', build: 'echo built > built' });
    write('node_modules/.bin/shop-app', `#!${process.execPath}\n${recording}`);
    const shop = join(folder, 'packages', 'shop');
    symlinkSync(process.execPath, join(folder, 'node'));
    chmodSync(join(folder, 'node_modules/.bin/shop-app'), 0o755);
    await runApp({ app: readCdkApp(shop), outdir: join(folder, 'out') });
    expect(JSON.parse(readFileSync(join(folder, 'out', 'told.json'), 'utf8'))).toMatchObject({
      built: true,
      CDK_VALIDATION: 'true',
    });
  });
});

test('an app that is an assembly already is not run', () => {
  write('cdk.json', { app: 'out' });
  expect(madeAssembly(readCdkApp(folder))).toBe(join(folder, 'out'));
  write('cdk.json', { app: 'node app.js' });
  expect(madeAssembly(readCdkApp(folder))).toBe(undefined);
});

describe('an app that cannot be run says in one sentence why', () => {
  const printing = (text: string): string => {
    write('text', text);
    return `${process.platform === 'win32' ? 'type' : 'cat'} text >&2; exit 1`;
  };

  test.each([
    {
      why: 'an error of Node',
      printed: 'file.js:1\nthrow x\n\nTypeError: no shop\n    at x\n\nNode.js v24.0.0\n',
      says: 'no shop',
    },
    { why: 'an error in an error', printed: 'AError: a: BError: b\n', says: 'b' },
    {
      why: 'an error of the CDK',
      printed: '[«Code» no such thing\n    at x\nRelates to construct:\n  x]\n',
      says: 'no such thing',
    },
    {
      why: 'a compiler',
      printed: 'TSError: x Unable to compile:\nbin/app.ts(1,2): error TS2304: Cannot find x.\n',
      says: 'bin/app.ts(1,2): error TS2304: Cannot find x.',
    },
    {
      why: 'Java',
      printed: 'Exception in thread "main"\njava.lang.IllegalStateException: no stack\n\tat x\n',
      says: 'no stack',
    },
    { why: 'a shell', printed: 'sh: 1: gradle: not found\n', says: 'sh: 1: gradle: not found' },
    { why: 'nobody', printed: '', says: 'it ended with 1' },
    {
      why: 'npx',
      printed:
        'npm error npx canceled due to missing packages and no YES option: ["ts-node@10.9.2"]\nnpm error A complete log\n',
      says: 'npx canceled due to missing packages and no YES option: ["ts-node@10.9.2"], so its packages are not installed there',
    },
    {
      why: 'Node, of a package',
      printed: "Error: Cannot find module 'aws-cdk-lib'\nRequire stack:\n- x\n",
      says: "Cannot find module 'aws-cdk-lib', so its packages are not installed there",
    },
    { why: 'Node, of a file', printed: "Error: Cannot find module './x'\n", says: "Cannot find module './x'" },
  ])('as $why tells it', async ({ printed, says }) => {
    const failure = await failureOf(printing(printed));
    expect(failure.message).toBe(`The app in ${folder} cannot be synthesized: ${says}`);
    expect(failure.output).toBe(printed);
  });

  test('where it makes nothing', async () => {
    expect((await failureOf('echo done')).message).toMatch(/"echo done" has made no cloud assembly/);
  });

  test.each([
    { why: 'names no command', text: '{}', says: /cdk\.json names no "app"/ },
    { why: 'is no JSON', text: '{', says: /cdk\.json cannot be read as JSON\.$/ },
    { why: 'is of another kind', text: '{"app":1}', says: /cdk\.json is not as the CDK has it: app: / },
  ])('where cdk.json $why', ({ text, says }) => {
    write('cdk.json', text);
    expect(() => readCdkApp(folder)).toThrow(says);
    expect(() => readCdkApp(folder)).toThrow(AppError);
  });
});

test('context is said as key=value', () => {
  expect(contextOf(['a=1', 'b=x=y', 'c='])).toEqual({ a: '1', b: 'x=y', c: '' });
  expect(contextOf(['a'])).toBe(undefined);
});

describe('an app is another one', () => {
  const state = (context = {}): string => stateOfApp(readCdkApp(folder), context);
  beforeEach(() => {
    write('cdk.json', { app: 'node app.js', output: 'made' });
    write('lib/shop.ts', 'shop');
    write('node_modules/.package-lock.json', '{}');
  });

  test.each([
    { why: 'a file has changed', change: () => write('lib/shop.ts', 'bar') },
    { why: 'a file has come', change: () => write('deep/er/new.json', '') },
    { why: 'a file is gone', change: () => rmSync(join(folder, 'lib/shop.ts')) },
    { why: 'something else is installed', change: () => write('node_modules/.package-lock.json', '{ }') },
    { why: 'something was looked up', change: () => write('cdk.context.json', '{"a":1}') },
    { why: 'it is told otherwise', change: () => {}, context: { stage: 'dev' } },
  ])('where $why', ({ change, context = {} }) => {
    const before = state();
    change();
    expect(state(context)).not.toBe(before);
  });

  test('where what is installed above it has changed, as in a monorepo', () => {
    const shop = join(folder, 'packages', 'shop');
    write('packages/shop/cdk.json', { app: 'x' });
    const before = stateOfApp(readCdkApp(shop), {});
    write('node_modules/.package-lock.json', '{ }');
    expect(stateOfApp(readCdkApp(shop), {})).not.toBe(before);
  });

  test('and not for what tools put into its folder', () => {
    const before = state();
    for (const path of [
      'node_modules/x/y.js',
      '.git/HEAD',
      '.venv/lib/x.py',
      'cdk.out/x',
      'cdk.out.2/x',
      'made/x',
      'lib/__pycache__/x',
    ])
      write(path, 'x');
    expect(state()).toBe(before);
  });

  test.each(['lib/**/*.ts', 'lib/**', 'lib'])('by the files alone that it names, wherever those are: %s', (pattern) => {
    write('cdk.json', { app: 'x', context: { 'maitred:sources': [pattern, '../*.none'] } });
    expect(sourcesOf(readCdkApp(folder))).toEqual(pattern === 'lib' ? [] : ['lib/shop.ts']);
    const before = state();
    write('other.ts', '');
    expect(state()).toBe(before);
  });

  test('where a file has changed whose time is the beginning of time, as reproducible builds set it', () => {
    const date = () => utimesSync(join(folder, 'lib/shop.ts'), 0, 0);
    date();
    const before = state();
    write('lib/shop.ts', 'bar');
    date();
    expect(state()).not.toBe(before);
  });

  test('where a file has changed that only a link leads to', () => {
    const elsewhere = realpathSync(mkdtempSync(join(tmpdir(), 'maitred-menus-')));
    try {
      writeFileSync(join(elsewhere, 'menu.json'), '1');
      symlinkSync(elsewhere, join(folder, 'menus'));
      const before = state();
      writeFileSync(join(elsewhere, 'menu.json'), '2');
      expect(state()).not.toBe(before);
      expect(sourcesOf(readCdkApp(folder))).toContain('menus/menu.json');
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });

  test('and not for what its user may not read, which is no mistake', () => {
    write('secret/x', 'x');
    write('secret.txt', 'x');
    const { getuid, seteuid } = process;
    const isRoot = getuid?.() === 0;
    chmodSync(folder, 0o755);
    chmodSync(join(folder, 'secret'), 0);
    chmodSync(join(folder, 'secret.txt'), 0);
    try {
      if (isRoot) seteuid?.(65534);
      const before = state();
      expect(sourcesOf(readCdkApp(folder))).toEqual(['cdk.json', 'lib/shop.ts', 'secret.txt']);
      expect(state()).toBe(before);
    } finally {
      if (isRoot) seteuid?.(0);
      chmodSync(join(folder, 'secret'), 0o755);
    }
  });

  test.each([
    { why: 'its own folder', target: '.', files: [] },
    { why: 'a folder above it', target: '..', files: [] },
    { why: 'a folder that is read already', target: 'lib', files: [] },
    { why: 'what tools put there', target: 'node_modules/x', files: [] },
    { why: 'its output', target: 'made', files: [] },
    { why: 'nothing', target: 'none', files: [] },
    { why: 'a file', target: 'lib/shop.ts', files: ['a-link'] },
  ])('a link to $why leads to no more than that', ({ target, files }) => {
    for (const path of ['node_modules/x/y.js', 'made/x']) write(path, 'x');
    symlinkSync(target, join(folder, 'a-link'));
    expect(sourcesOf(readCdkApp(folder))).toEqual([...files, 'cdk.json', 'lib/shop.ts']);
  });

  test.each(['./made', 'made/', 'lib/../made'])('and not for its output, however that is said: %s', (output) => {
    write('cdk.json', { app: 'node app.js', output });
    const before = state();
    write('made/x', 'x');
    expect(state()).toBe(before);
  });
});
