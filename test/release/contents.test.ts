import { describe, expect, test } from '@jest/globals';
import { client, constructs, contentProblems, type PackedFile } from '../../release/contents.ts';

const manifest = {
  name: 'maitred',
  version: '1.2.0',
  license: 'Apache-2.0',
  main: './index.js',
  types: './types/lib/index.d.ts',
  exports: {
    '.': { types: './types/lib/index.d.ts', default: './index.js' },
    './package.json': './package.json',
  },
};
const map = { version: 3, sources: ['../../lambdas/connect.lambda.ts', '../../node_modules/valibot/dist/index.mjs'] };

const packed = (changes: Readonly<Record<string, string | undefined>> = {}): readonly PackedFile[] =>
  Object.entries({
    'package.json': JSON.stringify(manifest),
    'README.md': '# maitred',
    'CHANGELOG.md': '# Changelog',
    LICENSE: 'Apache License',
    'THIRD-PARTY-LICENSES': 'MIT',
    'docs/runbook.md': '# Runbook',
    'index.js': 'exports.Maitred = class {};',
    'types/lib/index.d.ts': 'export {};',
    'commands/start-CPTDK22P.mjs': 'export {};',
    'commands/console/console.js': '',
    'commands/prebuilds/darwin-x64+arm64/classic-level.node': '',
    'functions/sdk/connect/index.mjs': 'export const handler = 1;',
    'functions/sdk/connect/index.mjs.map': JSON.stringify(map),
    ...changes,
  }).flatMap(([path, text]) => (text === undefined ? [] : [{ path, text }]));

const problems = (files: readonly PackedFile[]): readonly string[] =>
  contentProblems(constructs, files, '1.2.0', ['/home/me/maitred']);

const withManifest = (changes: object): readonly PackedFile[] =>
  packed({ 'package.json': JSON.stringify({ ...manifest, ...changes }) });

test('a package that has what it must and nothing else has no problem', () => {
  expect(problems(packed())).toEqual([]);
});

describe('of a package is told', () => {
  test.each([
    {
      why: 'a test',
      files: packed({ 'types/test/x.test.d.ts': '' }),
      problem: 'types/test/x.test.d.ts is nothing that the package has',
    },
    {
      why: 'a source',
      files: packed({ 'lib/maitred.ts': '' }),
      problem: 'lib/maitred.ts is nothing that the package has',
    },
    {
      why: 'a map that nobody needs',
      files: packed({ 'index.js.map': '{"sources":[]}' }),
      problem: 'index.js.map is nothing that the package has',
    },
    {
      why: 'a stage of somebody',
      files: packed({ 'config/dev.json': '{}' }),
      problem: 'config/dev.json is nothing that the package has',
    },
    { why: 'no licence', files: packed({ LICENSE: undefined }), problem: 'LICENSE is missing' },
    {
      why: 'no licences of what is bundled',
      files: packed({ 'THIRD-PARTY-LICENSES': undefined }),
      problem: 'THIRD-PARTY-LICENSES is missing',
    },
    { why: 'no changelog', files: packed({ 'CHANGELOG.md': undefined }), problem: 'CHANGELOG.md is missing' },
    {
      why: 'code that is not there',
      files: withManifest({ main: './main.js' }),
      problem: 'the manifest points at main.js, which is missing',
    },
    {
      why: 'types that are not there',
      files: withManifest({ types: './index.d.ts' }),
      problem: 'the manifest points at index.d.ts, which is missing',
    },
    {
      why: 'a command that is not there',
      files: withManifest({ bin: { maitred: './bin/maitred.js' } }),
      problem: 'the manifest points at bin/maitred.js, which is missing',
    },
    {
      why: 'a command that no shell can start',
      files: packed({
        'package.json': JSON.stringify({ ...manifest, bin: { maitred: './commands/maitred.mjs' } }),
        'commands/maitred.mjs': 'console.log();',
      }),
      problem: 'commands/maitred.mjs is a command that does not say what runs it',
    },
    {
      why: 'an entry that is not there',
      files: withManifest({ exports: { './local': { types: './types/lib/index.d.ts', default: './local.js' } } }),
      problem: 'the manifest points at local.js, which is missing',
    },
    {
      why: 'an entry without types',
      files: withManifest({ exports: { './local': './index.js' } }),
      problem: 'its entry ./local has no types',
    },
    {
      why: 'types that code stands before',
      files: withManifest({ exports: { '.': { require: './index.js', types: './types/lib/index.d.ts' } } }),
      problem: 'its entry . has no types',
    },
    { why: 'no entry', files: withManifest({ exports: undefined }), problem: 'it exports nothing' },
    { why: 'another version', files: withManifest({ version: '1.1.0' }), problem: 'its version is 1.1.0, not 1.2.0' },
    { why: 'another name', files: withManifest({ name: 'door' }), problem: 'its name is door' },
    { why: 'that it is private', files: withManifest({ private: true }), problem: 'it is private' },
    { why: 'no word of a licence', files: withManifest({ license: undefined }), problem: 'it names no licence' },
    {
      why: 'scripts',
      files: withManifest({ scripts: { postinstall: 'node x.js' } }),
      problem: 'it has scripts: postinstall',
    },
    {
      why: 'a dependency beside the checkout',
      files: withManifest({ dependencies: { a: 'file:../a' } }),
      problem: 'it depends on a from file:../a',
    },
    {
      why: 'a folder of this machine',
      files: packed({ 'index.js': 'require("/home/me/maitred/x.js")' }),
      problem: 'index.js has /home/me/maitred',
    },
    {
      why: 'a map of a file outside',
      files: packed({ 'functions/sdk/connect/index.mjs.map': '{"sources":["/srv/x.ts"]}' }),
      problem: 'functions/sdk/connect/index.mjs.map names the source /srv/x.ts',
    },
    {
      why: 'a map of a test',
      files: packed({ 'functions/sdk/connect/index.mjs.map': '{"sources":["../../test/x.ts"]}' }),
      problem: 'functions/sdk/connect/index.mjs.map names the source ../../test/x.ts',
    },
    {
      why: 'a map with the sources in it',
      files: packed({ 'functions/sdk/connect/index.mjs.map': '{"sources":[],"sourcesContent":[]}' }),
      problem: 'functions/sdk/connect/index.mjs.map carries its sources',
    },
  ])('$why', ({ files, problem }) => {
    expect(problems(files)).toEqual([`maitred: ${problem}`]);
  });

  test('all that is wrong with it, and of the client what the client may have', () => {
    expect(contentProblems(client, packed(), '1.2.0', [])).toEqual(
      expect.arrayContaining([
        '@maitred/client: index.js is nothing that the package has',
        '@maitred/client: docs/runbook.md is nothing that the package has',
        '@maitred/client: its name is maitred',
      ]),
    );
  });
});
