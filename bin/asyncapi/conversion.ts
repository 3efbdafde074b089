/** How the schemas of the protocol become JSON Schema that code generators can use. */
import type { ConversionConfig } from '@valibot/to-json-schema';
import { isIssuedUserId, isUserId } from '../../protocol/identifiers.ts';
import { jsonSchemaOf } from '../../protocol/schemas/event-data.ts';

const exponent = '[eE][+-]?[0-9]+';
const zero = `^[+-]?[0.]+(?:${exponent})?$`;
const prefixed = '0[xXoObB][0-9a-fA-F]*';
const decimal = `(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:${exponent})?`;
const unsigned = [
  prefixed,
  '0[0-9]*',
  `[0-9]+${exponent}`,
  `[0-9]+\\.[0-9]*(?:${exponent})?`,
  `\\.[0-9]+(?:${exponent})?`,
].join('|');

/**
 * What `isUserId` refuses of printable ASCII: zero, and a number of at most 23 characters that is not written in digits
 * alone. Beside the pattern and not in it: RE2 and Rust have no lookahead, and a generator that knows no `not` still has
 * a pattern.
 */
const nobody = {
  anyOf: [{ pattern: zero }, { pattern: `^(?:[+-](?:${prefixed}|${decimal})|${unsigned})$`, maxLength: 23 }],
};

/** As the schemas are, closed objects and all. A constant says its type: without one, generators make it what they like. */
export const exact = {
  overrideAction: ({ valibotAction, jsonSchema }) => {
    if (!('requirement' in valibotAction)) return undefined;
    if (valibotAction.requirement === isUserId) return { ...jsonSchema, not: nobody };
    return valibotAction.requirement === isIssuedUserId ? { ...jsonSchema, not: { pattern: zero } } : undefined;
  },
  overrideSchema: ({ valibotSchema, jsonSchema }) =>
    jsonSchemaOf(valibotSchema) ??
    (valibotSchema.type === 'literal' ? { ...jsonSchema, type: typeOf(jsonSchema.const) } : undefined),
} satisfies ConversionConfig;

const typeOf = (constant: unknown) => {
  if (typeof constant === 'number') return Number.isInteger(constant) ? 'integer' : 'number';
  return typeof constant === 'boolean' ? 'boolean' : 'string';
};

/** Clients must ignore fields they do not know: no object is closed, or what is generated would refuse a later gateway. */
export const open = {
  ...exact,
  overrideSchema: (context) => {
    const { valibotSchema, jsonSchema } = context;
    if (valibotSchema.type !== 'strict_object') return exact.overrideSchema(context);
    const { additionalProperties: _, ...rest } = jsonSchema;
    return rest;
  },
} satisfies ConversionConfig;
