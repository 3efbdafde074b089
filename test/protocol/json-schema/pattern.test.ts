/** Patterns are read as JavaScript's `RegExp` with the flag `u` reads them, and no text is read again. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { looksAtMost, matches, maxPatternChars, readPattern } from '../../../protocol/json-schema/pattern.ts';
import { runs } from '../../harness/runs.ts';

const read = (source: string) => {
  const pattern = readPattern(source);
  if (typeof pattern === 'string') throw new Error(`${source} ${pattern}`);
  return pattern;
};
const isOf = (source: string, text: string): boolean => matches(read(source), text, { taken: 0 });

describe('a pattern', () => {
  test.each([
    { why: 'nothing at all', pattern: '^', yes: ['', 'a'], no: [] },
    { why: 'nothing but nothing', pattern: '^$', yes: [''], no: ['a', '\n'] },
    { why: 'a beginning', pattern: '^ab', yes: ['ab', 'abc'], no: ['', 'a', 'cab'] },
    {
      why: 'printable ASCII',
      pattern: '^[\\x20-\\x7e]{1,128}$',
      yes: [' ', 'o-42', '~'.repeat(128)],
      no: ['', 'é', '~'.repeat(129), 'a\n'],
    },
    { why: 'so many digits', pattern: '^\\d{4}-\\d{2}-\\d{2}$', yes: ['2026-11-27'], no: ['2026-1-27', '2026-11-271'] },
    {
      why: 'a UUID',
      pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
      yes: ['0b0e7d7e-3f0a-4a1e-9d7c-1c2b3a4d5e6f'],
      no: ['0b0e7d7e3f0a4a1e9d7c1c2b3a4d5e6f'],
    },
    { why: 'a sign or none', pattern: '^[+-]?[0-9]+$', yes: ['7', '-7'], no: ['', '+', '7-'] },
    { why: 'some and then another', pattern: '^a*b+c?$', yes: ['b', 'aab', 'bbc'], no: ['', 'a', 'ac', 'bcc'] },
    { why: 'at least so many', pattern: '^a{2,}$', yes: ['aa', 'aaaa'], no: ['a'] },
    { why: 'none of an atom', pattern: '^a{0}b$', yes: ['b'], no: ['ab'] },
    { why: 'a class of others', pattern: '^[^@\\s]+@[^@\\s]+$', yes: ['a@b'], no: ['a b@c', 'a@b@c', '@b'] },
    { why: 'any character but a line end', pattern: '^.{2}$', yes: ['ab', 'a😀'], no: ['a\n', '\u2028a', '😀'] },
    { why: 'characters, not their halves', pattern: '^[😀-😂]$', yes: ['😁'], no: ['\ud83d', '\ude00', 'a'] },
    { why: 'half a character is one', pattern: '^.$', yes: ['\ud83d', '\ude00'], no: ['\ude00\ud83d'] },
    {
      why: 'escapes',
      pattern: '^\\t\\n\\v\\f\\r\\x41\\u0042\\u{1f600}\\.\\/\\[\\^$',
      yes: ['\t\n\v\f\rAB😀./[^'],
      no: [''],
    },
    { why: 'escapes in a class', pattern: '^[\\]\\-\\\\\\w]+$', yes: [']-\\_'], no: ['.', '^'] },
    { why: '- at either end of a class', pattern: '^[-a]+[^a-]$', yes: ['-a-b'], no: ['-a-'] },
    { why: '- behind a class escape', pattern: '^[\\d-]+$', yes: ['1-2'], no: ['a'] },
    { why: '^ within a class', pattern: '^[a^]+$', yes: ['^a'], no: ['b'] },
    { why: 'the same character so many times', pattern: '^a{2}a{3}$', yes: ['aaaaa'], no: ['aaaa', 'aaaaaa'] },
  ])('says $why: $pattern', ({ pattern, yes, no }) => {
    expect(yes.filter((text) => !isOf(pattern, text))).toEqual([]);
    expect(no.filter((text) => isOf(pattern, text))).toEqual([]);
    const oracle = new RegExp(pattern, 'u');
    expect([...yes, ...no].filter((text) => isOf(pattern, text) !== oracle.test(text))).toEqual([]);
  });
});

describe('a pattern is refused', () => {
  test.each([
    { why: 'it may begin anywhere', pattern: 'a', problem: 'must begin with ^' },
    { why: 'it is empty', pattern: '', problem: 'must begin with ^' },
    { why: 'it is long', pattern: `^${'a'.repeat(maxPatternChars)}`, problem: 'must have at most 256 characters' },
    { why: 'a group', pattern: '^(ab)+$', problem: 'must not have a group' },
    { why: 'a look ahead', pattern: '^(?=a)', problem: 'must not have a group' },
    { why: 'a group that was never opened', pattern: '^a)', problem: 'must not have a group' },
    { why: 'alternatives', pattern: '^a|b$', problem: 'must not have alternatives' },
    { why: 'a second beginning', pattern: '^a^b', problem: 'must have ^ at its beginning alone' },
    { why: 'an early end', pattern: '^a$b', problem: 'must have $ at its end alone' },
    { why: 'a back-reference', pattern: '^a\\1', problem: 'must not have \\1' },
    { why: 'a named back-reference', pattern: '^a\\k<b>', problem: 'must not have \\k' },
    { why: 'a property of Unicode', pattern: '^\\p{L}', problem: 'must not have \\p' },
    { why: 'the end of a word', pattern: '^a\\b', problem: 'must not have \\b' },
    { why: 'a control character by its letter', pattern: '^\\cA', problem: 'must not have \\c' },
    { why: 'an escape of what needs none', pattern: '^\\-', problem: 'must not have \\-' },
    { why: 'an escape of what is no ASCII', pattern: '^\\😀', problem: 'must not have \\😀' },
    { why: 'half a character', pattern: '^\\ud83d', problem: 'must not have \\ud83d, which is no character' },
    {
      why: 'more than Unicode has',
      pattern: '^\\u{110000}',
      problem: 'must not have \\u{110000}, which is no character',
    },
    { why: 'an escape of nothing', pattern: '^a\\', problem: 'must not end with \\' },
    { why: 'half an escape', pattern: '^\\x4', problem: 'must not have \\x' },
    { why: 'nothing to repeat', pattern: '^*', problem: 'must have a character or a class before *' },
    { why: 'a lazy quantifier', pattern: '^a+?b', problem: 'must have one quantifier where it has +?' },
    { why: 'a quantifier of a quantifier', pattern: '^a{2}{3}', problem: 'must have one quantifier where it has {2}{' },
    { why: 'a quantifier that ends below its beginning', pattern: '^a{3,2}', problem: 'must not have {3,2}' },
    {
      why: 'a quantifier without its first number',
      pattern: '^a{,2}',
      problem: expect.stringContaining('where it has {'),
    },
    { why: 'a quantifier of six digits', pattern: '^a{100000}', problem: expect.stringContaining('where it has {') },
    { why: 'a bare }', pattern: '^a}', problem: 'must have \\} for }' },
    { why: 'a bare ]', pattern: '^a]', problem: 'must have \\] for ]' },
    { why: 'a class of nothing', pattern: '^[]', problem: 'must not have a class of nothing' },
    { why: 'a class of everything', pattern: '^[^]', problem: 'must not have a class of nothing' },
    { why: 'a class without its end', pattern: '^[ab', problem: 'must have ] where a class ends' },
    { why: 'a range without its end', pattern: '^[a-', problem: 'must have ] where a class ends' },
    { why: 'a range backwards', pattern: '^[b-a]', problem: 'must not have the range b-a' },
    { why: 'a range from a class', pattern: '^[\\d-z]', problem: 'must not have the range \\d-z' },
    {
      why: 'many in a row that may be left out',
      pattern: '^a?b?c?d?e?f?g?',
      problem: 'must not have more than 6 in a row that may be left out',
    },
    {
      why: 'a choice between the same',
      pattern: '^a*a',
      problem: 'must not leave open how often a stands before a: a character that is both could be either',
    },
    {
      why: 'a choice behind what may be left out',
      pattern: '^\\w+-?[0-9]',
      problem: expect.stringContaining('how often \\w stands before [0-9]'),
    },
    {
      why: 'the squares of a backtracking reader',
      pattern: '^.*.*=.*$',
      problem: expect.stringContaining('how often . stands before .'),
    },
  ])('for $why: $pattern', ({ pattern, problem }) => {
    expect(readPattern(pattern)).toEqual(problem);
  });
});

const characters = ['a', 'b', '0', '-', ' ', '\n', '😀', '\ud83d'];
const texts = fc.oneof(
  fc.array(fc.constantFrom(...characters), { maxLength: 12 }).map((all) => all.join('')),
  fc
    .tuple(fc.constantFrom(...characters), fc.nat(12), fc.constantFrom('', ...characters))
    .map(([one, times, end]) => one.repeat(times) + end),
);
/** Mostly of the form, and refused for a choice now and then. */
const formed = fc
  .tuple(
    fc.array(
      fc.tuple(
        fc.constantFrom(
          'a',
          'b',
          '0',
          '-',
          '😀',
          '.',
          '\\d',
          '\\w',
          '\\s',
          '\\W',
          '[ab]',
          '[^ab]',
          '[\\d-]',
          '[^\\s0]',
          '[a-b😀]',
        ),
        fc.constantFrom('', '', '', '?', '*', '+', '{2}', '{0}', '{1,3}', '{2,}', '{0,2}'),
      ),
      { maxLength: 5 },
    ),
    fc.constantFrom('$', ''),
  )
  .map(([atoms, end]) => `^${atoms.flat().join('')}${end}`);
/** Mostly no pattern at all. */
const odd = fc
  .array(fc.constantFrom(...'^$ab0{},[]-\\dwsux+*?.()|:=!', '{1,2}'), { maxLength: 8 })
  .map((all) => `^${all.join('')}`);

test('of whatever pattern is taken, a text is what it is for RegExp', () => {
  let taken = 0;
  let yes = 0;
  fc.assert(
    fc.property(
      fc.oneof({ arbitrary: formed, weight: 4 }, odd),
      fc.array(texts, { minLength: 5, maxLength: 5 }),
      (source, all) => {
        const pattern = readPattern(source);
        if (typeof pattern === 'string') return;
        taken++;
        const oracle = new RegExp(source, 'u');
        for (const text of all) {
          const is = matches(pattern, text, { taken: 0 });
          expect([source, text, is]).toEqual([source, text, oracle.test(text)]);
          yes += is ? 1 : 0;
        }
      },
    ),
    { numRuns: runs(10_000) },
  );
  expect(taken).toBeGreaterThan(runs(10_000) / 4);
  expect(yes).toBeGreaterThan(runs(10_000) / 10);
});

test('a pattern never looks at a character more often than it is said to, nor at more than there are', () => {
  const long = texts.map((text) => text.repeat(50));
  fc.assert(
    fc.property(formed, long, (source, text) => {
      const pattern = readPattern(source);
      if (typeof pattern === 'string') return;
      const steps = { taken: 0 };
      matches(pattern, text, steps);
      expect(steps.taken).toBeLessThanOrEqual(looksAtMost * text.length);
    }),
    { numRuns: runs(5000) },
  );
});

test.each([
  { why: 'each of many is left out at each character', pattern: '^a*b*c*d*e*f*x$', text: 'f'.repeat(1000) },
  { why: 'a repetition with a great bound', pattern: '^[ab]{1,99999}$', text: 'ab'.repeat(500) },
  {
    why: 'what makes a backtracking reader try all ways',
    pattern: '^a+b+a+b+a+$',
    text: `${'a'.repeat(400)}${'b'.repeat(599)}c`,
  },
])('a thousand characters take two thousand looks at most where $why', ({ pattern, text }) => {
  const steps = { taken: 0 };
  matches(read(pattern), text, steps);
  expect(steps.taken).toBeLessThanOrEqual(2 * text.length);
});
