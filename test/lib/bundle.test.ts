import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import { bundledCode, bundleOptions, type EntryName, entryNames } from '../../lib/bundle.ts';

const root = join(import.meta.dirname, '..', '..');

let projectDir: string;
beforeEach(() => {
  projectDir = mkdtempSync(join(tmpdir(), 'maitred-bundle-'));
  mkdirSync(join(projectDir, 'lambdas'));
  for (const entry of entryNames)
    writeFileSync(join(projectDir, 'lambdas', `${entry}.lambda.ts`), 'export const handler = () => 1;\n');
});
afterEach(() => rmSync(projectDir, { recursive: true }));

/** A stack with these entries of a project as functions, for each of these stages; yields its assembly's folder. */
const deploy = ({
  context = {},
  dir = projectDir,
  entries = ['message'],
  stageFiles = ['{}'],
}: {
  context?: object;
  dir?: string;
  entries?: readonly EntryName[];
  stageFiles?: readonly string[];
} = {}): string => {
  const app = new App({ context, outdir: join(projectDir, 'out', String(outputs++)) });
  const stack = new Stack(app, 'stack');
  for (const stageFile of stageFiles) {
    const codeOf = bundledCode(dir, stageFile, 'sdk');
    for (const entry of entries)
      new LambdaFunction(stack, `Function${stack.node.children.length}`, {
        code: codeOf(entry),
        handler: 'index.handler',
        runtime: Runtime.NODEJS_24_X,
      });
  }
  return app.outdir;
};
let outputs = 0;

const assetsIn = (outdir: string): readonly string[] => readdirSync(outdir).filter((name) => name.startsWith('asset.'));

test('a project that can be bundled is', () => {
  expect(() => deploy()).not.toThrow();
});

test.each([
  { why: 'an import that leads nowhere', code: "import './gone.ts';", says: 'Could not resolve "./gone.ts"' },
  { why: 'no TypeScript', code: 'export const = 5;', says: 'Expected identifier but found "="' },
])('$why is named with its place', ({ code, says }) => {
  writeFileSync(join(projectDir, 'lambdas', 'message.lambda.ts'), `\n${code}\n`);

  expect(() => deploy()).toThrow(`BundleError: the functions cannot be bundled: ${says} (lambdas/message.lambda.ts:2)`);
});

test('an entry that is missing is named', () => {
  rmSync(join(projectDir, 'lambdas', 'connect.lambda.ts'));

  expect(() => deploy()).toThrow('the functions cannot be bundled: Could not resolve "lambdas/connect.lambda.ts"');
});

test('a command of the CDK that needs no code does not wait for it', () => {
  rmSync(join(projectDir, 'lambdas', 'connect.lambda.ts'));

  expect(() => deploy({ context: { 'aws:cdk:bundling-stacks': [] } })).not.toThrow();
});

describe('the code of a function', () => {
  const stageFileIn = (outdir: string, asset: string): string =>
    readFileSync(join(outdir, asset, 'stage.json'), 'utf8');

  test("has its stage's configuration beside it, and is the same code in every stage", () => {
    const outdir = deploy({ stageFiles: ['{"stage":1}', '{"stage":2}'] });
    const assets = assetsIn(outdir);
    expect(assets.map((asset) => stageFileIn(outdir, asset)).sort()).toEqual(['{"stage":1}', '{"stage":2}']);
    const codes = assets.map((asset) => readFileSync(join(outdir, asset, 'index.mjs'), 'utf8'));
    expect(codes[0]).toBe(codes[1]);
  });

  test('is one asset of two stages that are configured alike', () => {
    expect(assetsIn(deploy({ stageFiles: ['{"stage":1}', '{"stage":1}'] }))).toHaveLength(1);
  });

  test('has the same hash in a copy of the project in another folder, whoever may read its files', () => {
    const copy = join(projectDir, 'a', 'deeper', 'folder');
    const { inputs } = buildSync({ ...bundleOptions(root, 'sdk'), metafile: true }).metafile;
    const files = new Set(Object.keys(inputs).flatMap((path) => [path, ...packageFilesAbove(path)]));
    // Else it would be written beside the copy: the packages have to lie in the project.
    expect([...files].filter((path) => path.startsWith('..'))).toEqual([]);
    for (const path of files) cpSync(join(root, path), join(copy, path));
    chmodSync(join(copy, 'lambdas', 'message.lambda.ts'), 0o600);

    const here = assetsIn(deploy({ dir: root, entries: entryNames }));
    expect(here).toHaveLength(entryNames.length);
    expect(assetsIn(deploy({ dir: copy, entries: entryNames }))).toEqual(here);
  });
});

/** The `package.json` files by which a module is found: of its folder and of all above it. */
const packageFilesAbove = (path: string): readonly string[] => {
  const dir = dirname(path);
  const above = dir === '.' ? [] : packageFilesAbove(dir);
  const file = join(dir, 'package.json');
  return existsSync(join(root, file)) ? [...above, file] : above;
};
