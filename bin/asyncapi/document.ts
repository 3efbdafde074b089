/** The protocol as an AsyncAPI 3.0 document, for tools. PROTOCOL.md says the same to people, and more. */
import { called } from '../called.ts';
import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import type { Domain } from '../../protocol/domain.ts';
import { limits, protocolVersion, subprotocol } from '../../protocol/limits.ts';
import { passSubprotocolPrefix, reentryPassPattern } from '../../protocol/reentry-pass.ts';
import { connectionType, restaurantId, userId } from '../../protocol/schemas/fields.ts';
import { open } from './conversion.ts';
import { messages, payloads } from './messages.ts';
import { operations } from './operations.ts';

/** The document for a version of the project and the domain of a stage. The same two give the same document. */
export const asyncApiDocument = (version: string, domain: Domain) => ({
  asyncapi: '3.0.0',
  info: {
    title: 'maitred',
    version,
    description: `Version ${protocolVersion} of the protocol between restaurant devices and the gateway. A device connects without credentials and sends \`authenticate\` first. PROTOCOL.md is the contract; this document is generated from the same sources.

One message is one text frame with one JSON object of at most ${limits.maxFrameBytes} bytes. The schemas of what the gateway sends name every field and reason of this version and allow further fields; a client must ignore fields, reasons and messages it does not know. The gateway ignores fields it does not know, too.`,
    license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    tags: [{ name: 'websocket' }, { name: 'restaurant' }],
  },
  defaultContentType: 'application/json',
  servers: {
    deployed: {
      host: '{api}.execute-api.{region}.amazonaws.com',
      pathname: '/{stage}',
      protocol: 'wss',
      title: 'A deployed stage',
      description: 'Its address is an output of the deployment; it may have a domain of its own instead.',
      variables: {
        api: { description: 'The id of the API.' },
        region: { description: 'The AWS region.' },
        stage: { description: 'The stage.', default: 'dev' },
      },
    },
    local: {
      host: '127.0.0.1:8787',
      pathname: '/local',
      protocol: 'ws',
      title: 'The local gateway',
      description: `\`${called('start')}\`, on its own port unless another was asked for.`,
    },
  },
  channels: {
    device: {
      address: null,
      title: 'A connection',
      description:
        'One WebSocket connection of one device. The client speaks first. The close code says nothing about the reason: the last message does.',
      messages: Object.fromEntries(
        Object.keys(messages(domain)).map((name) => [name, { $ref: `#/components/messages/${name}` }]),
      ),
      bindings: { ws: handshake(domain) },
    },
  },
  operations: Object.fromEntries(
    Object.entries(operations(domain)).map(([name, { messages: said, reply, ...operation }]) => [
      name,
      {
        ...operation,
        channel,
        messages: said.map(inChannel),
        ...(reply === undefined ? {} : { reply: { channel, messages: reply.map(inChannel) } }),
      },
    ]),
  ),
  components: { messages: messages(domain), schemas: payloads(domain) },
});

const channel = { $ref: '#/channels/device' };
const inChannel = (name: string) => ({ $ref: `#/channels/device/messages/${name}` });

/** What may be said before there are messages. Never the token: addresses end up in logs. */
const handshake = (domain: Domain) => {
  const { $schema: _, ...query } = toJsonSchema(
    v.pipe(
      v.looseObject({
        restaurant_id: v.optional(restaurantId),
        connection_type: v.optional(connectionType(domain)),
        user_id: v.optional(userId),
      }),
      v.description('Hints, checked like the fields of the same names in the first message. Never the token.'),
    ),
    open,
  );
  return {
    method: 'GET',
    query,
    headers: {
      type: 'object',
      properties: {
        'Sec-WebSocket-Protocol': {
          type: 'string',
          pattern: `^${subprotocol.replace('.', '\\.')}( *, *${passSubprotocolPrefix.replaceAll('.', '\\.')}${reentryPassPattern.source.replace(/^\^|\$$/g, '')})?$`,
          description: `Optional. The gateway confirms ${subprotocol} and no other. Beside it goes the re-entry pass of the last auth_success, if there is one.`,
        },
      },
    },
    bindingVersion: '0.1.0',
  };
};
