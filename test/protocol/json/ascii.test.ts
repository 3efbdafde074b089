import { expect, test } from '@jest/globals';
import { runs } from '../../harness/runs.ts';
import fc from 'fast-check';
import { asciiJson, asciiLength } from '../../../protocol/json/ascii.ts';
import { type JsonText, scannedBefore } from '../../../protocol/json/json-text.ts';
import { scanText } from '../../../protocol/json/scan.ts';
import { jsonText } from './texts.ts';

/** What SQS takes: a message with any other character is refused as `InvalidMessageContents`. */
const isTakenBySqs = (text: string): boolean => /^[\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u.test(text);

test.each([
  { why: 'an emoji', text: '"🍕"', ascii: '"\\ud83c\\udf55"' },
  { why: 'U+FFFE and U+FFFF', text: '"\ufffe\uffff"', ascii: '"\\ufffe\\uffff"' },
  { why: 'a letter, in a key and in a value', text: '{"ä":"é"}', ascii: '{"\\u00e4":"\\u00e9"}' },
  { why: 'the first character that is not printable', text: '"~\u007f"', ascii: '"~\\u007f"' },
  { why: 'a line separator', text: '"\u2028"', ascii: '"\\u2028"' },
  { why: 'a character behind a backslash', text: '"\\\\é"', ascii: '"\\\\\\u00e9"' },
])('$why becomes an escape', ({ text, ascii }) => {
  expect(asciiJson(scannedBefore(text))).toBe(ascii);
});

test.each([
  { why: 'escapes, however they are written', text: '"\\u00E9\\/\\n\\uD83C\\uDF55"' },
  { why: 'numbers', text: '[1.0,9007199254740993,-0]' },
  { why: 'order of members', text: '{"10":1,"2":2,"__proto__":3}' },
  { why: 'white space', text: '\t{\r\n"a" : 1 }' },
])('$why stay as they are', ({ text }) => {
  expect(asciiJson(scannedBefore(text))).toBe(text);
});

test('any text is printable afterwards, says the same, and has the length that was foretold', () => {
  const scanned = jsonText.filter((text) => !('refused' in scanText(text, 32))).map(scannedBefore);
  fc.assert(
    fc.property(scanned, (text) => {
      const ascii: JsonText = asciiJson(text);
      expect(ascii).toMatch(/^[\t\n\r\x20-\x7e]*$/);
      expect(isTakenBySqs(ascii)).toBe(true);
      expect(JSON.parse(ascii)).toEqual(JSON.parse(text));
      expect([asciiLength(text), Buffer.byteLength(ascii)]).toEqual([ascii.length, ascii.length]);
      expect(asciiJson(ascii)).toBe(ascii);
    }),
    { numRuns: runs(2_000) },
  );
});

test('a text that travels as a string of JSON comes back as it was written', () => {
  fc.assert(
    fc.property(
      jsonText.filter((text) => text.isWellFormed()),
      (text) => {
        expect(JSON.parse(asciiJson(scannedBefore(JSON.stringify(text))))).toBe(text);
      },
    ),
    { numRuns: runs(2_000) },
  );
});
