/** The figures of `docs/security-report.md`: each table there is what its test counted, or the test fails. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The headings with a table, and no others; the test that counts it is named below the heading. */
export const reportedTables = [
  'Token attacks',
  'Signature vectors',
  'Signature vectors that are answered otherwise',
  'Key endpoint',
  'Hostile strings',
] as const;

export type ReportedTable = (typeof reportedTables)[number];
export type Row = readonly (string | number)[];

const report = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'security-report.md'), 'utf8');

/** The sections of the report: heading, text. */
export const sections = (): ReadonlyMap<string, string> =>
  new Map(
    report
      .split(/^#+ /m)
      .slice(1)
      .map((section) => [section.split('\n', 1)[0]?.trim() ?? '', section]),
  );

/** The rows of the table under a heading, without its head; cells as written. */
export const rowsReported = (heading: ReportedTable): readonly (readonly string[])[] =>
  (sections().get(heading) ?? '')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

/** A row as the report writes it: thousands apart. */
export const rowWritten = (row: Row): readonly string[] =>
  row.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en-US') : cell));
