/**
 * The AsyncAPI document as a validator of messages: what tools see that know nothing else of the protocol. But the
 * document lets the gateway's messages have further fields; here they are closed, unless `written` is said.
 */
import { Ajv, type ValidateFunction } from 'ajv';
import { asyncApiDocument } from '../../bin/asyncapi/document.ts';
import { exactPayloads } from '../../bin/asyncapi/messages.ts';
import { clientMessages } from '../../protocol/schemas/client.ts';
import { platformMessages, serverMessages } from '../../protocol/schemas/server.ts';
import { restaurantDomain } from '../restaurant-domain.ts';

export const clientMessageNames = Object.keys(clientMessages(restaurantDomain));
export const serverMessageNames = Object.keys(serverMessages(restaurantDomain));
export const platformMessageNames = Object.keys(platformMessages);

export type Schema = Readonly<{
  $ref?: string;
  title?: string;
  const?: unknown;
  enum?: readonly unknown[];
  anyOf?: readonly Schema[];
  oneOf?: readonly Schema[];
  properties?: Readonly<Record<string, Schema>>;
  items?: Schema;
}>;

/** As it is written: JSON, and nothing that only JavaScript has. */
export const document = JSON.parse(JSON.stringify(asyncApiDocument('0.0.0-test', restaurantDomain))) as Readonly<{
  asyncapi: string;
  channels: { device: { messages: Readonly<Record<string, unknown>> } };
  operations: Readonly<
    Record<string, { action: string; messages: { $ref: string }[]; reply?: { messages: { $ref: string }[] } }>
  >;
  components: {
    messages: Readonly<Record<string, { description: string; examples: { payload: unknown }[] }>>;
    schemas: Readonly<Record<string, Schema>>;
  };
}>;

const ajv = new Ajv({ strict: false, formats: { 'date-time': (text: string) => !Number.isNaN(Date.parse(text)) } });

type Schemas = Readonly<Record<string, Schema>>;

/** The schemas as they are in the document. */
export const written: Schemas = document.components.schemas;
/** The same with the gateway's objects closed. */
export const exact = JSON.parse(JSON.stringify(exactPayloads(restaurantDomain))) as Schemas;

const validators = new Map<Schema, ValidateFunction>();

/** Whether a value is what a schema says; its references are to `schemas`. */
export const isValid = (schema: Schema, value: unknown, schemas = exact): boolean => {
  const known = validators.get(schema);
  const validate = known ?? ajv.compile({ ...schema, components: { schemas } });
  validators.set(schema, validate);
  return validate(value) === true;
};

export const schemaOf = (name: string, schemas = exact): Schema => {
  const schema = schemas[name];
  if (schema === undefined) throw new Error(`the document has no schema ${name}`);
  return schema;
};

/** The names of those messages that a value is. */
export const messagesThatAre = (value: unknown, names: readonly string[], schemas = exact): readonly string[] =>
  names.filter((name) => isValid(schemaOf(name, schemas), value, schemas));
