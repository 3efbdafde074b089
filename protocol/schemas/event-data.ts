/** The data of a stage's events, which is JSON Schema already, among the schemas of the wire: checked as the gateway checks it, and put into the document as it is. */
import * as v from 'valibot';
import type { DomainEvent } from '../domain-event.ts';
import { compileSchema } from '../json-schema/compile.ts';
import { violationOf } from '../json-schema/violation.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

const written = new WeakMap<object, JsonSchema>();

/** The JSON Schema of which `jsonSchema` made this one; undefined where it did not. */
export const jsonSchemaOf = (schema: object): JsonSchema | undefined => written.get(schema);

const jsonSchema = (schema: JsonSchema): v.GenericSchema => {
  const compiled = compileSchema(schema);
  if ('problem' in compiled) throw new Error(`a schema ${compiled.problem}`);
  const made = v.custom((value) => violationOf(compiled, value) === undefined);
  written.set(made, schema);
  return made;
};

/** `fields`: those that are named, where the schema says no more than that: they may stand elsewhere than in `data`, too. */
export type EventData = Readonly<{ whole: v.GenericSchema; delivered: v.GenericSchema; fields?: v.ObjectEntries }>;

export const eventData = ({ type, data, unknownFields }: DomainEvent): EventData => {
  const { $defs, ...root } = data;
  const inlined = inline(root, isObject($defs) ? $defs : {}, { of: type, left: maxSchemas });
  const schema = isObject(inlined) ? inlined : root;
  const { properties } = schema;
  const isPlain = Object.keys(schema).every((keyword) => plainKeywords.has(keyword));
  if (!isPlain || !isObject(properties) || isObject(schema['additionalProperties'])) {
    const whole = jsonSchema(schema);
    return { whole, delivered: whole };
  }
  const required = new Set([schema['required']].flat());
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, property]) => {
      const made = jsonSchema(isObject(property) ? property : {});
      return [name, required.has(name) ? made : v.exactOptional(made)];
    }),
  );
  if (unknownFields === 'drop') return { whole: v.object(fields), delivered: v.strictObject(fields), fields };
  const whole = schema['additionalProperties'] === false ? v.strictObject(fields) : v.looseObject(fields);
  return { whole, delivered: whole, fields };
};

const plainKeywords = new Set(['type', 'title', 'description', 'properties', 'required', 'additionalProperties']);

/** Definitions that each name the one before twice are short to write, and too long for any document without references. */
const maxSchemas = 20_000;

type Room = { readonly of: string; left: number };

/** Without references: in the document they would lead elsewhere. A schema of an event has no recursion. */
const inline = (schema: unknown, defs: JsonSchema, room: Room): unknown => {
  if (Array.isArray(schema)) return schema.map((one) => inline(one, defs, room));
  if (!isObject(schema)) return schema;
  room.left -= 1;
  if (room.left < 0) throw new SchemaTooLong(room.of);
  const { $ref } = schema;
  if (typeof $ref === 'string') return inline(defs[$ref.replace('#/$defs/', '')], defs, room);
  return Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, inline(value, defs, room)]));
};

/** An event's schema has more in it than a document may have, once its references are written out. */
export class SchemaTooLong extends Error {
  readonly code = 'SCHEMA_TOO_LONG';

  constructor(type: string) {
    super(`the schema of ${type} has more than ${maxSchemas} objects in it once its references are written out`);
    this.name = 'SchemaTooLong';
  }
}

const isObject = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
