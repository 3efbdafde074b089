import { describe, expect, test } from '@jest/globals';
import { isVersion, refusalOf, type Standing } from '../../release/refusals.ts';

const changelog = `# Changelog

## Unreleased

## 1.3.0

30 November 2026.

- Something new.

## 1.2.9

- Something before.
`;

const ready: Standing = {
  uncommitted: [],
  versions: { 'package.json': '1.2.9', 'client/package.json': '1.2.9' },
  tags: ['v1.2.9'],
  changelog,
};

describe('a release', () => {
  test.each([
    { why: 'it is the next one, committed and in the changelog', next: '1.3.0', standing: {} },
    {
      why: 'the changelog has no heading for what comes after it yet',
      next: '1.3.0',
      standing: { changelog: changelog.replace('## Unreleased\n', '') },
    },
    {
      why: 'numbers are compared as numbers',
      next: '1.10.0',
      standing: { changelog: changelog.replace('1.3.0', '1.10.0') },
    },
  ])('is made where $why', ({ next, standing }) => {
    expect(refusalOf(next, { ...ready, ...standing })).toBeUndefined();
  });

  test.each([
    {
      why: 'something is uncommitted',
      standing: { uncommitted: ['lib/maitred.ts', 'README.md'] },
      sentence: 'the tree is not as it was committed (lib/maitred.ts and 1 more): a release is made of a commit',
    },
    {
      why: 'the packages are of different versions',
      standing: { versions: { 'package.json': '1.2.9', 'client/package.json': '1.2.8' } },
      sentence: 'the packages have different versions: package.json 1.2.9, client/package.json 1.2.8',
    },
    { why: 'it is the one there is', next: '1.2.9', sentence: '1.2.9 is not newer than 1.2.9' },
    { why: 'it is older by its last number', next: '1.2.8', sentence: '1.2.8 is not newer than 1.2.9' },
    {
      why: 'it is older, although a later number is greater',
      next: '0.9.99',
      sentence: '0.9.99 is not newer than 1.2.9',
    },
    { why: 'it is tagged', standing: { tags: ['v1.3.0'] }, sentence: 'there is a tag v1.3.0 already' },
    { why: 'the changelog does not know it', next: '1.4.0', sentence: 'CHANGELOG.md has no heading "## 1.4.0"' },
    {
      why: 'the changelog knows only one that begins like it',
      next: '1.3.0',
      standing: { changelog: changelog.replace('## 1.3.0', '## 1.3.0-rc') },
      sentence: 'CHANGELOG.md has no heading "## 1.3.0"',
    },
    {
      why: 'the changelog says nothing of it',
      next: '1.4.0',
      standing: { changelog: changelog.replace('## 1.3.0', '## 1.4.0\n\n## 1.3.0') },
      sentence: 'CHANGELOG.md says nothing under "## 1.4.0"',
    },
    {
      why: 'something is left under the heading of what is not released',
      standing: { changelog: changelog.replace('## Unreleased\n', '## Unreleased\n\n- Something forgotten.\n') },
      sentence: 'CHANGELOG.md has something under "## Unreleased" still: it belongs under "## 1.3.0"',
    },
  ])('is refused where $why', ({ next = '1.3.0', standing = {}, sentence }) => {
    expect(refusalOf(next, { ...ready, ...standing })).toBe(sentence);
  });

  test.each([
    { text: '0.1.0', is: true },
    { text: '10.20.30', is: true },
    { text: '1.2', is: false },
    { text: 'v1.2.0', is: false },
    { text: '1.02.0', is: false },
    { text: '1.2.0-rc.1', is: false },
    { text: '', is: false },
  ])('has three numbers for its version: $text', ({ text, is }) => {
    expect(isVersion(text)).toBe(is);
  });
});
