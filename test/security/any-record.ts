/** Arbitrary audit records, made of the schema itself, so that a new field is in them at once. */
import fc from 'fast-check';
import * as v from 'valibot';
import { type AnyAuditRecord, recordFields } from '../../lambdas/security/audit-record.ts';

type Schema = Readonly<{ type: string; wrapped?: Schema; entries?: Readonly<Record<string, Schema>> }>;

const scalarOf = (type: string): fc.Arbitrary<unknown> => {
  switch (type) {
    case 'string':
      return fc.stringMatching(/^[a-z]{1,12}$/);
    case 'number':
      return fc.nat({ max: 4_102_444_800_000 });
    default:
      throw new Error(`no arbitrary is made of a ${type}`);
  }
};

const objectOf = (entries: Readonly<Record<string, Schema>>, of: 'whole' | 'any'): fc.Arbitrary<object> => {
  const isOptional = ([, { type }]: [string, Schema]) => type === 'exact_optional';
  const requiredKeys = Object.entries(entries)
    .filter((entry) => of === 'whole' || !isOptional(entry))
    .map(([name]) => name);
  const arbitraries = Object.fromEntries(
    Object.entries(entries).map(([name, schema]) => [name, arbitraryOf(schema, of)]),
  );
  return fc.record(arbitraries, { requiredKeys });
};

const arbitraryOf = (schema: Schema, of: 'whole' | 'any'): fc.Arbitrary<unknown> => {
  if (schema.wrapped !== undefined) return arbitraryOf(schema.wrapped, of);
  return schema.entries === undefined ? scalarOf(schema.type) : objectOf(schema.entries, of);
};

const fields: Readonly<Record<string, Schema>> = recordFields;
const AnyRecord = v.strictObject(recordFields);

/** `whole`: with every field there is. */
export const recordsOf = (of: 'whole' | 'any'): fc.Arbitrary<AnyAuditRecord> =>
  objectOf(fields, of).map((record) => v.parse(AnyRecord, record));

/** Every value that a record can hold, as the way to it. */
export const leaves: readonly (readonly string[])[] = ((): string[][] => {
  const walk = (schema: Schema, at: string[]): string[][] => {
    const inner = schema.wrapped ?? schema;
    if (inner.entries === undefined) return [at];
    return Object.entries(inner.entries).flatMap(([name, one]) => walk(one, [...at, name]));
  };
  return Object.entries(fields).flatMap(([name, one]) => walk(one, [name]));
})();
