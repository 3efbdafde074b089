import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { buildSync, type Metafile } from 'esbuild';
import type { Transport } from '../../config-schema/stage-config.ts';
import { bundleOptions } from '../../lib/build-functions.ts';
import { bundledCode } from '../../lib/bundle.ts';
import { type EntryName, entryNames } from '../../lib/entries.ts';
import { authenticateMostKb } from '../load/bundle-limit.ts';

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
  transports = ['sdk'],
}: {
  context?: object;
  dir?: string;
  entries?: readonly EntryName[];
  stageFiles?: readonly string[];
  transports?: readonly Transport[];
} = {}): string => {
  const app = new App({ context, outdir: join(projectDir, 'out', String(outputs++)) });
  const stack = new Stack(app, 'stack');
  for (const [stageFile, transport] of stageFiles.flatMap((one) => transports.map((other) => [one, other] as const))) {
    const codeOf = bundledCode(dir, stageFile, transport);
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

/** What the functions of this project are bundled of. */
const built = (transport: Transport) => {
  const metafile =
    metafiles.get(transport) ?? buildSync({ ...bundleOptions(root, transport), metafile: true }).metafile;
  metafiles.set(transport, metafile);
  return metafile;
};
const metafiles = new Map<Transport, Metafile>();

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

  test('is one asset of each transport, with nothing of the SDK under the thin one', () => {
    const inputs = (['sdk', 'thin'] as const).map((transport) => Object.keys(built(transport).inputs));
    expect(inputs.map((paths) => paths.some((path) => path.startsWith('node_modules/@aws-sdk/')))).toEqual([
      true,
      false,
    ]);
    expect(inputs.map((paths) => paths.some((path) => path.startsWith('transport/')))).toEqual([false, true]);
    expect(assetsIn(deploy({ dir: root, transports: ['sdk', 'thin'] }))).toHaveLength(2);
  });

  test('has the schemas of events in it where events are published, and nowhere else', () => {
    const judging = Object.entries(built('thin').outputs).filter(([, { inputs }]) =>
      Object.keys(inputs).some((path) => path.startsWith('protocol/json-schema/')),
    );
    expect(judging.map(([path]) => path)).toEqual(['cdk.out/message/index.mjs']);
  });

  test(`that admits has at most ${authenticateMostKb} KB over the thin transport`, () => {
    const { bytes = Number.NaN } = built('thin').outputs['cdk.out/authenticate/index.mjs'] ?? {};
    expect(bytes / 1024).toBeLessThanOrEqual(authenticateMostKb);
    expect(bytes / 1024).toBeGreaterThan(60);
  });

  test.each([
    {
      why: 'of a package',
      text: "import { ListTablesCommand } from '@aws-sdk/client-dynamodb';",
      says: 'ListTablesCommand',
    },
    {
      why: 'of a document client',
      text: "import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';",
      says: 'TransactWriteCommand',
    },
  ])(
    'over the thin transport is refused, by name, where it asks for what that does not have $why',
    ({ text, says }) => {
      cpSync(join(root, 'transport'), join(projectDir, 'transport'), { recursive: true });
      symlinkSync(join(root, 'node_modules'), join(projectDir, 'node_modules'));
      writeFileSync(join(projectDir, 'lambdas', 'message.lambda.ts'), `${text}\nexport const handler = ${says};\n`);
      expect(() => deploy({ transports: ['thin'] })).toThrow(`No matching export in "transport/`);
      expect(() => deploy({ transports: ['thin'] })).toThrow(`for import "${says}"`);
    },
  );

  test('has the same hash in a copy of the project in another folder, whoever may read its files', () => {
    const copy = join(projectDir, 'a', 'deeper', 'folder');
    const { inputs } = built('sdk');
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
