import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cappedText } from '../../lambdas/security/capped-text.ts';
import { runs } from '../harness/runs.ts';

const unescaped = (text: string): string =>
  text.replace(/\\u([0-9a-f]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

describe('client text in a record', () => {
  test.each([
    { why: 'plain', text: 'u-1', capped: 'u-1' },
    { why: 'empty', text: '', capped: '' },
    { why: 'as long as allowed', text: 'x'.repeat(64), capped: 'x'.repeat(64) },
    { why: 'one character longer', text: 'x'.repeat(65), capped: 'x'.repeat(64) },
    { why: 'a line break', text: 'a\nb', capped: 'a\\u000ab' },
    { why: 'a carriage return and an escape sequence', text: '\r\u001b[2J', capped: '\\u000d\\u001b[2J' },
    { why: 'a NUL and a DEL', text: '\u0000\u007f', capped: '\\u0000\\u007f' },
    { why: 'a backslash', text: 'a\\u000ab', capped: 'a\\u005cu000ab' },
    { why: 'a line separator', text: '\u2028', capped: '\\u2028' },
    { why: 'a reversal of the reading direction', text: '\u202e', capped: '\\u202e' },
    { why: 'letters beyond ASCII', text: 'é寿', capped: '\\u00e9\\u5bff' },
    { why: 'a character of two units', text: '🍣', capped: '\\ud83c\\udf63' },
    { why: 'half a character', text: '\udf63', capped: '\\udf63' },
    { why: 'an escape that would not fit', text: `${'x'.repeat(59)}é`, capped: 'x'.repeat(59) },
    { why: 'an escape that just fits', text: `${'x'.repeat(58)}é`, capped: `${'x'.repeat(58)}\\u00e9` },
    { why: 'nothing that would fit behind one that does not', text: `${'x'.repeat(60)}éa`, capped: 'x'.repeat(60) },
    { why: 'a token', text: 'Bearer eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln-_natu', capped: 'Bearer [token]' },
    { why: 'a piece of a token', text: 'u/eyJhbGciOiJFUzI1', capped: 'u/[token]' },
    { why: 'two tokens', text: 'eyJhbGciOi.e.s eyJhbGciOi.e.s', capped: '[token] [token]' },
    { why: 'a token at the cap', text: `${'x'.repeat(60)}eyJhbGciOiJFUzI1`, capped: `${'x'.repeat(60)}[tok` },
    { why: 'a metric of its own', text: '{"_aws":{}}', capped: '{"_aws":{}}' },
  ])('is printable and capped: $why', ({ text, capped }) => {
    expect(cappedText(text, 64)).toBe(capped);
  });

  const anyText = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.string({ minLength: 60 }),
  );
  const cap = fc.integer({ min: 0, max: 150 });

  test('is printable ASCII with whole escapes only, never more bytes than allowed', () => {
    fc.assert(
      fc.property(anyText, cap, (text, maxBytes) => {
        const capped = cappedText(text, maxBytes);
        expect(capped).toMatch(/^(?:[ -[\]-~]|\\u[0-9a-f]{4})*$/);
        expect(Buffer.byteLength(capped, 'utf8')).toBeLessThanOrEqual(maxBytes);
      }),
      { numRuns: runs(2_000) },
    );
  });

  test('is the beginning of what was said, and all of it when it fits', () => {
    fc.assert(
      fc.property(anyText, cap, (text, maxBytes) => {
        const capped = cappedText(text, maxBytes);
        expect(text.startsWith(unescaped(capped))).toBe(true);
        if (text.length * 6 <= maxBytes) expect(unescaped(capped)).toBe(text);
      }),
      { numRuns: runs(2_000) },
    );
  });

  test('is cut at the first piece that does not fit, not earlier', () => {
    fc.assert(
      fc.property(anyText, cap, (text, maxBytes) => {
        const capped = cappedText(text, maxBytes);
        const next = text.slice(unescaped(capped).length, unescaped(capped).length + 1);
        if (next !== '') expect(capped.length + cappedText(next, 6).length).toBeGreaterThan(maxBytes);
      }),
      { numRuns: runs(2_000) },
    );
  });

  test('of a megabyte costs no more than its cap', () => {
    expect(cappedText('é'.repeat(1_000_000), 64)).toBe('\\u00e9'.repeat(10));
  });
});
