/** The page about upgrades names what v0.1.0 does not understand, and `.ci/compatibility` believes it. */
import { expect, test } from '@jest/globals';
import { exceptionsIn, upgradePage } from '../compatibility/exceptions.ts';
import { handOffs } from '../compatibility/hand-offs.ts';

const names = handOffs.map(({ name }) => name);

test('every exception is a hand-off that is tried', () => {
  expect(exceptionsIn(upgradePage).filter((name) => !names.includes(name))).toEqual([]);
});

test('every hand-off has a name of its own', () => {
  expect(new Set(names).size).toBe(names.length);
});

test('an exception is read from the first column of the table', () => {
  const row = '| what is left | why | for how long |\n|---|---|---|\n';
  expect(exceptionsIn(upgradePage.replace(row, `${row}| a silent connection, to its deadline | x | y |\n`))).toEqual([
    'a silent connection, to its deadline',
    ...exceptionsIn(upgradePage),
  ]);
});
