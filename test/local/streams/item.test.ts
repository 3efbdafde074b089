import { describe, expect, test } from '@jest/globals';
import { type AttributeValue, isSameItem, sizeOf } from '../../../local/streams/item.ts';

describe('the bytes of an item', () => {
  test.each<{ why: string; value: AttributeValue; bytes: number }>([
    { why: 'a text in UTF-8', value: { S: 'ü🍕' }, bytes: 2 + 4 },
    { why: 'an empty text', value: { S: '' }, bytes: 0 },
    { why: 'bytes', value: { B: 'AAEC' }, bytes: 3 },
    { why: 'true', value: { BOOL: true }, bytes: 1 },
    { why: 'null', value: { NULL: true }, bytes: 1 },
    { why: 'nought', value: { N: '0' }, bytes: 1 },
    { why: 'three digits', value: { N: '101' }, bytes: 3 },
    { why: 'four digits', value: { N: '1234' }, bytes: 3 },
    { why: 'noughts at the end, which are none', value: { N: '1000000' }, bytes: 2 },
    { why: 'a number with a sign', value: { N: '-12' }, bytes: 3 },
    { why: 'pairs of digits that begin at the point', value: { N: '1.5' }, bytes: 3 },
    { why: 'a small fraction', value: { N: '0.05' }, bytes: 2 },
    { why: 'a set of texts', value: { SS: ['a', 'bc'] }, bytes: 3 },
    { why: 'a set of numbers', value: { NS: ['1', '22'] }, bytes: 4 },
    { why: 'a set of bytes', value: { BS: ['AA==', 'AAEC'] }, bytes: 4 },
    { why: 'a list, with three and one for each element', value: { L: [{ S: 'a' }, { BOOL: true }] }, bytes: 7 },
    { why: 'a map, with its names', value: { M: { ab: { S: 'c' } } }, bytes: 3 + 1 + 2 + 1 },
  ])('$why: $bytes', ({ value, bytes }) => {
    expect(sizeOf({ n: value })).toBe('n'.length + bytes);
  });
});

describe('two items', () => {
  test.each<{ why: string; a: AttributeValue; b: AttributeValue; same: boolean }>([
    { why: 'the same text', a: { S: 'a' }, b: { S: 'a' }, same: true },
    { why: 'another text', a: { S: 'a' }, b: { S: 'b' }, same: false },
    { why: 'another type', a: { S: '1' }, b: { N: '1' }, same: false },
    { why: 'a set in another order', a: { SS: ['a', 'b'] }, b: { SS: ['b', 'a'] }, same: true },
    { why: 'another set', a: { NS: ['1'] }, b: { NS: ['1', '2'] }, same: false },
    {
      why: 'a list in another order',
      a: { L: [{ S: 'a' }, { S: 'b' }] },
      b: { L: [{ S: 'b' }, { S: 'a' }] },
      same: false,
    },
    {
      why: 'a map in another order',
      a: { M: { a: { S: '1' }, b: { S: '2' } } },
      b: { M: { b: { S: '2' }, a: { S: '1' } } },
      same: true,
    },
    { why: 'a map with more', a: { M: { a: { S: '1' } } }, b: { M: { a: { S: '1' }, b: { S: '2' } } }, same: false },
  ])('with $why are the same: $same', ({ a, b, same }) => {
    expect(isSameItem({ one: a, two: { S: 'x' } }, { two: { S: 'x' }, one: b })).toBe(same);
  });
});
