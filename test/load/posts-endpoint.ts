/**
 * What the fan-out calls, as one process over TLS: `node posts-endpoint.ts KEY CERTIFICATE`. Tables that hold one restaurant with as
 * many sessions as are asked for, and sockets that take each post after as long as is asked for, or never. Driven over IPC.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { marshall } from '@aws-sdk/util-dynamodb';
import { pendingItem, sessionAttributes } from '../../lambdas/dynamodb/connection-item.ts';
import { membershipKey } from '../../lambdas/dynamodb/memberships.ts';

/** How the endpoint is to answer from now on; `hanging` restaurants' sockets do not. */
export type Scene = Readonly<{
  sockets: Readonly<Record<string, number>>;
  postMs: number;
  hanging: readonly string[];
}>;
export type EndpointReady = Readonly<{ port: number }>;
/** Sockets that took a post, of each restaurant: one that took two is one. */
export type EndpointHeard = Readonly<Record<string, number>>;

const [keyFile = '', certificateFile = ''] = process.argv.slice(2);
const member = { issuer: 'demo', userId: 'u-crowd' };
/** A page of DynamoDB is 1 MB. */
const pageSize = 1_600;

let scene: Scene = { sockets: {}, postMs: 0, hanging: [] };
let taken = new Map<string, Set<string>>();
let pages = new Map<string, readonly string[]>();

const connectionId = (restaurantId: string, nth: number): string =>
  Buffer.from(`${restaurantId.slice(-3)}${String(nth).padStart(8, '0')}`).toString('base64');
const restaurantOf = (id: string): string => `r-${Buffer.from(id, 'base64').toString().slice(0, 3)}`;

const sessionItem = (restaurantId: string, nth: number) => {
  const connectedAtMs = Date.now() - 60_000;
  return marshall(
    {
      ...pendingItem({
        connectionId: connectionId(restaurantId, nth),
        connectedAtMs,
        authDeadlineMs: connectedAtMs + 5_000,
        sourceIp: '203.0.113.7',
        userAgent: 'Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15',
        hints: {},
      }),
      ...sessionAttributes({
        ...member,
        restaurantId,
        connectionType: 'kitchen',
        role: 'employee',
        sessionExpiresAtMs: connectedAtMs + 3_600_000,
        tokenIssuedAtMs: connectedAtMs,
        grantedAtMs: connectedAtMs,
        batch: true,
      }),
      status: 'authenticated',
      owner_id: 'L0SNAGHDvHcFqVw=',
      live_restaurant_id: restaurantId,
    },
    { removeUndefinedValues: true },
  );
};

/** Made beforehand, so that the endpoint's own time is not measured. */
const makePages = (): void => {
  pages = new Map(
    Object.entries(scene.sockets).map(([restaurantId, count]) => [
      restaurantId,
      Array.from({ length: Math.max(1, Math.ceil(count / pageSize)) }, (_, page) => {
        const from = page * pageSize;
        const to = Math.min(count, from + pageSize);
        const Items = Array.from({ length: to - from }, (__, nth) => sessionItem(restaurantId, from + nth));
        const LastEvaluatedKey = to < count ? { connection_id: { S: String(page + 1) } } : undefined;
        return JSON.stringify({ Items, LastEvaluatedKey });
      }),
    ]),
  );
};

const tables = (target: string, body: string): string => {
  const asked = JSON.parse(body);
  if (target.endsWith('.BatchGetItem')) return '{"Responses":{},"UnprocessedKeys":{}}';
  if (!target.endsWith('.Query')) return '{}';
  const values = asked.ExpressionAttributeValues;
  if (asked.IndexName !== undefined)
    return pages.get(values[':restaurant_id'].S)?.[Number(asked.ExclusiveStartKey?.connection_id.S ?? 0)] ?? '{}';
  const restaurant_id = values[':pk'].S.slice(2);
  const { issuer, userId: user_id } = member;
  return JSON.stringify({
    Items: [marshall({ ...membershipKey(restaurant_id, member), restaurant_id, issuer, user_id, role: 'employee' })],
  });
};

/** The SDK looks whether the queue has what it was sent. */
const queued = (body: string): string =>
  JSON.stringify({
    MessageId: 'm',
    MD5OfMessageBody: createHash('md5').update(JSON.parse(body).MessageBody).digest('hex'),
  });

const server = createServer(
  { key: readFileSync(keyFile), cert: readFileSync(certificateFile), keepAliveTimeout: 60_000 },
  (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const target = request.headers['x-amz-target'];
      if (typeof target === 'string') {
        const body = Buffer.concat(chunks).toString();
        const answer = target.startsWith('DynamoDB') ? tables(target, body) : queued(body);
        response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(answer);
        return;
      }
      const id = decodeURIComponent(/@connections\/([^/?]+)/.exec(request.url ?? '')?.[1] ?? '');
      const restaurantId = restaurantOf(id);
      if (scene.hanging.includes(restaurantId)) return;
      setTimeout(() => {
        taken.set(restaurantId, (taken.get(restaurantId) ?? new Set()).add(id));
        response.writeHead(200).end();
      }, scene.postMs);
    });
  },
);

process.on('message', (asked: Scene | 'heard') => {
  if (asked === 'heard') {
    const heard: EndpointHeard = Object.fromEntries([...taken].map(([restaurantId, ids]) => [restaurantId, ids.size]));
    process.send?.(heard);
    return;
  }
  scene = asked;
  taken = new Map();
  makePages();
  process.send?.({});
});
process.once('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () =>
  process.send?.({ port: (server.address() as AddressInfo).port } satisfies EndpointReady),
);
