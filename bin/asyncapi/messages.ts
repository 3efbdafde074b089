/** The messages and their payloads, out of the schemas of the protocol. */
import { type ConversionConfig, toJsonSchemaDefs } from '@valibot/to-json-schema';
import * as v from 'valibot';
import type { Domain } from '../../protocol/domain.ts';
import { type Advice, closings, refusals } from '../../protocol/reasons.ts';
import { clientMessages } from '../../protocol/schemas/client.ts';
import { platformMessages, serverMessages } from '../../protocol/schemas/server.ts';
import { exact, open } from './conversion.ts';
import { examples } from './examples.ts';
import type { MessageName } from './message-names.ts';

const schemasOf = (domain: Domain): Readonly<Record<MessageName, v.GenericSchema>> => ({
  ...clientMessages(domain),
  ...serverMessages(domain),
  ...platformMessages,
});

/** `components.schemas`. Throws where JSON Schema cannot say what a schema says. */
export const payloads = (domain: Domain) => converted(domain, open);

/** The same, but with the gateway's objects closed: what its frames are tested by. */
export const exactPayloads = (domain: Domain) => converted(domain, exact);

const converted = (domain: Domain, conversion: ConversionConfig) =>
  toJsonSchemaDefs(schemasOf(domain), {
    ...conversion,
    overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
  });

/** `components.messages`. */
export const messages = (domain: Domain) => {
  const exampleOf = new Map(Object.entries(examples(domain)));
  return Object.fromEntries(
    Object.entries(schemasOf(domain)).map(([name, schema]) => [name, messageOf(name, schema, exampleOf.get(name))]),
  );
};

const messageOf = (name: string, schema: v.GenericSchema, example: unknown) => {
  const description = v.getDescription(schema) ?? '';
  return {
    name,
    title: v.getTitle(schema) ?? name,
    description: [description, ...adviceIn(name)].join('\n\n'),
    contentType: 'application/json',
    payload: { $ref: `#/components/schemas/${name}` },
    examples: [{ name, payload: example }],
  };
};

/** The table of the reasons, for people: the payload has the same as constants, for programs. */
const adviceIn = (name: string): readonly string[] => {
  if (name === 'auth_error') return [tableOf(refusals)];
  if (name === 'closing') return [tableOf(closings)];
  return [];
};

const tableOf = (reasons: Readonly<Record<string, Advice>>): string =>
  [
    '| reason | reconnect | reauthenticate | retry_after_ms |',
    '|---|---|---|---|',
    ...Object.entries(reasons).map(
      ([reason, { reconnect, reauthenticate, retryAfterMs }]) =>
        `| ${reason} | ${reconnect} | ${reauthenticate} | ${retryAfterMs} |`,
    ),
  ].join('\n');
