/** Items as they stand in the tables: keys, lifetimes, sizes. Later versions read them, so they are part of the contract. */
import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { auditItem, restaurantTrailKey } from '../../lambdas/dynamodb/audit.ts';
import { restaurantTrail, unverifiedTrail } from '../../lambdas/dynamodb/audit-trail.ts';
import { removeMember, revokeMember, setMember } from '../../lambdas/dynamodb/membership-administration.ts';
import { headItem, headKey, partitionOf } from '../../lambdas/dynamodb/stream-item.ts';
import { advanced, emptyStream, nextEvent } from '../../lambdas/events/numbering.ts';
import type { Publication } from '../../lambdas/events/publication.ts';
import type { AuditRecord } from '../../lambdas/security/audit-record.ts';
import { limits } from '../../protocol/limits.ts';
import type { StreamHead } from '../../protocol/restaurant-events.ts';
import { jsonText } from '../protocol/json/json-text.ts';
import { someRecord } from './audit-contract.ts';
import { allOf } from '../harness/all-of.ts';
import { embeddedEngine } from './dynamodb-engine.ts';
import { type DynamodbStorage, dynamodbStorage, retentionDays } from './dynamodb-storage.ts';
import { itemBytes } from './item-bytes.ts';
import { bring, connectedAtMs, leaseExpiresAtMs, ownerId, session, someHandshake } from './rows.ts';
import { restaurantDomain } from '../restaurant-domain.ts';

let storage: DynamodbStorage;
beforeAll(async () => {
  storage = await dynamodbStorage(await embeddedEngine());
});
afterAll(() => storage.close());

const day = '2026-12-01';
const verified = { issuer: 'demo', userId: 'u-1', restaurantId: 'r-17', connectionType: 'kitchen' } as const;

const itemOfConnection = async (connectionId: string) =>
  (
    await storage.client.send(
      new GetCommand({ TableName: storage.tables.connections, Key: { connection_id: connectionId } }),
    )
  ).Item;

const itemsUnder = async (pk: string) =>
  (
    await storage.client.send(
      new QueryCommand({
        TableName: storage.tables.audit,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
      }),
    )
  ).Items ?? [];

describe('a connection', () => {
  test('is stored under its id, with a lifetime in epoch seconds a day beyond its longest session', async () => {
    const handshake = await bring(storage.connections, 'pending');
    expect(await itemOfConnection(handshake.connectionId)).toEqual({
      connection_id: handshake.connectionId,
      connected_at_ms: connectedAtMs,
      auth_deadline_ms: handshake.authDeadlineMs,
      source_ip: handshake.sourceIp,
      user_agent: handshake.userAgent,
      member: handshake.passMember,
      hinted_user_id: 'u-1',
      hinted_restaurant_id: 'r-17',
      hinted_connection_type: 'kitchen',
      status: 'pending',
      expires_at: (connectedAtMs + limits.maxSessionMs) / 1000 + 24 * 60 * 60,
    });
  });

  test('keeps its lifetime through every transition', async () => {
    const handshake = await bring(storage.connections, 'closing');
    expect(await itemOfConnection(handshake.connectionId)).toMatchObject({
      status: 'closing',
      expires_at: (connectedAtMs + limits.maxSessionMs) / 1000 + 24 * 60 * 60,
    });
  });

  test.each([
    { why: 'a pass', shown: {}, userChars: 255 },
    { why: 'our subprotocol', shown: { passMember: undefined, dialect: 'v1' as const }, userChars: 255 },
    // Both together have 255 characters at most (`routes/authenticate.ts`).
    { why: 'a pass, and the longest name of a device', shown: {}, userChars: 191 },
    { why: 'a pass, and the shortest', shown: {}, userChars: 254 },
  ])('costs one write unit a transition: a row with everything in it and $why stays below 1 KB', async (row) => {
    const { shown, userChars } = row;
    const { passMember, ...handshake } = { ...someHandshake(), ...shown };
    const widest = {
      ...handshake,
      ...(passMember === undefined ? {} : { passMember }),
      sourceIp: '2001:0db8:0000:0000:0000:0000:0000:0007',
      userAgent: 'a'.repeat(128),
      hints: { userId: 'u'.repeat(256), restaurantId: 'r'.repeat(65), connectionType: 'k'.repeat(33) },
    };
    await storage.connections.open(widest);
    await storage.connections.acquireLease(widest, { ownerId, arrivedAtMs: connectedAtMs, leaseExpiresAtMs });
    const { moved } = await storage.connections.grant(widest, ownerId, {
      ...session,
      issuer: 'i'.repeat(16),
      userId: 'u'.repeat(userChars),
      ...(userChars < 255 ? { deviceId: 'd'.repeat(255 - userChars) } : {}),
      restaurantId: 'r'.repeat(64),
      loggedInAtMs: connectedAtMs - 60_001,
      membershipSource: 'token',
    });
    expect(moved).toBe(true);
    expect(itemBytes((await itemOfConnection(widest.connectionId)) ?? {})).toBeLessThanOrEqual(1024);
    await storage.connections.activate(widest, ownerId, { restaurantId: 'r'.repeat(64), lastMessage: 'auth_error' });
    const rate = { perMinute: 60, burst: 20 };
    await storage.connections.renew(widest, { ownerId: 'r'.repeat(16), atMs: connectedAtMs, session, rate });
    expect(await itemOfConnection(widest.connectionId)).toMatchObject({ paid_until_ms: connectedAtMs + 1_000 });
    expect(itemBytes((await itemOfConnection(widest.connectionId)) ?? {})).toBeLessThanOrEqual(1024);
  });

  test('is moved on by one request: the write hands back the row', async () => {
    const handshake = await bring(storage.connections, 'verifying');
    let requests = 0;
    storage.client.middlewareStack.add(
      (next) => (input) => {
        requests += 1;
        return next(input);
      },
      { step: 'build', name: 'requests' },
    );
    try {
      expect(await storage.connections.grant(handshake, ownerId, session)).toMatchObject({ moved: true });
    } finally {
      storage.client.middlewareStack.remove('requests');
    }
    expect(requests).toBe(1);
  });

  test('with a status this version does not know is known to be there, and no more', async () => {
    const handshake = await bring(storage.connections, 'authenticated');
    const item = await itemOfConnection(handshake.connectionId);
    await storage.client.send(
      new PutCommand({ TableName: storage.tables.connections, Item: { ...item, status: 'promoted' } }),
    );
    const { connectionId } = handshake;
    expect(await storage.connections.read(handshake)).toEqual({ connectionId, connectedAtMs, status: 'unrecognized' });
  });
});

describe('a membership that is not there', () => {
  const nobody = { issuer: 'demo', userId: 'u-nobody', restaurantId: 'r-17' };
  const table = () => ({ client: storage.client, tableName: storage.tables.memberships });

  test('is neither removed nor revoked, and a revocation makes none', async () => {
    expect(await removeMember(table())(nobody)).toBe('not_a_member');
    expect(await revokeMember(table())(nobody, 1)).toBe('not_a_member');
    expect(await storage.findMemberships('r-17', nobody)).toMatchObject({ here: undefined, everywhere: undefined });
  });

  test('can be added, revoked and removed again', async () => {
    await setMember(table())({ ...nobody, role: 'employee' });
    expect(await revokeMember(table())(nobody, 1)).toBe('revoked');
    expect(await storage.findMemberships('r-17', nobody)).toMatchObject({ here: { revokedBeforeMs: 1 } });
    expect(await removeMember(table())(nobody)).toBe('removed');
    expect(await storage.findMemberships('r-17', nobody)).toMatchObject({ here: undefined, everywhere: undefined });
  });
});

const typesCalled = (connectionTypes: readonly string[]) => ({
  connectionTypes,
  isConnectionType: (text: string) => connectionTypes.includes(text),
});

describe('the head of a restaurant', () => {
  test.each([
    { why: 'those of the restaurant', domain: restaurantDomain, others: 16 },
    {
      why: 'as many as there may be, with names as long as they may be',
      domain: {
        ...restaurantDomain,
        ...typesCalled(Array.from({ length: 10 }, (_, i) => `type_${i}`.padEnd(16, 't'))),
      },
      others: 13,
    },
  ])('costs one write unit, and half a read unit at each message: of types $why it stays below 1 KB', (of) => {
    const { domain } = of;
    const restaurantId = 'r'.repeat(64);
    const others = Array.from({ length: 40 }, (_, i) => `${'t'.repeat(30)}${i}`.padEnd(32, 't'));
    const audiences = [...others.map((type) => [type]), [...domain.connectionTypes]];
    const head = audiences.reduce<StreamHead>(
      (before, audience) =>
        advanced(domain, before, { ...nextEvent(before, publicationFor(audience), 0), seq: 9_007_199_254_740_991 }),
      emptyStream('5f0c7a92-3d1e-4b86-9a57-c2e84d6f10b3'),
    );
    const counting = { ...head, minute: { startMs: Date.UTC(2100, 0), count: 1_000_000 } };
    expect(Object.keys(head.headSeqOf)).toEqual([...others.slice(0, of.others), ...domain.connectionTypes]);
    expect(itemBytes({ pk: partitionOf(restaurantId), sk: headKey, ...headItem(counting) })).toBeLessThan(1024);
  });

  const publicationFor = (audience: readonly string[]): Publication => ({
    restaurantId: 'r-17',
    messageId: 'm',
    sentAtMs: 0,
    id: 'a',
    type: 'order.created',
    data: jsonText({}),
    audience,
  });
});

describe('an audit record', () => {
  test('of a verified party stands under its restaurant and the day its connection began', async () => {
    const record: AuditRecord = {
      ...someRecord(),
      event: 'access_granted',
      detail: 'verified',
      occurredAtMs: connectedAtMs + 86_400_000,
      userAgent: 'till/1.0',
      verified,
    };
    await storage.putRecord(record);
    const [item, ...more] = await itemsUnder(restaurantTrailKey('r-17', day));
    expect(more).toEqual([]);
    expect(item).toEqual({
      pk: `R#r-17#${day}`,
      sk: `2026-12-01T12:00:00.000Z#${record.connectionId}#attempt`,
      event: 'access_granted',
      severity: 'INFO',
      detail: 'verified',
      time: '2026-12-02T12:00:00.000Z',
      connection_id: record.connectionId,
      source_ip: '203.0.113.7',
      user_agent: 'till/1.0',
      issuer: 'demo',
      user_id: 'u-1',
      restaurant_id: 'r-17',
      connection_type: 'kitchen',
      expires_at: connectedAtMs / 1000 + retentionDays * 86_400,
    });
  });

  test('of nobody verified stands under one of the sixteen keys of its day, claims kept apart', async () => {
    const record: AuditRecord = {
      ...someRecord(),
      event: 'cross_tenant_attempt',
      detail: 'membership_missing',
      verifiedUser: { issuer: 'demo', userId: 'u-2' },
      claimed: { claimedRestaurantId: 'r-17', claimedUserId: 'u-2' },
    };
    await storage.putRecord(record);
    const shards = await Promise.all(Array.from({ length: 16 }, (_, shard) => itemsUnder(`U#${day}#${shard}`)));
    const [item, ...more] = shards.flat();
    expect(more).toEqual([]);
    expect(item).toEqual({
      pk: expect.stringMatching(/^U#2026-12-01#(\d|1[0-5])$/),
      sk: `2026-12-01T12:00:00.000Z#${record.connectionId}#attempt`,
      event: 'cross_tenant_attempt',
      severity: 'CRITICAL',
      detail: 'membership_missing',
      time: '2026-12-01T12:00:01.000Z',
      connection_id: record.connectionId,
      source_ip: '203.0.113.7',
      issuer: 'demo',
      user_id: 'u-2',
      unmapped: { claimed_user_id: 'u-2', claimed_restaurant_id: 'r-17' },
      expires_at: connectedAtMs / 1000 + retentionDays * 86_400,
    });
  });

  test('put twice stays what it was first', async () => {
    const record: AuditRecord = { ...someRecord(), verified: { ...verified, restaurantId: 'r-twice' } };
    await storage.putRecord(record);
    await storage.putRecord({ ...record, event: 'auth_timeout', detail: 'silent' });
    expect(await itemsUnder(restaurantTrailKey('r-twice', day))).toMatchObject([{ event: 'token_invalid' }]);
  });

  test('costs one write unit: the largest there can be stays below 1 KB', async () => {
    const restaurantId = 'r'.repeat(64);
    // API Gateway's connection and request ids have 16 characters.
    // An aggregate stands for many, about whom nothing is verified or claimed: it is never the widest. Evidence shares its
    // bytes, whatever columns it has (`test/security/audit-columns.test.ts`).
    const widest: AuditRecord = {
      kind: `renewal/${'x'.repeat(16)}`,
      event: 'privilege_escalation_attempt',
      detail: 'connection_type_not_allowed',
      occurredAtMs: connectedAtMs,
      connectionId: 'x'.repeat(16),
      connectedAtMs,
      sourceIp: '2001:0db8:0000:0000:0000:0000:0000:0007',
      userAgent: 'a'.repeat(128),
      verified: { issuer: 'i'.repeat(16), userId: 'u'.repeat(255), restaurantId, connectionType: 'management' },
      verifiedUser: { issuer: 'i'.repeat(16), userId: 'u'.repeat(255) },
      claimed: {
        claimedUserId: 'c'.repeat(64),
        claimedRestaurantId: 'c'.repeat(64),
        claimedConnectionType: 'c'.repeat(64),
      },
    };
    await storage.putRecord(widest);
    const [item] = await itemsUnder(restaurantTrailKey(restaurantId, day));
    expect(item).toMatchObject({ unmapped: { claimed_user_id: 'c'.repeat(64) } });
    expect(itemBytes(item ?? {})).toBeLessThanOrEqual(1024);
  });

  test('of a flood keeps its count, beginning and end', async () => {
    const aggregate = { count: 480, startTimeMs: connectedAtMs, endTimeMs: connectedAtMs + 60_000 };
    const record: AuditRecord = { ...someRecord(), kind: 'aggregate', aggregate };
    expect(auditItem(record, retentionDays)).toMatchObject({
      count: 480,
      start_time: '2026-12-01T12:00:00.000Z',
      end_time: '2026-12-01T12:01:00.000Z',
    });
  });

  test('is found by the command that prints the trail, oldest first, in its period only', async () => {
    const at = (minutes: number, kind: AuditRecord['kind']): AuditRecord => ({
      ...someRecord(),
      kind,
      occurredAtMs: connectedAtMs + minutes * 60_000,
      verified: { ...verified, restaurantId: 'r-trail' },
    });
    for (const record of [at(30, 'end'), at(1, 'attempt'), at(90, 'renewal/request-1')])
      await storage.putRecord(record);
    const audit = { client: storage.client, tableName: storage.tables.audit };
    const trail = await allOf(
      restaurantTrail(audit)('r-trail', { fromMs: connectedAtMs, toMs: connectedAtMs + 3_600_000 }),
    );
    expect(trail.map(({ time }) => time)).toEqual(['2026-12-01T12:01:00.000Z', '2026-12-01T12:30:00.000Z']);
    const unverified = await allOf(unverifiedTrail(audit)({ fromMs: connectedAtMs, toMs: connectedAtMs + 3_600_000 }));
    expect(unverified.filter(({ restaurant_id }) => restaurant_id !== undefined)).toEqual([]);
  });

  test('at the very beginning and at the very end of a period is in it', async () => {
    const audit = { client: storage.client, tableName: storage.tables.audit };
    const [fromMs, toMs] = [connectedAtMs + 1_000, connectedAtMs + 2_000];
    for (const atMs of [fromMs - 1, fromMs, toMs, toMs + 1])
      await storage.putRecord({
        ...someRecord(),
        kind: `renewal/${atMs}`,
        occurredAtMs: atMs,
        verified: { ...verified, restaurantId: 'r-period' },
      });
    const trail = await allOf(restaurantTrail(audit)('r-period', { fromMs, toMs }));
    expect(trail.map(({ time }) => Date.parse(time))).toEqual([fromMs, toMs]);
  });
});
