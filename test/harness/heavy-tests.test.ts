import { existsSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { heavyTests, heavyToIgnore } from './heavy-tests.ts';

test('a heavy file and its quick form are there, and no quick form is heavy itself', () => {
  const heavy: readonly string[] = heavyTests.map(({ file }) => file);
  expect(heavyTests.flatMap(({ file, quick }) => [file, quick]).filter((path) => !existsSync(path))).toEqual([]);
  expect(heavyTests.filter(({ quick }) => heavy.includes(quick))).toEqual([]);
});

const all = heavyTests.length;
// As jest matches: `test/client` begins like it.
const folder = heavyTests.filter(({ file }) => file.startsWith('test/cli')).length;

test.each([
  { why: 'nothing is named', parameters: [], tests: undefined, ignored: all },
  { why: 'a file is named', parameters: ['test/cli/start.test.ts'], tests: undefined, ignored: all - 1 },
  { why: 'without its ending', parameters: ['--verbose', 'test/cli/start'], tests: undefined, ignored: all - 1 },
  { why: 'a folder is named', parameters: ['test/cli'], tests: undefined, ignored: all - folder },
  { why: 'another file is named', parameters: ['test/lib/bundle'], tests: undefined, ignored: all },
  { why: 'a number is a value of an option', parameters: ['--maxWorkers', '2'], tests: undefined, ignored: all },
  { why: 'everything is asked for', parameters: [], tests: 'full', ignored: 0 },
])('$why: $ignored are left out', ({ parameters, tests, ignored }) => {
  expect(heavyToIgnore(parameters, tests)).toHaveLength(ignored);
});
