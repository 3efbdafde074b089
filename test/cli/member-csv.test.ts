import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { csvLine, csvReader, maxRecordChars } from '../../bin/members/csv.ts';

const read = (...pieces: readonly string[]) => {
  const reader = csvReader();
  return [...pieces.flatMap((piece) => reader.read(piece)), ...reader.end()];
};

describe('CSV is read as RFC 4180 has it', () => {
  test.each<{ why: string; text: string; cells: readonly (readonly string[])[] }>([
    {
      why: 'lines end with CR LF',
      text: 'a,b\r\nc,d\r\n',
      cells: [
        ['a', 'b'],
        ['c', 'd'],
      ],
    },
    {
      why: 'or with LF alone',
      text: 'a,b\nc,d\n',
      cells: [
        ['a', 'b'],
        ['c', 'd'],
      ],
    },
    {
      why: 'the last one may have no end',
      text: 'a,b\r\nc,d',
      cells: [
        ['a', 'b'],
        ['c', 'd'],
      ],
    },
    { why: 'a cell may be quoted', text: '"a","b"\r\n', cells: [['a', 'b']] },
    { why: 'a quoted cell may hold a comma', text: '"pos,kitchen",b\r\n', cells: [['pos,kitchen', 'b']] },
    { why: 'a quoted cell may hold the end of a line', text: '"a\r\nb",c\r\n', cells: [['a\r\nb', 'c']] },
    { why: 'two quotation marks are one', text: '"a ""b"" c"\r\n', cells: [['a "b" c']] },
    { why: 'a cell may be empty', text: ',\r\n""\r\n', cells: [['', ''], ['']] },
    { why: 'spaces belong to a cell', text: ' a , b\r\n', cells: [[' a ', ' b']] },
    { why: 'empty lines are none', text: '\r\na\r\n\r\n\nb\r\n', cells: [['a'], ['b']] },
    { why: 'nothing is nothing', text: '', cells: [] },
  ])('$why', ({ text, cells }) => {
    expect(read(text).map((record) => 'cells' in record && record.cells)).toEqual(cells);
    // However it comes in pieces.
    expect(read(...text)).toEqual(read(text));
  });

  test('each record with the line on which it begins', () => {
    expect(read('a\n"b\nc"\n\nd\n').map(({ line }) => line)).toEqual([1, 2, 5]);
  });
});

describe('what RFC 4180 leaves open is a problem of that line alone', () => {
  test.each([
    { why: 'a quotation mark within a cell', text: 'a"b,c', says: 'within a cell that does not begin with one' },
    { why: 'text behind a closing one', text: '"a"b,c', says: 'behind a closing quotation mark' },
    { why: 'another quotation mark behind that', text: '"a"b"c', says: 'behind a closing quotation mark' },
    { why: 'a carriage return by itself', text: 'a\rb', says: 'without its line feed' },
    { why: 'too much in one line', text: 'x'.repeat(maxRecordChars + 1), says: 'longer than' },
  ])('$why', ({ text, says }) => {
    const [before, bad, after] = read(`1,2\r\n${text}\r\n3,4\r\n`);
    expect(before).toEqual({ line: 1, cells: ['1', '2'] });
    expect(bad).toEqual({ line: 2, problem: expect.stringContaining(says) });
    expect(after).toEqual({ line: 3, cells: ['3', '4'] });
  });

  test.each([
    { why: 'at the end of the file', text: '1,2\n"a,b\nc,d\n' },
    { why: 'in a file that goes on for long', text: `1,2\n"a,b\n${'c,d\n'.repeat(maxRecordChars)}` },
  ])('but a quotation mark that is never closed, $why, which ends the reading', ({ text }) => {
    expect(read(text)).toEqual([
      { line: 1, cells: ['1', '2'] },
      { line: 2, problem: expect.stringContaining('is not closed') },
    ]);
  });
});

test('what is written is read again, in whatever pieces it comes', () => {
  const cell = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('"', ',', '\n', '\r\n', '\r', 'a,"b"\r\n'));
  const record = fc.array(cell, { minLength: 1, maxLength: 4 }).filter((cells) => cells.join('') !== '');
  fc.assert(
    fc.property(fc.array(record, { maxLength: 5 }), fc.nat(7), (records, cut) => {
      const text = records.map(csvLine).join('');
      const pieces = text.match(new RegExp(`[^]{1,${cut + 1}}`, 'gu')) ?? [];
      expect(read(...pieces).map((one) => 'cells' in one && one.cells)).toEqual(records);
    }),
  );
});
