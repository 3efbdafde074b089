/**
 * What the functions call, as one process over TLS: `node memory-endpoint.ts KEY CERTIFICATE`. A restaurant with one member and, wherever a
 * connection is asked for, that member's; each answer takes as long as such a service is assumed to take. Also the issuer's keys.
 */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { marshall } from '@aws-sdk/util-dynamodb';
import { pendingItem, sessionAttributes } from '../../lambdas/dynamodb/connection-item.ts';
import { membershipKey } from '../../lambdas/dynamodb/memberships.ts';

export type MemoryEndpoint = Readonly<{ port: number; token: string; connectedAtMs: number }>;

/** Assumed, in milliseconds; an issuer is somebody else's machine. */
const takesMs = { table: 4, queue: 9, socket: 9, keys: 100 };

const [keyFile = '', certificateFile = ''] = process.argv.slice(2);
const connectedAtMs = Date.now();
const member = { issuer: 'demo', userId: 'u-1' };
const connectionId = 'L0SNAGHDvHcFqVw=';
const session = {
  ...member,
  restaurantId: 'r-17',
  connectionType: 'kitchen',
  role: 'employee',
  sessionExpiresAtMs: connectedAtMs + 3_600_000,
  tokenIssuedAtMs: connectedAtMs,
  grantedAtMs: connectedAtMs,
  batch: true,
} as const;
const handshake = {
  connectionId,
  connectedAtMs,
  authDeadlineMs: connectedAtMs + 3_600_000,
  sourceIp: '203.0.113.7',
  userAgent: 'bench',
  hints: {},
};

/** The row in a state: what is left over from the others does no harm. */
const row = (status: string, ownerId = 'owner') => ({
  ...pendingItem(handshake),
  ...(status === 'pending' ? {} : { owner_id: ownerId, lease_expires_at_ms: connectedAtMs + 3_600_000 }),
  ...(status === 'pending' || status === 'verifying' ? {} : sessionAttributes(session)),
  status,
});
const membership = {
  ...membershipKey('r-17', member),
  restaurant_id: 'r-17',
  issuer: 'demo',
  user_id: 'u-1',
  role: 'employee',
};
const itemOf = (item: object) => marshall(item, { removeUndefinedValues: true });

/** How a connection is found: as `authenticate` does, or everybody else. */
let found = 'pending';

type Keys = Readonly<{ Keys: readonly Readonly<Record<string, { S: string }>>[] }>;

const answerOfBatch = (asked: Readonly<Record<string, Keys>>) =>
  Object.fromEntries(
    Object.entries(asked).map(([table, { Keys }]) => [
      table,
      Keys.flatMap((key) => {
        if (key['connection_id'] !== undefined) return [itemOf(row('authenticated'))];
        return key['pk']?.S === membership.pk && key['sk']?.S === membership.sk ? [itemOf(membership)] : [];
      }),
    ]),
  );

// biome-ignore lint/suspicious/noExplicitAny: what the functions of this project ask
const answerOfTable = (operation: string, asked: Record<string, any>): object => {
  const { Key, RequestItems, ExpressionAttributeNames: names, ExpressionAttributeValues: values, IndexName } = asked;
  switch (operation) {
    case 'GetItem':
      return Key.connection_id === undefined ? {} : { Item: itemOf(row(found)) };
    case 'BatchGetItem':
      return { Responses: answerOfBatch(RequestItems), UnprocessedKeys: {} };
    case 'UpdateItem':
      // The keys of re-entry passes are made by the first that needs them.
      if (values?.[':member_key'] !== undefined)
        return { Attributes: { member_key: values[':member_key'], [names['#period']]: values[':key'] } };
      return Key.connection_id === undefined
        ? { Attributes: {} }
        : { Attributes: itemOf(row(values[':to'].S, values[':owner_id']?.S)) };
    case 'Query':
      if (IndexName === undefined) return { Items: [itemOf(membership)] };
      return {
        Items: Array.from({ length: 5 }, (_, nth) =>
          itemOf({ ...row('authenticated'), connection_id: `L0SNAGHDvHcFqV${nth}=`, live_restaurant_id: 'r-17' }),
        ),
      };
    default:
      return {};
  }
};

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwks = JSON.stringify({
  keys: [{ ...keys.publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'ES256', use: 'sig' }],
});

const tokenOf = (issuer: string): string => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const nowSeconds = Math.floor(Date.now() / 1000);
  const claims = { iss: issuer, aud: 'maitred-demo', sub: 'u-1', iat: nowSeconds, exp: nowSeconds + 3_000 };
  const signed = `${part({ alg: 'ES256', kid: 'k', typ: 'at+jwt' })}.${part(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key: keys.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
};

const server = createServer(
  { key: readFileSync(keyFile), cert: readFileSync(certificateFile), keepAliveTimeout: 60_000 },
  (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const say = (ms: number, answer: string): void =>
        void setTimeout(
          () => response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(answer),
          ms,
        );
      const target = request.headers['x-amz-target'];
      if (typeof target !== 'string')
        return request.url?.includes('jwks') ? say(takesMs.keys, jwks) : say(takesMs.socket, '');
      const asked = JSON.parse(Buffer.concat(chunks).toString());
      const [service = '', operation = ''] = target.split('.');
      if (service.startsWith('DynamoDB')) return say(takesMs.table, JSON.stringify(answerOfTable(operation, asked)));
      const MD5OfMessageBody = createHash('md5')
        .update(asked.MessageBody ?? '')
        .digest('hex');
      return say(takesMs.queue, JSON.stringify({ MessageId: 'm', MD5OfMessageBody }));
    });
  },
);

process.on('message', (status: string) => {
  found = status;
  process.send?.({});
});
process.once('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ port, token: tokenOf(`https://localhost:${port}`), connectedAtMs } satisfies MemoryEndpoint);
});
