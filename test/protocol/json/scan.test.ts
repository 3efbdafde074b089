/** What the scanner takes and refuses: by hand, and against `JSON.parse` and a plain reader over texts of all kinds. */
import { describe, expect, test } from '@jest/globals';
import { runs } from '../../harness/runs.ts';
import fc from 'fast-check';
import { limits } from '../../../protocol/limits.ts';
import { scanText } from '../../../protocol/json/scan.ts';
import { differences, read } from './reference.ts';
import { damagedText, jsonText } from './texts.ts';

const maxDepth = limits.maxEventDataDepth;
const verdict = (text: string) => {
  const scanned = scanText(text, maxDepth);
  return 'refused' in scanned ? scanned : 'taken';
};
const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
const nested = (levels: number, inside = '') => '['.repeat(levels) + inside + ']'.repeat(levels);

describe('texts that every receiver reads alike are taken', () => {
  test.each([
    { why: 'keys like numbers', text: '{"10":1,"2":2}' },
    { why: 'no member, no element, nothing said', text: '{"":[{},[],""]}' },
    { why: 'a number beyond 2^53, which stays as it was written', text: '9007199254740993' },
    { why: '1.0, which stays 1.0', text: '1.0' },
    { why: 'a negative zero', text: '[-0,-0.0,-0e9]' },
    { why: 'the largest double', text: '1.7976931348623157e308' },
    { why: 'a zero with an exponent beyond all', text: '0e999999' },
    { why: 'a number too near to zero for a double: rounded, as any other', text: '1e-400' },
    { why: 'a number of many digits within the range', text: `0.${'1'.repeat(4_000)}` },
    { why: 'an emoji as it is and in escapes', text: '["🍕","\\ud83c\\uDF55"]' },
    { why: 'U+FFFE, U+FFFF and U+FEFF in a string', text: '"\ufffe\uffff\ufeff"' },
    { why: 'line separators of JavaScript in a string', text: '"\u2028\u2029"' },
    { why: '__proto__, like any key', text: '{"__proto__":{"__proto__":1},"constructor":2,"toString":3}' },
    { why: 'the same key in different objects', text: '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}' },
    { why: 'keys that differ in case, form or a zero', text: '{"a":1,"A":2,"é":3,"e\u0301":4,"1":5,"01":6}' },
    { why: 'a backslash before what looks like an escape', text: '{"\\\\u0061":1,"a":2,"b":"\\\\ud800"}' },
    { why: 'an escape before what looks like the digits of a half', text: '"\\nd800"' },
    { why: '32 levels', text: nested(32, '1') },
    { why: 'white space of the four kinds', text: '\t\r\n {\t"a"\r:\n1 }\t\r\n ' },
    { why: 'a word alone', text: 'null' },
  ])('$why', ({ text }) => {
    expect(isJson(text)).toBe(true);
    expect(verdict(text)).toBe('taken');
  });
});

describe('texts that two receivers may read differently are refused, with the place', () => {
  test.each([
    { why: 'a key twice', text: '{"a":1,"a":1}', refused: 'duplicate_key', at: 7 },
    { why: 'a key twice, once in escapes', text: '{"a":1,"\\u0061":2}', refused: 'duplicate_key', at: 7 },
    { why: 'a key twice, in two spellings of an escape', text: '{"\\/":1,"/":2}', refused: 'duplicate_key', at: 8 },
    {
      why: 'a key twice, in an emoji and its escapes',
      text: '{"🍕":1,"\\ud83c\\udf55":2}',
      refused: 'duplicate_key',
      at: 8,
    },
    { why: 'a key twice, far within', text: '[[{"b":{"a":1,"c":{"a":1},"a":2}}]]', refused: 'duplicate_key', at: 26 },
    { why: 'an empty key twice', text: '{"":1,"":2}', refused: 'duplicate_key', at: 6 },
    { why: '__proto__ twice', text: '{"__proto__":1,"__proto__":2}', refused: 'duplicate_key', at: 15 },
    { why: 'a first half alone, in escapes', text: '"ab\\ud800"', refused: 'lone_surrogate', at: 3 },
    { why: 'a second half alone, in escapes', text: '["\\uDC00"]', refused: 'lone_surrogate', at: 2 },
    { why: 'the halves in the wrong order', text: '"\\udf55\\ud83c"', refused: 'lone_surrogate', at: 1 },
    { why: 'a second half twice', text: '"\\udf55\\udf55"', refused: 'lone_surrogate', at: 1 },
    { why: 'a first half twice', text: '"\\ud83c\\ud83c\\udf55"', refused: 'lone_surrogate', at: 1 },
    { why: 'a half before another escape', text: '"\\ud83c\\n"', refused: 'lone_surrogate', at: 1 },
    { why: 'half a character as itself', text: '"a\ud83c"', refused: 'lone_surrogate', at: 2 },
    { why: 'one half as itself and one in escapes', text: '"\ud83c\\udf55"', refused: 'lone_surrogate', at: 1 },
    { why: 'one half in escapes and one as itself', text: '"\\ud83c\udf55"', refused: 'lone_surrogate', at: 1 },
    { why: 'half a character in a key', text: '{"\\ud800":1}', refused: 'lone_surrogate', at: 2 },
    { why: 'a number beyond a double', text: '[1,1e400]', refused: 'number_too_large', at: 3 },
    { why: 'a negative number beyond a double', text: '{"a":-1E+309}', refused: 'number_too_large', at: 5 },
    {
      why: 'the first number that rounds to infinity',
      text: '1.7976931348623159e308',
      refused: 'number_too_large',
      at: 0,
    },
    { why: 'a number beyond a double by its digits', text: '9'.repeat(309), refused: 'number_too_large', at: 0 },
    { why: '33 levels, with nothing in them', text: nested(33), refused: 'too_deep', at: 32 },
    { why: '4,000 levels', text: nested(4_000), refused: 'too_deep', at: 32 },
    {
      why: '4,000 levels of objects',
      text: `${'{"a":'.repeat(4_000)}1${'}'.repeat(4_000)}`,
      refused: 'too_deep',
      at: 160,
    },
    { why: 'several of them: the first', text: '[1e400,{"a":1,"a":"\\ud800"}]', refused: 'number_too_large', at: 1 },
  ])('$why', ({ text, refused, at }) => {
    expect(isJson(text)).toBe(true);
    expect(verdict(text)).toEqual({ refused, at });
  });
});

describe('what is no JSON is called so, whatever else is in it', () => {
  test.each([
    { why: 'nothing', text: '' },
    { why: 'white space alone', text: ' \n' },
    { why: 'a byte order mark', text: '\ufeff{}' },
    { why: 'U+FFFE before it', text: '\ufffe{}' },
    { why: 'a no-break space', text: '{\u00a0}' },
    { why: 'a line separator outside strings', text: '[1,\u20282]' },
    { why: 'something behind it', text: '{} {}' },
    { why: 'a bracket too many', text: '[]]' },
    { why: 'a bracket too few', text: '[[]' },
    { why: 'brackets that do not fit', text: '[{]}' },
    { why: 'a comma at the end', text: '[1,]' },
    { why: 'a comma behind the last member', text: '{"a":1,}' },
    { why: 'a comma alone', text: '[,]' },
    { why: 'no comma', text: '[1 2]' },
    { why: 'no colon', text: '{"a" 1}' },
    { why: 'no value', text: '{"a":}' },
    { why: 'no key', text: '{:1}' },
    { why: 'a key that is no string', text: '{1:1}' },
    { why: 'a key without quotes', text: '{a:1}' },
    { why: 'a member in a list', text: '["a":1]' },
    { why: 'a string with other quotes', text: "'a'" },
    { why: 'a string without an end', text: '"a' },
    { why: 'a string that ends in an escape', text: '"a\\' },
    { why: 'a line break in a string', text: '"a\nb"' },
    { why: 'a zero character in a string', text: '"\u0000"' },
    { why: 'an unknown escape', text: '"\\x41"' },
    { why: 'an escape of four digits with three', text: '"\\u123"' },
    { why: 'an escape of digits that are none', text: '"\\u12g4"' },
    { why: 'an escape with a capital U', text: '"\\U0041"' },
    { why: 'a number with a zero in front', text: '01' },
    { why: 'a number with a plus', text: '+1' },
    { why: 'a number without digits before the point', text: '.5' },
    { why: 'a number without digits behind the point', text: '1.' },
    { why: 'a number without an exponent', text: '1e' },
    { why: 'a number with half an exponent', text: '1e+' },
    { why: 'a minus alone', text: '-' },
    { why: 'digits of another script', text: '१' },
    { why: 'a hexadecimal number', text: '0x10' },
    { why: 'no number', text: 'NaN' },
    { why: 'infinity', text: '-Infinity' },
    { why: 'a word with capitals', text: 'True' },
    { why: 'half a word', text: 'nul' },
    { why: 'a word with more behind it', text: 'nullx' },
    { why: 'a comment', text: '[/* */]' },
    { why: '4,000 levels that are never closed', text: '['.repeat(4_000) },
    { why: 'a key twice, and then no end', text: '{"a":1,"a":2' },
    { why: 'half a character, and then something behind it', text: '"\\ud800"x' },
  ])('$why', ({ text }) => {
    expect(isJson(text)).toBe(false);
    expect(verdict(text)).toMatchObject({ refused: 'not_json' });
  });
});

describe('over texts of all kinds', () => {
  /** How many of each verdict there were, so that a property that only ever sees one of them is noticed. */
  const agreement = (texts: fc.Arbitrary<string>, numRuns: number) => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(texts, (text) => {
        const value = read(text);
        expect(value !== undefined).toBe(isJson(text));
        const scanned = scanText(text, 4);
        const said = 'refused' in scanned ? scanned.refused : 'taken';
        seen.set(said, (seen.get(said) ?? 0) + 1);
        if (value === undefined) return expect(said).toBe('not_json');
        const found = differences(value, 4);
        return found.length === 0 ? expect(said).toBe('taken') : expect(found).toContain(said);
      }),
      { numRuns: runs(numRuns) },
    );
    return seen;
  };

  test('it takes and refuses as JSON.parse does, and refuses of that what receivers read differently', () => {
    const seen = agreement(jsonText, 10_000);
    for (const said of ['taken', 'duplicate_key', 'lone_surrogate', 'number_too_large', 'too_deep'])
      expect([said, seen.get(said) ?? 0]).not.toEqual([said, 0]);
  });

  test('the same of texts that are damaged', () => {
    const seen = agreement(damagedText, 5_000);
    for (const said of ['taken', 'not_json']) expect([said, seen.get(said) ?? 0]).not.toEqual([said, 0]);
  });

  test('the same of any characters', () => {
    const signs = fc.constantFrom(...'{}[],:"\\/ueE+-.019tfnrals \n\ud800\udc00\ufeffé');
    agreement(fc.string({ unit: signs, maxLength: 12 }), 5_000);
  });
});
