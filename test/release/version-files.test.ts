/** The version stands where the script looks for it, the same everywhere, and it writes nothing else. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { manifests, versionFiles, withVersion } from '../../release/version-files.ts';

const textOf = (path: string): string => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');
const versionOf = (path: string): string => JSON.parse(textOf(path)).version;
const current = versionOf('package.json');

test('all manifests and the AsyncAPI document have one version', () => {
  expect(manifests.map(versionOf)).toEqual(manifests.map(() => current));
  expect(JSON.parse(textOf('docs/asyncapi.json')).info.version).toBe(current);
});

test.each([
  { path: 'package.json', times: 1 },
  { path: 'client/package.json', times: 1 },
  { path: 'package-lock.json', times: 2 },
])(
  'the next version is written into $path, where the current one stood, and no other line changes',
  ({ path, times }) => {
    const text = textOf(path);
    const after = withVersion(text, '98.76.54');
    const changed = text.split('\n').filter((line, at) => line !== after.split('\n')[at]);
    expect(changed.map((line) => line.trim())).toEqual(Array(times).fill(`"version": "${current}",`));
    expect(after.split('"98.76.54"').length - 1).toBe(times);
    expect(withVersion(after, current)).toBe(text);
  },
);

test('those are all', () => {
  expect(versionFiles).toEqual(['package.json', 'client/package.json', 'package-lock.json']);
});
