import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isRestaurantId, isUserId } from '../../protocol/identifiers.ts';
import { connectionTypes, defaultConnectionType, isConnectionType } from '../restaurant-domain.ts';

describe('a restaurant id', () => {
  test.each([
    { why: 'one letter', text: 'r' },
    { why: 'one digit', text: '7' },
    { why: 'letters, digits, _ and -', text: 'R_17-berlin' },
    { why: '64 characters', text: 'r'.repeat(64) },
  ])('is one: $why', ({ text }) => {
    expect(isRestaurantId(text)).toBe(true);
  });

  test.each([
    { why: 'empty', text: '' },
    { why: '65 characters', text: 'r'.repeat(65) },
    { why: 'every restaurant', text: '*' },
    { why: 'a leading -', text: '-r' },
    { why: 'a leading _', text: '_r' },
    { why: 'a key prefix', text: 'R#r-17' },
    { why: 'a space', text: 'r 17' },
    { why: 'a line break at the end', text: 'r-17\n' },
    { why: 'a line break at the start', text: '\nr-17' },
    { why: 'a path', text: '../r-17' },
    { why: 'a letter beyond ASCII', text: 'café' },
  ])('is none: $why', ({ text }) => {
    expect(isRestaurantId(text)).toBe(false);
  });

  test('never holds a character that separates the parts of a key', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !isRestaurantId(text) || !/[#*\s/]/.test(text)));
  });
});

describe('a connection type', () => {
  test('is one of those there are, pos unless said otherwise', () => {
    expect(defaultConnectionType).toBe('pos');
    for (const type of connectionTypes) expect(isConnectionType(type)).toBe(true);
  });

  test.each(['', 'POS', 'pos ', 'root', '__proto__', 'constructor', 'length', '0'])('is not %j', (text) => {
    expect(isConnectionType(text)).toBe(false);
  });
});

describe('a user id', () => {
  test('that is a number has one spelling only', () => {
    const spellings = (n: number) => [
      `0${n}`,
      `+${n}`,
      `-${n}`,
      `${n}.0`,
      `${n}.`,
      `${n}e0`,
      `${n}E0`,
      ` ${n}`,
      `${n} `,
    ];
    fc.assert(
      fc.property(fc.integer({ min: 1 }), (n) => {
        expect(isUserId(String(n))).toBe(true);
        for (const spelling of spellings(n)) expect(isUserId(spelling)).toBe(false);
      }),
    );
  });

  test('is 1 to 128 printable ASCII characters without spaces', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        if (isUserId(text)) expect(text).toMatch(/^[!-~]{1,128}$/);
      }),
    );
  });
});
