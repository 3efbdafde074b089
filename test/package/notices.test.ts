/** Whoever gets what is bundled gets each package's licence with it, whatever its author called the file. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { noticesOf } from '../../package/notices.ts';

let project = '';
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'maitred-notices-'));
});
afterEach(() => rmSync(project, { recursive: true }));

const bundling = (...paths: readonly string[]) => [
  {
    inputs: Object.fromEntries(paths.map((path) => [`node_modules/${path}`, { bytes: 1, imports: [] }])),
    outputs: {},
  },
];

const noticesWith = (manifest: object, file?: string): string => {
  const folder = join(project, 'node_modules/plate');
  mkdirSync(join(folder, 'license'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'plate', version: '1.2.3', ...manifest }));
  if (file !== undefined) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), 'Copyright (c) the potter\n');
  }
  return noticesOf(project, bundling('plate/index.js', 'plate/lib/rim.js'));
};

test.each(['LICENSE', 'LICENCE.md', 'license.txt', 'License-MIT', 'COPYING', 'deps/glaze/LICENSE'])(
  'the text of a package is found in %s',
  (file) => {
    expect(noticesWith({ license: 'MIT' }, file)).toBe('plate 1.2.3 (MIT)\n\nCopyright (c) the potter');
  },
);

test.each([
  { why: 'as text', manifest: { license: 'ISC' }, is: 'ISC' },
  { why: 'as an object', manifest: { license: { type: 'MIT' } }, is: 'MIT' },
  { why: 'as a list', manifest: { licenses: [{ type: 'MIT' }, { type: 'GPL-2.0' }] }, is: 'MIT OR GPL-2.0' },
])('a manifest says its licence $why', ({ manifest, is }) => {
  expect(noticesWith(manifest, 'LICENCE')).toContain(`plate 1.2.3 (${is})\n`);
});

test.each([
  { why: 'comes without a text', manifest: { license: 'MIT' }, file: undefined },
  { why: 'does not say its licence', manifest: {}, file: 'LICENSE' },
])('a package that $why is not packed', ({ manifest, file }) => {
  expect(() => noticesWith(manifest, file)).toThrow(/^plate 1\.2\.3 .* package\/notices\.ts/);
});

test('what is known to come without its text has it all the same', () => {
  const root = join(import.meta.dirname, '../..');
  const [nested, lazy] = noticesOf(root, bundling('@aws-sdk/nested-clients/sts.js', 'lazy/lazy.js')).split(/\n-+\n/);
  expect(nested).toMatch(/^@aws-sdk\/nested-clients \S+ \(Apache-2\.0\)\n\n\s*Apache License\n/);
  expect(lazy?.trim()).toMatch(/^lazy \S+ \(MIT\)\n\nThe MIT License\n\nCopyright \(c\) Peteris Krumins\n/);
});
