/** What the backend gets of each record, and of which it gets nothing. */
import { describe, expect, test } from '@jest/globals';
import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { auditItem } from '../../lambdas/dynamodb/audit.ts';
import { changeOf, restaurantOf } from '../../lambdas/dynamodb/stream-records.ts';
import { auditEnvelope, eventEnvelope } from '../../lambdas/outbox/envelope.ts';
import { scannedBefore } from '../../protocol/json/json-text.ts';
import { scanObject } from '../../protocol/json/members.ts';
import { itemsOf } from '../baseline/fixtures.ts';
import {
  auditRecordOf,
  eventRecord,
  inserted,
  nowMs,
  numbered,
  refused,
  sessionBegan,
  sessionEnded,
} from './records.ts';

const envelopeOf = (record: DynamoDBRecord) => {
  const change = changeOf(record);
  if (change.kind === 'event') return eventEnvelope('prod', { ...change, epoch: change.epoch ?? 'of the head' });
  if (change.kind === 'audit') return auditEnvelope('prod', change.record);
  throw new Error(`no envelope of ${change.kind}`);
};
const detailOf = (record: DynamoDBRecord) => JSON.parse(envelopeOf(record).detail);

describe('an event', () => {
  test('is told with its number, the one before it, its numbering and what its publisher wrote', () => {
    const envelope = envelopeOf(eventRecord('r-17', numbered(7), { epoch: 'e-1' }));
    expect(envelope).toMatchObject({
      source: 'maitred.events',
      detailType: 'order.created',
      restaurantId: 'r-17',
      key: 'e-1.7',
      occurredAtMs: nowMs,
    });
    expect(envelope.detail).toBe(
      '{"v":1,"stage":"prod","restaurant_id":"r-17","epoch":"e-1","seq":7,"prev_seq":6,"id":"evt_7","type":"order.created",' +
        '"data":{"order_id":7},"audience":["pos","kitchen"],"publisher":{"user_id":"u-1","connection_type":"pos"},' +
        '"timestamp":"2026-11-27T18:00:00.000Z"}',
    );
  });

  test('of a backend names no publisher, and the first one no number before it', () => {
    const { publisher: _, ...event } = numbered(1);
    const detail = detailOf(eventRecord('r-17', event, { epoch: 'e-1' }));
    expect(detail).not.toHaveProperty('publisher');
    expect(detail.prev_seq).toBe(0);
  });

  test.each([
    { why: 'spaces', data: '{ "a": 1 }' },
    { why: 'a number that is spelled otherwise', data: '{"a":1.0}' },
    { why: 'a number beyond a double', data: '{"a":9007199254740993}' },
    { why: 'an exponent', data: '{"a":1e2}' },
    { why: 'a key that is a number behind another', data: '{"b":1,"1":2}' },
    { why: 'an escape that need not be', data: '{"a":"\\u00e9"}' },
  ])('has the text beside its data where writing the value anew would lose it: $why', ({ data }) => {
    const record = eventRecord('r-17', numbered(1, { data: scannedBefore(data) }), { epoch: 'e-1' });
    expect(envelopeOf(record).detail).toContain(`"data":${data},"data_text":${JSON.stringify(data)}`);
    expect(detailOf(record).data_text).toBe(data);
  });

  test('has its text whatever it is, in its place or beside it, and says once what need not be said twice', () => {
    const values = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));
    fc.assert(
      fc.property(values, fc.constantFrom(undefined, 1), (value, indent) => {
        const data = scannedBefore(JSON.stringify(value, undefined, indent));
        const { detail } = envelopeOf(eventRecord('r-17', numbered(1, { data }), { epoch: 'e-1' }));
        const scanned = scanObject(detail, Number.POSITIVE_INFINITY);
        if ('refused' in scanned) throw new Error(scanned.refused);
        expect(scanned.members.get('data')?.text).toBe(data);
        const read = JSON.parse(detail);
        expect(read.data_text ?? JSON.stringify(read.data)).toBe(data);
        expect('data_text' in read).toBe(JSON.stringify(JSON.parse(data)) !== data);
      }),
    );
  });

  test('that v0.1.0 stored is of the numbering that its head names', () => {
    for (const [what, Item] of itemsOf('events')) {
      const record: DynamoDBRecord = {
        eventName: 'INSERT',
        // The client's type of an attribute has members that a stream's has not.
        dynamodb: JSON.parse(
          JSON.stringify({ SequenceNumber: '1', Keys: { pk: Item['pk'], sk: Item['sk'] }, NewImage: Item }),
        ),
      };
      const change = changeOf(record);
      expect({ what, kind: change.kind }).toEqual({ what, kind: what.startsWith('event') ? 'event' : 'nothing' });
      if (change.kind === 'event') expect(change.epoch).toBe(undefined);
    }
  });
});

describe('a session', () => {
  test('is told of when it began, with the time by which it is over', () => {
    expect(envelopeOf(auditRecordOf(sessionBegan))).toMatchObject({
      source: 'maitred.sessions',
      detailType: 'session.began',
      restaurantId: 'r-17',
    });
    expect(detailOf(auditRecordOf(sessionBegan))).toEqual({
      v: 1,
      stage: 'prod',
      restaurant_id: 'r-17',
      id: '2026-11-27T18:00:00.000Z#Zm9vYmFy=#attempt',
      connection_id: 'Zm9vYmFy=',
      user_id: 'u-1',
      issuer: 'demo',
      connection_type: 'kitchen',
      membership: 'table',
      security_event: 'access_granted',
      reason: 'verified',
      connected_at: '2026-11-27T18:00:00.000Z',
      ends_by: '2026-11-27T20:00:00.000Z',
      timestamp: '2026-11-27T18:00:01.000Z',
    });
  });

  test.each([
    { event: 'session_ended', detail: 'client_left' },
    { event: 'session_ended', detail: 'never_seated' },
    { event: 'session_expired', detail: 'lifetime_over' },
    { event: 'session_revoked', detail: 'membership_revoked' },
  ] as const)('is told of when it ended: $event, $detail', ({ event, detail }) => {
    const record = auditRecordOf({ ...sessionEnded, event, detail });
    expect(envelopeOf(record).detailType).toBe('session.ended');
    expect(detailOf(record)).toMatchObject({
      restaurant_id: 'r-17',
      connection_id: 'Zm9vYmFy=',
      security_event: event,
      reason: detail,
      timestamp: '2026-11-27T18:01:00.000Z',
    });
    expect(detailOf(record)).not.toHaveProperty('ends_by');
  });

  test('says nothing of the network that it came from', () => {
    for (const record of [sessionBegan, sessionEnded])
      expect(envelopeOf(auditRecordOf(record)).detail).not.toMatch(/192\.0\.2\.1|till\/3\.2/);
  });
});

describe('a security event', () => {
  test('has all of its record, and what nobody verified apart', () => {
    expect(envelopeOf(auditRecordOf(refused))).toMatchObject({
      source: 'maitred.security',
      detailType: 'cross_tenant_attempt',
      restaurantId: undefined,
    });
    expect(detailOf(auditRecordOf(refused))).toEqual({
      v: 1,
      stage: 'prod',
      id: '2026-11-27T18:00:00.000Z#Zm9vYmFy=#attempt',
      connection_id: 'Zm9vYmFy=',
      severity: 'CRITICAL',
      reason: 'membership_missing',
      source_ip: '192.0.2.1',
      user_agent: 'till/3.2',
      issuer: 'demo',
      user_id: 'u-1',
      claimed: { claimed_restaurant_id: 'r-99' },
      connected_at: '2026-11-27T18:00:00.000Z',
      timestamp: '2026-11-27T18:00:01.000Z',
    });
  });

  test('that is of no word this version knows is told as such', () => {
    const record = auditRecordOf(sessionBegan);
    const image = { ...record.dynamodb?.NewImage, event: { S: 'device_moved' } };
    expect(envelopeOf({ ...record, dynamodb: { ...record.dynamodb, NewImage: image } })).toMatchObject({
      source: 'maitred.security',
      detailType: 'device_moved',
      restaurantId: 'r-17',
    });
  });
});

describe('nothing is told of', () => {
  const event = eventRecord('r-17', numbered(1), { epoch: 'e-1' });
  test.each<{ why: string; record: DynamoDBRecord }>([
    { why: 'an item that time has deleted', record: { ...event, eventName: 'REMOVE' } },
    { why: 'an item that somebody changed', record: { ...event, eventName: 'MODIFY' } },
    { why: 'a head', record: inserted({ pk: 'R#r-17', sk: 'HEAD', epoch: 'e', head_seq: 1 }) },
    { why: 'a mark', record: inserted({ pk: 'R#r-17', sk: 'I#x', seq: 1 }) },
    { why: 'a restaurant that is remembered', record: inserted({ pk: 'R#r-17', sk: 'KNOWN' }) },
    { why: 'a record without anything in it', record: {} },
  ])('$why', ({ record }) => {
    expect(changeOf(record)).toEqual({ kind: 'nothing' });
  });
});

describe('what cannot be read is said to be so', () => {
  const image = (change: Readonly<Record<string, unknown>>): DynamoDBRecord => {
    const { pk: _, ...item } = { pk: '', ...change };
    return inserted({ pk: 'R#r-17', sk: 'E#0000000000000001', ...item });
  };
  test.each([
    { why: 'a number that is a text', record: image({ id: 'a', seq: 'one' }), reason: 'item_unreadable' },
    { why: 'an event of which half is missing', record: image({ id: 'a', seq: 1 }), reason: 'item_unreadable' },
    {
      why: 'data that is no JSON',
      record: eventRecord('r-17', numbered(1, { data: scannedBefore('{"a":') })),
      reason: 'data_unreadable',
    },
    {
      why: 'an audit record without its time',
      record: inserted({ pk: 'R#r-17#2026-11-27', sk: '2026-11-27T18:00:00.000Z#c#attempt', event: 'access_granted' }),
      reason: 'item_unreadable',
    },
    {
      why: 'a stream of keys alone',
      record: { ...image({}), dynamodb: { Keys: { pk: { S: 'R#r-17' }, sk: { S: 'E#0000000000000001' } } } },
      reason: 'no_image',
    },
  ])('$why', ({ record, reason }) => {
    expect(changeOf(record)).toEqual({ kind: 'unreadable', reason });
    expect(restaurantOf(record)).toBe('r-17');
  });

  test.each([
    { why: 'an event of no time', record: eventRecord('r-17', numbered(1, { occurredAtMs: 1e20 })) },
    {
      why: 'an audit record of no time',
      record: inserted({ ...auditItem(sessionBegan, 400), sk: '2026-99-99T00:00:00.000Z#c#attempt' }),
    },
  ])('$why', ({ record }) => {
    expect(changeOf(record)).toEqual({ kind: 'unreadable', reason: 'item_unreadable' });
  });

  test('whatever an item holds, it is one of the four, and what can be read can be told', () => {
    const attribute = fc.oneof(
      fc.record({ S: fc.string() }),
      fc.record({ N: fc.string() }),
      fc.record({ BOOL: fc.boolean() }),
      fc.record({ L: fc.array(fc.record({ S: fc.string() })) }),
      fc.record({ M: fc.dictionary(fc.string(), fc.record({ N: fc.string() })) }),
      fc.record({ B: fc.string() }),
    );
    const names = ['id', 'seq', 'type', 'data', 'audience', 'prev_seq_of', 'occurred_at_ms', 'epoch', 'pk', 'time'];
    const sk = fc.constantFrom('E#0000000000000001', '2026-11-27T18:00:00.000Z#c#end', '2026-13-01T18:00:00Z', 'HEAD');
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), attribute), sk, (NewImage, key) => {
        const record: DynamoDBRecord = {
          eventName: 'INSERT',
          dynamodb: { Keys: { pk: { S: 'R#r-17' }, sk: { S: key } }, NewImage },
        };
        const { kind } = changeOf(record);
        expect(['event', 'audit', 'nothing', 'unreadable']).toContain(kind);
        if (kind === 'event' || kind === 'audit') expect(detailOf(record).v).toBe(1);
      }),
    );
  });
});
