import { describe, expect, test } from '@jest/globals';
import { mutantsOf, sampled } from './mutants.ts';

const afters = (line: string) => mutantsOf('a.ts', line).map(({ kind, after }) => `${kind}: ${after.trim()}`);

describe('a mutant is made', () => {
  test.each([
    {
      why: 'of an early return, by leaving it out',
      line: '  if (hasExpired(session)) return noReply;',
      made: ['early return: '],
    },
    {
      why: 'of a comparison, by its other side',
      line: '  return failures < threshold ? 0 : 1;',
      made: ['comparison: return failures <= threshold ? 0 : 1;'],
    },
    {
      why: 'of an early return that compares, both ways',
      line: '  if (a >= b) return 1;',
      made: ['early return: ', 'comparison: if (a > b) return 1;'],
    },
    {
      why: 'of each condition of a write',
      line: '  conditions: [isOwn, isLive],',
      made: ['condition of a write: conditions: [isLive],', 'condition of a write: conditions: [isOwn],'],
    },
    {
      why: 'of a condition that has a name',
      line: "const isFree = 'attribute_not_exists(pk)';",
      made: ["condition of a write: const isFree = '(attribute_exists(pk) OR attribute_not_exists(pk))';"],
    },
  ])('$why', ({ line, made }) => {
    expect(afters(line)).toEqual(made);
  });

  test.each([
    { why: 'a comment', line: ' * a < b and so on' },
    { why: 'an arrow', line: 'const f = (a: number) => a;' },
    { why: 'a generic', line: 'const m = new Map<string, number>();' },
    { why: 'a sign in a text', line: "const isNewer = condition('a < b');" },
  ])('not of $why', ({ line }) => {
    expect(afters(line)).toEqual([]);
  });
});

test('a sample is the same for the same seed, and another for another', () => {
  const all = Array.from({ length: 40 }, (_, line) => mutantsOf('a.ts', `if (a < ${line}) return;`)).flat();
  expect(sampled(all, 10, 1)).toEqual(sampled(all, 10, 1));
  expect(sampled(all, 10, 1)).not.toEqual(sampled(all, 10, 2));
  expect(sampled(all, 1_000, 1)).toHaveLength(all.length);
});
