/** CSV as RFC 4180 has it, read strictly: what it leaves open is a problem of that record, told with the line where it began. */

export type CsvRecord = Readonly<{ line: number }> &
  (Readonly<{ cells: readonly string[] }> | Readonly<{ problem: string }>);

/** A record is a member: a longer one is a quotation mark that was never closed. */
export const maxRecordChars = 16_384;

const unclosed = 'a quotation mark is not closed; nothing behind it was read';

/** Reads the text in pieces of any size; the records of a piece, and of the end. Lines without anything are none. */
export const csvReader = () => {
  let line = 1;
  let began = 1;
  let cells: string[] = [];
  let cell = '';
  let chars = 0;
  let problem: string | undefined;
  let at: 'start' | 'plain' | 'quoted' | 'closed' = 'start';
  let isAfterReturn = false;
  let isOver = false;

  const endCell = (): void => {
    cells.push(cell);
    cell = '';
    at = 'start';
  };

  const endRecord = (): readonly CsvRecord[] => {
    const isEmpty = cells.length === 0 && at === 'start' && problem === undefined;
    endCell();
    const record = problem === undefined ? { line: began, cells } : { line: began, problem };
    [cells, chars, problem] = [[], 0, undefined];
    return isEmpty ? [] : [record];
  };

  const take = (char: string): void => {
    if (at === 'quoted') {
      if (char === '"') at = 'closed';
      else cell += char;
    } else if (char === ',') endCell();
    else if (char !== '"') {
      if (at === 'closed') problem ??= 'something stands behind a closing quotation mark';
      at = 'plain';
      cell += char;
    } else if (at === 'start') at = 'quoted';
    else if (at === 'closed') {
      // Two of them within a quoted cell are one.
      cell += char;
      at = 'quoted';
    } else problem ??= 'a quotation mark stands within a cell that does not begin with one';
  };

  const readChar = (char: string): readonly CsvRecord[] => {
    if (at !== 'quoted' && char === '\r' && !isAfterReturn) {
      isAfterReturn = true;
      return [];
    }
    if (isAfterReturn && char !== '\n') problem ??= 'a carriage return stands without its line feed';
    isAfterReturn = false;
    if (char === '\n') line += 1;
    if (char === '\n' && at !== 'quoted') {
      const ended = endRecord();
      began = line;
      return ended;
    }
    chars += 1;
    if (chars <= maxRecordChars) take(char);
    else if (at === 'quoted') {
      isOver = true;
      return [{ line: began, problem: unclosed }];
    } else problem ??= `it is longer than ${maxRecordChars} characters`;
    return [];
  };

  return {
    read: (piece: string): readonly CsvRecord[] => {
      const records: CsvRecord[] = [];
      for (const char of piece) if (!isOver) records.push(...readChar(char));
      return records;
    },
    end: (): readonly CsvRecord[] => {
      if (isOver) return [];
      if (at === 'quoted') return [{ line: began, problem: unclosed }];
      return endRecord();
    },
  };
};

/** A line of CSV, with its end. */
export const csvLine = (cells: readonly string[]): string =>
  `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`;
