import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { reportedTables, sections } from './report.ts';

const root = join(import.meta.dirname, '..', '..');

test('every table of the report is one that a test counts', () => {
  const withTable = [...sections()].filter(([, text]) => /^\|/m.test(text)).map(([heading]) => heading);
  // The flood is counted by the tests of the budgets; what a failing table takes is time, which no test asserts; of frames at once
  // it differs by a unit or two how many are handled beside the first.
  const elsewhere = ['Frames on one socket', 'Flood', 'A failing table'];
  expect(withTable.filter((heading) => !elsewhere.includes(heading))).toEqual(reportedTables);
});

test('every command of the report runs a test that is there', () => {
  const commands = [...[...sections().values()].join('\n').matchAll(/`npm test -- ([\w./-]+)`/g)].map(
    ([, path]) => path,
  );
  expect(commands.length).toBeGreaterThanOrEqual(5);
  expect(commands.filter((path = '') => !existsSync(join(root, path)))).toEqual([]);
});
