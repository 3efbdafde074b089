import { globSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { longest, longestFirst } from './sequencer.ts';

test('what is known to take longest is a test file of this project, and named once', () => {
  const files = globSync('test/**/*.test.ts');
  expect(longest.filter((file) => !files.includes(file))).toEqual([]);
  expect(new Set(longest).size).toBe(longest.length);
});

test('it comes first, and whatever else there is after it as it was', () => {
  const tests = ['test/a.test.ts', longest[1], 'test/b.test.ts', longest[0]].map((path) => ({ path: `/x/${path}` }));
  expect(longestFirst(tests).map(({ path }) => path.slice(3))).toEqual([
    longest[0],
    longest[1],
    'test/a.test.ts',
    'test/b.test.ts',
  ]);
});
