/** The page about personal data names every attribute of every table, every field of a queue message and every field of a log line. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { putMembership, suspendMember } from '../../lambdas/dynamodb/membership-administration.ts';
import { columnNames, isSparse, recordFields } from '../../lambdas/security/audit-record.ts';
import { memberCounters } from '../../lambdas/dynamodb/member-counters.ts';
import { passKeyTable } from '../../lambdas/dynamodb/pass-keys.ts';
import { deadLetterTo, publishTo } from '../../lambdas/sqs/event-queue.ts';
import { eventEnvelope } from '../../lambdas/outbox/envelope.ts';
import { letterOf } from '../../lambdas/outbox/letter.ts';
import { setAsideTo } from '../../lambdas/sqs/outbox-dead-letters.ts';
import { outboxQueue } from '../../lambdas/sqs/outbox-queue.ts';
import { eventRecord, numbered } from '../outbox/records.ts';
import { postAgainBy } from '../../lambdas/sqs/redelivery-queue.ts';
import { timerQueue } from '../../lambdas/sqs/timer-queue.ts';
import { someRecord } from '../contract/audit-contract.ts';
import { embeddedEngine } from '../contract/dynamodb-engine.ts';
import { type DynamodbStorage, dynamodbStorage } from '../contract/dynamodb-storage.ts';
import type { Tables } from '../contract/dynamodb-ports.ts';
import { bring, connectedAtMs, knownStatuses, ownerId, session, someHandshake } from '../contract/rows.ts';
import { forbidden } from '../forbidden.ts';
import { scannedBefore } from '../../protocol/json/json-text.ts';
import { functionLines } from '../monitoring/real-lines.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/privacy.md'), 'utf8');

/** What the table under this heading names. */
const namedUnder = (heading: string): readonly string[] => {
  const [, text = ''] = page.split(`### ${heading}\n`);
  const [section = ''] = text.split(/^##/m);
  return [...section.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, names = '']) =>
    [...names.matchAll(/`([\w-]+\*?)`/g)].map(([, name = '']) => name),
  );
};

/** Every name in a value, at whatever depth, but for those that are ids: they are values. */
const namesIn = (value: unknown, isOpen: (name: string) => boolean = () => false): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap((one) => namesIn(one, isOpen));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...(isOpen(name) ? [] : namesIn(inner, isOpen))]);
};
const distinct = (names: readonly string[]) => [...new Set(names)].sort();

let storage: DynamodbStorage;
beforeAll(async () => {
  storage = await dynamodbStorage(await embeddedEngine());
});
afterAll(() => storage.close());

/** The attributes that stand in a table. */
const attributesOf = async (table: keyof Tables): Promise<readonly string[]> => {
  const { Items = [] } = await storage.client.send(new ScanCommand({ TableName: storage.tables[table] }));
  return distinct(Items.flatMap(Object.keys).map((name) => name.replace(/^(slot_|m|key_)\d+$/, '$1*')));
};

const fill = {
  memberships: async () => {
    const member = { restaurantId: 'r-17', issuer: 'demo', userId: 'u-1' };
    const memberships = { client: storage.client, tableName: storage.tables.memberships };
    await putMembership(memberships)({ ...member, role: 'employee', connectionTypes: ['pos'], revokedBeforeMs: 1 });
    await suspendMember(memberships)(member, 2);
  },
  connections: async () => {
    const { connections } = storage;
    for (const status of knownStatuses) await bring(connections, status);
    const ended = await bring(connections, 'refused');
    await connections.end(ended, 'refused', { endedBy: 'disconnect', atMs: connectedAtMs });
    const renewed = await bring(connections, 'authenticated', someHandshake());
    const rate = { perMinute: 60, burst: 10 };
    const login = { ...session, loggedInAtMs: connectedAtMs - 1, membershipSource: 'token' } as const;
    await connections.open({ ...someHandshake(), dialect: 'old' });
    const old = await bring(connections, 'granting');
    await connections.activate(old, ownerId, { ...session, lastMessage: 'auth_error' });
    const named = await bring(connections, 'verifying');
    await connections.grant(named, ownerId, { ...session, deviceId: 'till-3' });
    await connections.renew(renewed, { ownerId: `${ownerId}-2`, atMs: connectedAtMs, session: login, rate });
  },
  audit: async () => {
    const everything = {
      ...someRecord(),
      userAgent: 'till',
      origin: 'https://x',
      claimed: { claimedUserId: 'u', claimedRestaurantId: 'r', claimedConnectionType: 'k' },
      aggregate: { count: 1, startTimeMs: 1, endTimeMs: 2 },
      verified: { issuer: 'demo', userId: 'u-1', restaurantId: 'r-17', connectionType: 'pos' },
      membershipSource: 'token',
      ofALaterVersion: 1,
    };
    await storage.putRecord(everything);
  },
  addressCounters: async () => {
    const { addressCounters } = storage;
    await addressCounters.countConnect('203.0.113.1', 0);
    await addressCounters.countRefusal('203.0.113.1', 0);
    await addressCounters.aggregateIsDue('203.0.113.1', 0);
    await addressCounters.countHostileFailure('203.0.113.1', 1);
    await addressCounters.block('203.0.113.1', 0, 1);
    const table = { client: storage.client, tableName: storage.tables.addressCounters };
    await memberCounters(table).countHandshake('member', 0);
    await memberCounters(table).distrust('member', 0, 1);
    await passKeyTable(table, () => 'a-key').make(1);
  },
  events: async () => {
    const event = {
      ...{
        id: 'e-1',
        seq: 1,
        type: 'a.b',
        data: scannedBefore('{}'),
        audience: ['pos'],
        prevSeqOf: { pos: 0 },
        occurredAtMs: 1,
      },
      publisher: { userId: 'u-1', connectionType: 'pos' },
    };
    await storage.streams.append('r-17', { event, messageId: 'm' });
    await storage.streams.mark('r-17', event, { seq: 1, messageId: 'm', content: 'c' }, 1);
    const minute = { startMs: 0, count: 1 };
    await storage.streams.advance('r-17', undefined, { epoch: 'e', headSeq: 1, headSeqOf: { pos: 1 }, minute });
    await storage.streams.remember('r-17');
  },
} satisfies Record<keyof Tables, () => Promise<void>>;

const headings: Readonly<Record<keyof Tables, string>> = {
  memberships: 'Membership table',
  connections: 'Connection table',
  audit: 'Audit table',
  events: 'Event table',
  addressCounters: 'Budget table',
};

test.each(Object.keys(headings) as (keyof Tables)[])('it names what stands in the table: %s', async (table) => {
  await fill[table]();
  const stored = await attributesOf(table);
  const claimed = table === 'audit' ? ['claimed_user_id', 'claimed_restaurant_id', 'claimed_connection_type'] : [];
  expect(distinct(namedUnder(headings[table]))).toEqual(distinct([...stored, ...claimed]));
});

/** What the functions put into a queue, read as they send it. */
const sent: unknown[] = [];
const queue: SQSClient = forbidden({
  send: async ({ input }: { input: { MessageBody: string; MessageAttributes?: object } & Partial<Batch> }) => {
    for (const { MessageBody } of input.Entries ?? [input]) sent.push(JSON.parse(MessageBody));
    sent.push(...Object.keys(input.MessageAttributes ?? {}).map((name) => ({ [name]: 0 })));
    return {};
  },
});
type Batch = Readonly<{ Entries: readonly Readonly<{ MessageBody: string }>[] }>;

/** The page has the publisher's data as one, and names what is in the outbox's messages with what they are made of. */
const isNamedElsewhere = (name: string): boolean => ['data', 'detail', 'dynamodb'].includes(name);

test('it names what stands in the queues', async () => {
  const publisher = { issuer: 'demo', userId: 'u-1', connectionType: 'pos' } as const;
  // Such escapes of its own are what `data_text` is for.
  const data = scannedBefore('{"n":"\\u00e9"}');
  await publishTo(queue, 'q')({ restaurantId: 'r-17', type: 'a.b', data, audience: ['pos'], publisher, key: 'k' });
  const setAside = { messageId: 'm', body: '{}', restaurant: 'r-17', publisher: 'u-1' };
  await deadLetterTo(queue, 'q')(setAside, 'id_conflict');
  const missed = [{ fromSeq: 1, connections: [{ connectionId: 'c', connectedAtMs: 1 }] }];
  await postAgainBy(queue, 'q')({ step: 1, restaurants: [{ restaurantId: 'r-17', epoch: 'e', seqs: [1], missed }] }, 2);
  const timer = timerQueue(queue, 'q');
  await timer.send({ kind: 'deadline', connectionId: 'c', connectedAtMs: 1 }, 1);
  await timer.send({ kind: 'aggregate', address: '203.0.113.1', windowStartMs: 1 }, 1);
  await timer.send({ kind: 'record', record: someRecord() }, 1);
  const record = eventRecord('r-17', numbered(1), { epoch: 'e' });
  await setAsideTo(queue, 'q')(letterOf(record, 'r-17'), 'too_large');
  const stored = { restaurantId: 'r-17', epoch: 'e', event: numbered(1) };
  await outboxQueue(queue, 'q').put([eventEnvelope('test', stored)]);
  const inARecord = Object.entries(recordFields).flatMap(([name, schema]) => [
    name,
    ...('wrapped' in schema && 'entries' in schema.wrapped ? Object.keys(schema.wrapped.entries) : []),
  ]);
  const names = [...sent.flatMap((message) => namesIn(message, isNamedElsewhere)), ...inARecord];
  expect(distinct(namedUnder('Queues'))).toEqual(distinct(names));
});

test('it names what stands in the log lines', () => {
  const lines = functionLines().flatMap(({ name, line }) => (name.startsWith('lambda ') ? [] : [JSON.parse(line)]));
  const names = lines.filter((line) => !('_aws' in line)).flatMap(Object.keys);
  expect(distinct(namedUnder('Function logs'))).toEqual(distinct([...names, ...columnNames.filter(isSparse)]));
});
