import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { ApiBlueprint } from './blueprint/api.ts';

/** What API Gateway knows about a connection from its handshake. */
export type Handshake = {
  readonly connectionId: string;
  /** Epoch milliseconds. */
  readonly connectedAt: number;
  readonly sourceIp: string;
  readonly userAgent: string | undefined;
  readonly host: string;
};

type Happening =
  | { readonly eventType: 'CONNECT' | 'MESSAGE' }
  | { readonly eventType: 'DISCONNECT'; readonly disconnectStatusCode: number; readonly disconnectReason: string };

const idsOf = () => {
  const extendedRequestId = randomUUID();
  return { requestId: extendedRequestId, extendedRequestId };
};

const contextOf = (api: ApiBlueprint, at: number, handshake: Handshake, routeKey: string, happening: Happening) => ({
  routeKey,
  ...happening,
  ...idsOf(),
  requestTime: commonLogTime(at),
  messageDirection: 'IN',
  stage: api.stage,
  connectedAt: handshake.connectedAt,
  requestTimeEpoch: at,
  identity: {
    sourceIp: handshake.sourceIp,
    ...(handshake.userAgent === undefined ? {} : { userAgent: handshake.userAgent }),
  },
  domainName: api.domainName,
  connectionId: handshake.connectionId,
  apiId: api.id,
});

/** The event of `$connect`: the handshake's headers and query as the client sent them, and the proxy's own headers. */
export const connectEvent = (api: ApiBlueprint, handshake: Handshake, request: IncomingMessage) => {
  const headers = multiValues(pairsOf(request.rawHeaders));
  const forwarded = [...(headers['X-Forwarded-For'] ?? []), handshake.sourceIp].join(', ');
  const multiValueHeaders = {
    ...headers,
    'X-Amzn-Trace-Id': [
      `Root=1-${Math.floor(handshake.connectedAt / 1000).toString(16)}-${randomUUID().slice(9).replaceAll('-', '')}`,
    ],
    'X-Forwarded-For': [forwarded],
    'X-Forwarded-Port': ['443'],
    'X-Forwarded-Proto': ['https'],
  };
  const query = multiValues([...new URL(request.url ?? '/', 'http://localhost').searchParams]);
  const hasQuery = Object.keys(query).length > 0;
  return {
    headers: lastValues(multiValueHeaders),
    multiValueHeaders,
    ...(hasQuery ? { queryStringParameters: lastValues(query), multiValueQueryStringParameters: query } : {}),
    requestContext: contextOf(api, handshake.connectedAt, handshake, '$connect', { eventType: 'CONNECT' }),
    isBase64Encoded: false,
  };
};

/** The event of a message. It has neither headers nor query. */
export const messageEvent = (api: ApiBlueprint, handshake: Handshake, at: number, routeKey: string, body: string) => ({
  requestContext: {
    ...contextOf(api, at, handshake, routeKey, { eventType: 'MESSAGE' }),
    messageId: randomUUID(),
  },
  body,
  isBase64Encoded: false,
});

/** The event of `$disconnect`. */
export const disconnectEvent = (api: ApiBlueprint, handshake: Handshake, at: number, code: number, reason: string) => {
  const headers = { Host: handshake.host, 'X-Forwarded-For': handshake.sourceIp };
  return {
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    requestContext: contextOf(api, at, handshake, '$disconnect', {
      eventType: 'DISCONNECT',
      disconnectStatusCode: code,
      disconnectReason: reason,
    }),
    isBase64Encoded: false,
  };
};

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `23/Nov/2026:21:41:07 +0000`, the time format of access logs. */
const commonLogTime = (epochMs: number): string => {
  const iso = new Date(epochMs).toISOString();
  return `${iso.slice(8, 10)}/${months[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
};

const pairsOf = (rawHeaders: readonly string[]): readonly (readonly [string, string])[] =>
  rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [[name, rawHeaders[i + 1] ?? ''] as const] : []));

const multiValues = (pairs: Iterable<readonly [string, string]>): Record<string, string[]> => {
  const values: Record<string, string[]> = Object.create(null);
  for (const [name, value] of pairs) values[name] = [...(values[name] ?? []), value];
  return { ...values };
};

const lastValues = (values: Readonly<Record<string, readonly string[]>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.at(-1) ?? '']));
