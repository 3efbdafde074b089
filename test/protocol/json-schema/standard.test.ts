/** The subset means what the standard means: Ajv in its strict mode is asked the same. */
import { expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { compileSchema } from '../../../protocol/json-schema/compile.ts';
import { type Violation, violationOf } from '../../../protocol/json-schema/violation.ts';
import { runs } from '../../harness/runs.ts';
import { samples } from './samples.ts';

/** `strictTypes` as well: a keyword whose type is not named is refused there, too. */
const ajv = new Ajv2020({
  strict: true,
  strictTypes: true,
  strictRequired: false,
  allowUnionTypes: true,
  allErrors: true,
  ownProperties: true,
  logger: false,
});

/** Where the standard says a violation is: what is missing, too much or of no branch stands in the object, by Ajv's way to say it. */
const standardPath = ({ at, keyword }: Violation): string =>
  (/^(required|additionalProperties|oneOf)$/.test(keyword) ? at.slice(0, -1) : at)
    .map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');

test('a value is valid exactly when Ajv finds it so, and what is wrong is among what Ajv finds wrong', () => {
  const outcomes: string[] = [];
  fc.assert(
    fc.property(samples, ({ schema, value }) => {
      const compiled = compileSchema(schema);
      if ('problem' in compiled) return void outcomes.push('refused');
      const validate = ajv.compile(schema);
      const isValid = validate(value);
      const violation = violationOf(compiled, value);
      outcomes.push(violation?.keyword ?? 'valid');
      expect(violation === undefined).toBe(isValid);
      if (violation === undefined) return;
      const found = (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
      expect(found).toContain(`${standardPath(violation)} ${violation.keyword}`);
    }),
    // Such a schema is not made smaller in any useful time; its seed is printed.
    { numRuns: runs(1500), endOnFailure: true },
  );
  const times = (outcome: string): number => outcomes.filter((one) => one === outcome).length;
  expect(times('refused')).toBeLessThan(outcomes.length / 4);
  expect(times('valid')).toBeGreaterThan(outcomes.length / 4);
  expect(times('valid')).toBeLessThan(outcomes.length * 0.9);
  expect(new Set(outcomes).size).toBeGreaterThan(8);
});
