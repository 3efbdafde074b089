/** Writes the table of storms in docs/limits.md anew, some minutes: after the SDK's pace, a quota or the model has changed. Tests compare it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { caseNames, cases } from '../../scale/cases.ts';
import { runStorm } from '../../scale/storm.ts';
import { stormReport } from '../../scale/storm-report.ts';
import { stormRow, withStorms } from '../../scale/storm-table.ts';

const page = join(import.meta.dirname, '../..', 'docs', 'limits.md');
const rows = caseNames.map((name) => {
  const { what, storm } = cases[name];
  return stormRow(stormReport(what, storm, runStorm(storm)));
});
writeFileSync(page, withStorms(readFileSync(page, 'utf8'), rows));
