/** The work on a value is linear in the value alone, whatever the schema: counted, since no machine is alike. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compileSchema } from '../../../protocol/json-schema/compile.ts';
import { stepsAtMost, violationOf } from '../../../protocol/json-schema/violation.ts';
import { runs } from '../../harness/runs.ts';
import { worstCases } from '../../load/schema-cases.ts';
import { samples } from './samples.ts';

/** Values, the names of members and the characters of texts. */
const sizeOf = (value: unknown): number => {
  if (typeof value === 'string') return 1 + value.length;
  if (typeof value !== 'object' || value === null) return 1;
  const inner = Object.values(value).reduce((sum: number, one) => sum + sizeOf(one), 1);
  return Array.isArray(value) ? inner : inner + Object.keys(value).length;
};
const stepsOf = (schema: unknown, value: unknown): number => {
  const compiled = compileSchema(schema);
  if ('problem' in compiled) throw new Error(`${compiled.at.join('.')} ${compiled.problem}`);
  const steps = { taken: 0 };
  violationOf(compiled, value, steps);
  return steps.taken;
};

test('a value takes so many steps at most for each value, name and character in it', () => {
  fc.assert(
    fc.property(samples, ({ schema, value }) => {
      if ('problem' in compileSchema(schema)) return;
      expect(stepsOf(schema, value)).toBeLessThanOrEqual(stepsAtMost * sizeOf(value));
    }),
    { numRuns: runs(3000), endOnFailure: true },
  );
});

describe('the worst frame', () => {
  test.each(worstCases)('takes no more: $why', ({ schema, data }) => {
    const value: unknown = JSON.parse(data);
    const steps = stepsOf(schema, value);
    expect(steps).toBeLessThanOrEqual(stepsAtMost * sizeOf(value));
    // As it is said: the whole frame was looked at.
    expect(steps).toBeGreaterThan(sizeOf(value) / 2);
  });
});

test('ten times the schema is not more work, and ten times the value is ten times the work', () => {
  const words = (count: number) => Array.from({ length: count }, (_, at) => `w${at}`);
  const schema = (count: number) => ({
    type: 'array',
    items: {
      type: 'object',
      properties: {
        a: { enum: words(count) },
        ...Object.fromEntries(words(count).map((word) => [word, { type: 'null' }])),
      },
      required: ['a'],
    },
  });
  const value = (count: number) => Array.from({ length: count }, () => ({ a: 'w7' }));
  const once = stepsOf(schema(10), value(10));
  expect(stepsOf(schema(100), value(10))).toBe(once);
  expect(stepsOf(schema(10), value(100)) - 1).toBe(10 * (once - 1));
});
