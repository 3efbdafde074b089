/** A row of a later version, or of another configuration, whatever event finds it: nothing is served, moved or deleted, nobody is thrown out. On real items. */
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Ports } from '../../lambdas/ports.ts';
import { authenticate } from '../../lambdas/routes/authenticate.ts';
import { handleTimerMessage } from '../../lambdas/routes/auth-timeout.ts';
import { disconnect } from '../../lambdas/routes/disconnect.ts';
import { fanOut } from '../../lambdas/routes/fan-out.ts';
import { message } from '../../lambdas/routes/message.ts';
import { limits } from '../../protocol/limits.ts';
import { embeddedEngine } from '../contract/dynamodb-engine.ts';
import { type DynamodbStorage, dynamodbStorage } from '../contract/dynamodb-storage.ts';
import { bring, connectedAtMs, someHandshake } from '../contract/rows.ts';
import type { Socket } from '../memory/sockets.ts';
import { memoryWorld, type World } from '../memory/world.ts';

let storage: DynamodbStorage;
beforeAll(async () => {
  storage = await dynamodbStorage(await embeddedEngine());
});
afterAll(() => storage.close());

let world: World;
let ports: Ports;
beforeEach(() => {
  world = memoryWorld();
  world.clock.nowMs = connectedAtMs + 2_000;
  ports = { ...world.ports().ports, connections: storage.connections, readSession: storage.readSession };
});

const rowOf = async ({ connectionId }: { connectionId: string }) => {
  const read = new GetCommand({ TableName: storage.tables.connections, Key: { connection_id: connectionId } });
  return (await storage.client.send(read)).Item;
};

/** A session's row with another value in a column. */
const laterRow = async (columns: object) => {
  const handshake = await bring(storage.connections, 'authenticated');
  const row = { ...(await rowOf(handshake)), ...columns };
  await storage.client.send(new PutCommand({ TableName: storage.tables.connections, Item: row }));
  return { handshake, row };
};

const eventOf = ({ connectionId }: { connectionId: string }, body = '') => ({
  requestContext: {
    connectionId,
    connectedAt: connectedAtMs,
    requestTimeEpoch: world.clock.nowMs,
    requestId: 'request-1',
    domainName: 'gateway.example',
    identity: { sourceIp: '203.0.113.7' },
  },
  body,
});

const unavailable = { type: 'error', reason: 'unavailable' };

describe.each([
  { why: 'a status', columns: { status: 'challenged' } },
  { why: 'a source of its membership', columns: { membership_source: 'courier' } },
  { why: 'a connection type that has not the form of one', columns: { connection_type: 'Courier' } },
  { why: 'a role that has not the form of one', columns: { role: 'constructor' } },
])('a row with $why of a later version', ({ columns }) => {
  test('answers a message that it cannot be served now, and keeps its socket', async () => {
    const { handshake, row } = await laterRow(columns);
    const { body = '' } = await message(ports)(eventOf(handshake, '{"type":"replay","id":"r-1","after":0}'));
    expect(JSON.parse(body)).toMatchObject({ ...unavailable, id: 'r-1' });
    expect(await rowOf(handshake)).toEqual(row);
    expect(world.calls.filter((call) => call.startsWith('sockets'))).toEqual([]);
    expect(world.telemetry.failures).toMatchObject([{ what: 'message' }]);
  });

  test('answers a renewal the same', async () => {
    const { handshake, row } = await laterRow(columns);
    const { body = '' } = await authenticate(ports)(
      eventOf(handshake, '{"type":"authenticate","token":"token-u-chef"}'),
    );
    expect(JSON.parse(body)).toMatchObject(unavailable);
    expect(await rowOf(handshake)).toEqual(row);
    expect(world.calls.filter((call) => call.startsWith('sockets'))).toEqual([]);
    expect(world.audit.size).toBe(0);
  });

  test('has its deadline put off, until no platform holds the socket any more', async () => {
    const { handshake, row } = await laterRow(columns);
    const deadline = { kind: 'deadline', connectionId: handshake.connectionId, connectedAtMs } as const;
    await handleTimerMessage(ports)(deadline, 'message-1');
    expect(world.queue.waiting.map(({ body }) => JSON.parse(body))).toEqual([{ v: 1, ...deadline }]);
    expect(world.queue.waiting[0]?.dueAtMs).toBe(world.clock.nowMs + 61_000);
    world.clock.nowMs = connectedAtMs + limits.maxSessionMs;
    await handleTimerMessage(ports)(deadline, 'message-2');
    expect(world.queue.waiting).toHaveLength(1);
    expect(await rowOf(handshake)).toEqual(row);
  });

  test('stays when its client leaves', async () => {
    const { handshake, row } = await laterRow(columns);
    expect(await disconnect(ports)(eventOf(handshake))).toEqual({ statusCode: 200 });
    expect(await rowOf(handshake)).toEqual(row);
    expect(world.audit.size).toBe(0);
  });

  test('keeps no event from the others of its restaurant', async () => {
    await laterRow(columns);
    const other = await bring(storage.connections, 'authenticated', someHandshake());
    const body = '{"v":1,"type":"menu.updated","data":{}}';
    const attributes = { MessageGroupId: 'r-17', SentTimestamp: '1', ApproximateReceiveCount: '1' };
    const record = { messageId: 'm-1', receiptHandle: 'm-1', body, attributes };
    const posted: string[] = [];
    const post: Ports['sockets']['post'] = async (connectionId) => {
      posted.push(connectionId);
      return 'sent';
    };
    const member = { restaurantId: 'r-17', issuer: 'demo', userId: 'u-1', role: 'employee' };
    const others = { ...ports, listMembers: async () => [member], sockets: { ...ports.sockets, post } };
    expect(await fanOut(others)({ Records: [record] })).toEqual({ batchItemFailures: [] });
    expect(posted).toContain(other.connectionId);
  });
});

/** Let in by functions of another configuration, from before or after this one. */
describe.each([
  { why: 'a connection type', columns: { connection_type: 'courier' } },
  { why: 'a role', columns: { role: 'courier' } },
  { why: 'a connection type that its role may not be', columns: { connection_type: 'management' } },
  { why: 'a role and by its token', columns: { role: 'courier', membership_source: 'token' } },
])('a session with $why of another configuration', ({ columns }) => {
  const goingAway = { type: 'closing', reason: 'going_away', reconnect: true };

  test.each([
    { what: 'a message', body: '{"type":"order.created","id":"o-1","data":{"order_id":1}}', by: message },
    { what: 'a ping', body: '{"type":"ping"}', by: message },
    { what: 'a renewal', body: '{"type":"authenticate","token":"token-u-chef"}', by: authenticate },
  ])('is told at $what to come again, and is served nothing', async ({ body, by }) => {
    const { handshake } = await laterRow(columns);
    const socket: Socket = { received: [], state: 'open' };
    world.sockets.byId.set(handshake.connectionId, socket);
    expect(await by(ports)(eventOf(handshake, body))).toMatchObject({ statusCode: 200 });
    expect(socket).toMatchObject({ received: [{ message: goingAway }], closedBy: 'gateway' });
    expect(await rowOf(handshake)).toMatchObject({ status: 'closing', closing_reason: 'going_away' });
    // Nobody tried to be more than they are.
    expect([...world.audit.values()].map(({ event }) => event)).toEqual(['session_ended']);
    expect(world.events.waiting).toEqual([]);
  });

  test('hears no event, and is not closed at one: whoever let it in may serve it', async () => {
    const { handshake, row } = await laterRow(columns);
    const body = '{"v":1,"type":"menu.updated","data":{},"audience":["courier","management","kitchen"]}';
    const attributes = { MessageGroupId: 'r-17', SentTimestamp: '1', ApproximateReceiveCount: '1' };
    const posted: string[] = [];
    const post: Ports['sockets']['post'] = async (connectionId) => {
      posted.push(connectionId);
      return 'sent';
    };
    const member = { restaurantId: 'r-17', issuer: 'demo', userId: 'u-1', role: 'employee' };
    const others = { ...ports, listMembers: async () => [member], sockets: { ...ports.sockets, post } };
    const record = { messageId: 'm-1', receiptHandle: 'm-1', body, attributes };
    expect(await fanOut(others)({ Records: [record] })).toEqual({ batchItemFailures: [] });
    expect(posted).not.toContain(handshake.connectionId);
    expect(await rowOf(handshake)).toEqual(row);
  });

  test('ends as any session when its client leaves', async () => {
    const { handshake } = await laterRow(columns);
    await disconnect(ports)(eventOf(handshake));
    expect(await rowOf(handshake)).toMatchObject({ status: 'ended' });
    expect([...world.audit.values()].map(({ event }) => event)).toEqual(['session_ended']);
  });
});
