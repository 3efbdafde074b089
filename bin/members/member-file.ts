/** A file of members as rows with their lines: NDJSON where it begins with an object, otherwise CSV with a header. */
import { scanText } from '../../protocol/json/scan.ts';
import { csvLine, csvReader, maxRecordChars } from './csv.ts';
import { isColumn, memberColumns, requiredColumns, type RowFields } from './member-row.ts';

export type FileRow = Readonly<{ line: number }> & (Readonly<{ fields: RowFields }> | Readonly<{ problem: string }>);

/** The file is none of members: nothing of it was read. */
export class MemberFileError extends Error {
  readonly code = 'MEMBER_FILE';
  override readonly name = 'MemberFileError';
}

/** Reads a piece at a time and holds no more than a piece and a row. Throws `MemberFileError` where the first line is wrong. */
export async function* fileRows(pieces: AsyncIterable<string>): AsyncGenerator<FileRow> {
  let reader: ReturnType<typeof rowReader> | undefined;
  let head = '';
  for await (const piece of pieces) {
    if (reader !== undefined) {
      yield* reader.read(piece);
      continue;
    }
    // A byte order mark, which spreadsheets write, is no character of the file.
    head = (head + piece).replace(/^\ufeff/, '');
    const first = /\S/.exec(head)?.[0];
    if (first === undefined) continue;
    reader = rowReader(first);
    yield* reader.read(head);
  }
  if (reader === undefined) throw new MemberFileError('the file is empty');
  yield* reader.end();
}

const rowReader = (first: string) => {
  if (first === '[') throw new MemberFileError('the file begins with a list: NDJSON has one object a line and no list');
  return first === '{' ? ndjsonRows() : csvRows();
};

const ndjsonRows = () => {
  let line = 1;
  let rest = '';
  const rowOf = (text: string): readonly FileRow[] => {
    const row = text.trim() === '' ? [] : [{ line, ...objectIn(text) }];
    line += 1;
    return row;
  };
  return {
    read: (piece: string): readonly FileRow[] => {
      const lines = (rest + piece).split('\n');
      // Enough to tell that it is too long, however much of it is to come.
      rest = (lines.pop() ?? '').slice(0, maxRecordChars + 1);
      return lines.flatMap(rowOf);
    },
    end: (): readonly FileRow[] => rowOf(rest),
  };
};

const objectIn = (text: string): Readonly<{ fields: RowFields }> | Readonly<{ problem: string }> => {
  if (text.length > maxRecordChars) return { problem: `it is longer than ${maxRecordChars} characters` };
  const scanned = scanText(text, 4);
  if ('refused' in scanned)
    return { problem: scanned.refused === 'duplicate_key' ? 'it has a key twice' : 'it is no JSON object' };
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { problem: 'it is no JSON object' };
  return { fields: { ...value } };
};

const csvRows = () => {
  const reader = csvReader();
  let header: readonly string[] | undefined;
  const rowOf = (record: ReturnType<typeof reader.read>[number]): readonly FileRow[] => {
    if (header === undefined) {
      header = headerIn(record);
      return [];
    }
    if ('problem' in record) return [record];
    const { line, cells } = record;
    if (cells.length !== header.length)
      return [{ line, problem: `it has ${cells.length} cells, and the header has ${header.length}` }];
    const named = header.map((name, nth): [string, unknown] => [name, valueIn(name, cells[nth] ?? '')]);
    return [{ line, fields: Object.fromEntries(named) }];
  };
  return {
    read: (piece: string): readonly FileRow[] => reader.read(piece).flatMap(rowOf),
    end: (): readonly FileRow[] => reader.end().flatMap(rowOf),
  };
};

const headerIn = (record: ReturnType<ReturnType<typeof csvReader>['read']>[number]): readonly string[] => {
  const wrong = (what: string): MemberFileError =>
    new MemberFileError(
      `line ${record.line} is no header: ${what}; a header is ${memberColumns.join(',')} or some of them`,
    );
  if ('problem' in record) throw wrong(record.problem);
  const { cells } = record;
  const unknown = cells.find((name) => !isColumn(name));
  if (unknown !== undefined) throw wrong(`${JSON.stringify(unknown.slice(0, 60))} is no column`);
  const twice = cells.find((name, nth) => cells.indexOf(name) !== nth);
  if (twice !== undefined) throw wrong(`it has ${twice} twice`);
  const missing = requiredColumns.find((name) => !cells.includes(name));
  if (missing !== undefined) throw wrong(`it has no ${missing}`);
  return cells;
};

/** How a cell says that somebody is narrowed to no connection type at all: an empty one means all that the role may. */
const noTypes = '-';

/** A cell as the value that NDJSON has there. */
const valueIn = (name: string, cell: string): unknown => {
  switch (name) {
    case 'connection_types':
      if (cell === noTypes) return [];
      return cell === '' ? null : cell.split(',');
    case 'revoked_before_ms':
    case 'suspended_at_ms':
      return /^\d{1,16}$/.test(cell) ? Number(cell) : cell === '' ? undefined : cell;
    default:
      return cell === '' ? undefined : cell;
  }
};

/** The header of a CSV file, and a row under it. */
export const csvHeader = csvLine(memberColumns);
export const csvRow = (row: RowFields): string =>
  csvLine(
    memberColumns.map((name) => {
      const value = row[name];
      if (Array.isArray(value)) return value.length === 0 ? noTypes : value.join(',');
      return value === undefined || value === null ? '' : String(value);
    }),
  );

export const ndjsonRow = (row: RowFields): string => `${JSON.stringify(row)}\n`;
