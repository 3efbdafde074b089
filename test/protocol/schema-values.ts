/** Values of a schema, made from the schema itself: a field that it gets later is in the tests by then. */
import { type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import fc from 'fast-check';
import { exact } from '../../bin/asyncapi/conversion.ts';
import * as v from 'valibot';

/** Any value of the schema. Throws where the schema says what is not understood here, instead of leaving it untested. */
export const valuesOf = (schema: v.GenericSchema): fc.Arbitrary<unknown> =>
  arbitraryOf(written(schema)).map((value) => v.parse(schema, value));

/** A few values that together have every alternative and every constant of the schema; the same ones each time. */
export const coverOf = (schema: v.GenericSchema): readonly unknown[] =>
  cover(written(schema)).map((value) => v.parse(schema, value));

/** The same of an object, which is what an event's data are. */
export const objectsOf = (schema: v.GenericSchema): readonly object[] =>
  coverOf(schema).map((value) => {
    if (typeof value !== 'object' || value === null) throw new Error(`no object: ${JSON.stringify(value)}`);
    return value;
  });

/** Where a stage's own JSON Schema stands in one, as it stands in the document. */
const written = (schema: v.GenericSchema): JsonSchema => toJsonSchema(schema, exact);

const arbitraryOf = (schema: JsonSchema): fc.Arbitrary<unknown> => {
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(schemaIn).map(arbitraryOf));
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (Array.isArray(schema.type)) return fc.oneof(...alternatives(schema).map(arbitraryOf));
  const { minimum: min = Number.MIN_SAFE_INTEGER, maximum: max = Number.MAX_SAFE_INTEGER } = schema;
  switch (schema.type) {
    case 'string':
      return schema.pattern === undefined ? textOf(schema) : fc.stringMatching(new RegExp(schema.pattern));
    case 'integer':
      return fc.integer({ min, max });
    case 'number':
      return fc.double({ min, max, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'object':
      return fc.record(Object.fromEntries(propertiesOf(schema).map(([name, of]) => [name, arbitraryOf(of)])), {
        requiredKeys: schema.required ?? [],
      });
    default:
      throw new Error(`make values of ${JSON.stringify(schema)}, too`);
  }
};

const cover = (schema: JsonSchema): readonly unknown[] => {
  if (schema.anyOf !== undefined) return schema.anyOf.map(schemaIn).flatMap(cover);
  if (schema.enum !== undefined) return schema.enum;
  if (Array.isArray(schema.type)) return alternatives(schema).flatMap(cover);
  if (schema.type !== 'object') return fc.sample(arbitraryOf(schema), { numRuns: 1, seed: 17 });
  const columns = propertiesOf(schema).map(([name, of]) => ({ name, values: cover(of) }));
  const rows = Math.max(1, ...columns.map(({ values }) => values.length));
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(columns.map(({ name, values }) => [name, values[row % values.length]])),
  );
};

const alternatives = ({ type, ...rest }: JsonSchema): readonly JsonSchema[] =>
  [type].flat().map((one) => ({ ...rest, ...(one === undefined ? {} : { type: one }) }));
const textOf = ({ minLength = 0, maxLength = minLength + 20 }: JsonSchema) => fc.string({ minLength, maxLength });
const propertiesOf = ({ properties = {} }: JsonSchema) =>
  Object.entries(properties).map(([name, of]) => [name, schemaIn(of)] as const);
const schemaIn = (schema: JsonSchema | boolean): JsonSchema => (typeof schema === 'boolean' ? {} : schema);
