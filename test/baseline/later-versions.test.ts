/**
 * What a later version writes beside this one, in the minutes of a release and of its rollback: this one reads of it what it
 * knows, changes nothing of the rest, and throws nowhere. The items and messages are those of the baseline, with more in them.
 */
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { connectionOf } from '../../lambdas/dynamodb/connection-item.ts';
import { revokeMember, setMember } from '../../lambdas/dynamodb/membership-administration.ts';
import { membershipOf } from '../../lambdas/dynamodb/memberships.ts';
import { headItem, headOf, markOf, storedEventOf } from '../../lambdas/dynamodb/stream-item.ts';
import { nextEvent } from '../../lambdas/events/numbering.ts';
import { mayBeConnectionType } from '../../protocol/identifiers.ts';
import type { DynamodbStorage } from '../contract/dynamodb-storage.ts';
import { filledStorage, textIn, writtenAtMs } from './filled-storage.ts';
import { itemsOf, messagesOf } from './fixtures.ts';
import { advanced, publicationOf } from '../restaurant-domain.ts';

type Item = Readonly<Record<string, unknown>>;

let storage: DynamodbStorage;
const items: Record<'connections' | 'memberships' | 'events', Map<string, Item>> = {
  connections: new Map(),
  memberships: new Map(),
  events: new Map(),
};

const read = async (TableName: string, Key: Item): Promise<Item> =>
  (await storage.client.send(new GetCommand({ TableName, Key }))).Item ?? {};

beforeAll(async () => {
  storage = await filledStorage();
  for (const [what, item] of itemsOf('connections'))
    items.connections.set(
      what,
      await read(storage.tables.connections, { connection_id: textIn(item, 'connection_id') }),
    );
  for (const table of ['memberships', 'events'] as const)
    for (const [what, item] of itemsOf(table))
      items[table].set(what, await read(storage.tables[table], { pk: textIn(item, 'pk'), sk: textIn(item, 'sk') }));
});
afterAll(() => storage.close());

/** Columns whose names nobody has today. */
const more = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 8 }).map((name) => `later_${name}`),
  fc.jsonValue({ maxDepth: 2 }),
  { maxKeys: 4 },
);
const typeName = fc.stringMatching(/^[a-z][a-z0-9_]{0,9}$/).filter(mayBeConnectionType);
const anyOf = (table: keyof typeof items) => fc.constantFrom(...itemsOf(table).keys());

describe('a row of a connection', () => {
  test('with more columns is what it was', () => {
    fc.assert(
      fc.property(anyOf('connections'), more, (what, columns) => {
        const item = items.connections.get(what) ?? {};
        expect(connectionOf({ ...item, ...columns })).toEqual(connectionOf(item));
      }),
    );
  });

  test('with any value of a column is what it says, or known to be there', () => {
    const column = fc.constantFrom(
      'status',
      'connection_type',
      'role',
      'reason',
      'closing_reason',
      'owner_id',
      'batch',
      'device_id',
    );
    const value = fc.oneof(typeName, fc.jsonValue());
    fc.assert(
      fc.property(anyOf('connections'), column, value, (what, name, changed) => {
        const item = items.connections.get(what) ?? {};
        const { connectionId, connectedAtMs, status } = connectionOf({ ...item, [name]: changed });
        expect({ connectionId, connectedAtMs }).toEqual({
          connectionId: item['connection_id'],
          connectedAtMs: writtenAtMs,
        });
        expect([item['status'], changed, 'unrecognized']).toContain(status);
      }),
    );
  });

  test('keeps its columns through every transition', async () => {
    const { connections, tables } = storage;
    const key = { connectionId: 'keepsWhatItHas0=', connectedAtMs: writtenAtMs };
    const row = { ...items.connections.get('pending'), connection_id: key.connectionId, later_column: { n: 1 } };
    await storage.client.send(new PutCommand({ TableName: tables.connections, Item: row }));
    const lease = { ownerId: 'req-1', arrivedAtMs: writtenAtMs, leaseExpiresAtMs: writtenAtMs + 4_000 };
    const session = connectionOf(items.connections.get('granting') ?? {});
    if (!('session' in session)) throw new Error('a granting row has a session');
    await connections.acquireLease(key, lease);
    await connections.grant(key, 'req-1', session.session);
    await connections.activate(key, 'req-1', session.session);
    expect(await connections.close(key, 'req-2', 'revoked')).toMatchObject({ moved: true });
    expect(await read(tables.connections, { connection_id: key.connectionId })).toMatchObject({
      status: 'closing',
      later_column: { n: 1 },
    });
  });

  test('that is not recognized keeps nobody else of its restaurant from being found, and is moved by nothing', async () => {
    const { connections, tables } = storage;
    const row = {
      ...items.connections.get('authenticated'),
      connection_id: 'courier00000000=',
      membership_source: 'courier',
    };
    await storage.client.send(new PutCommand({ TableName: tables.connections, Item: row }));
    const key = { connectionId: 'courier00000000=', connectedAtMs: writtenAtMs };
    const found = { ...key, status: 'unrecognized' };
    const lease = { ownerId: 'req-1', arrivedAtMs: writtenAtMs, leaseExpiresAtMs: writtenAtMs + 4_000 };
    expect(await connections.read(key)).toEqual(found);
    expect(await storage.readSession(key, 'recent')).toMatchObject({ connection: found });
    expect(await connections.acquireLease(key, lease)).toEqual({ moved: false, found });
    expect((await connections.sessionsAt('r-17')).map(({ connectionId }) => connectionId)).toContain(
      'authenticated00=',
    );
    expect(await read(tables.connections, { connection_id: key.connectionId })).toEqual(row);
  });
});

describe('a membership', () => {
  test('with more columns and a role and types of another version is read', () => {
    fc.assert(
      fc.property(anyOf('memberships'), more, typeName, fc.array(typeName), (what, columns, role, types) => {
        const item = items.memberships.get(what) ?? {};
        const later = { ...item, ...columns, role, connection_types: types };
        expect(membershipOf(later)).toEqual({ ...membershipOf(item), role, connectionTypes: types });
      }),
    );
  });

  test('keeps its columns when it is changed and revoked', async () => {
    const member = { restaurantId: 'r-17', issuer: 'demo', userId: 'u-1' };
    const table = { client: storage.client, tableName: storage.tables.memberships };
    const item = { ...items.memberships.get('a member'), later_column: 'kept' };
    await storage.client.send(new PutCommand({ TableName: table.tableName, Item: item }));
    await setMember(table)({ ...member, role: 'manager' });
    await revokeMember(table)(member, writtenAtMs);
    expect(await read(table.tableName, { pk: 'R#r-17', sk: 'M#demo#u-1' })).toEqual({
      ...item,
      role: 'manager',
      revoked_before_ms: writtenAtMs,
    });
  });
});

describe('the events of a restaurant', () => {
  const events = ['event of a device', 'event of a backend', 'event of a backend with an audience'] as const;

  test('are read with more columns, and with types that only another version knows', () => {
    fc.assert(
      fc.property(fc.constantFrom(...events), more, fc.uniqueArray(typeName), (what, columns, types) => {
        const item = items.events.get(what) ?? {};
        const seqs = Object.fromEntries(types.map((type, nth) => [type, nth]));
        const later = { ...item, ...columns, audience: types, prev_seq_of: seqs };
        const { event, messageId } = storedEventOf(item);
        expect(storedEventOf(later)).toEqual({ event: { ...event, audience: types, prevSeqOf: seqs }, messageId });
      }),
    );
  });

  test('have marks with more columns', () => {
    fc.assert(
      fc.property(more, (columns) => {
        const item = items.events.get('mark of order-19') ?? {};
        expect(markOf({ ...item, ...columns })).toEqual(markOf(item));
      }),
    );
  });

  test('have a head that keeps its columns and types when it goes on', () => {
    const { event } = storedEventOf({ ...items.events.get('event of a backend'), audience: ['kitchen'] });
    fc.assert(
      fc.property(more, fc.dictionary(typeName, fc.nat()), (columns, seqs) => {
        const item: Item = { ...items.events.get('head'), ...columns, head_seq_of: seqs };
        const head = headOf(item);
        const { pk: _, sk: __, ...before } = item;
        expect(headItem(head)).toEqual(before);
        const after = headItem(advanced(head, event));
        expect(after).toEqual({ ...before, head_seq: event.seq, head_seq_of: { ...seqs, kitchen: event.seq } });
      }),
    );
  });
});

describe('a message of the event queue', () => {
  test('with more fields and an audience that only another version knows is numbered and stored with it', () => {
    const audience = fc.uniqueArray(typeName, { minLength: 1, maxLength: 16 });
    fc.assert(
      fc.property(
        fc.constantFrom(...messagesOf('events').values()),
        more,
        audience,
        ({ MessageBody }, fields, types) => {
          const body = JSON.stringify({ ...fields, ...JSON.parse(MessageBody), audience: types });
          const publication = publicationOf(
            { messageId: 'm-1', body, attributes: { MessageGroupId: 'r-17' } },
            () => true,
          );
          if (typeof publication === 'string') throw new Error(publication);
          const head = headOf(items.events.get('head') ?? {});
          const event = nextEvent(head, publication, writtenAtMs);
          expect(event).toMatchObject({ seq: 4, audience: types });
          expect(Object.keys(event.prevSeqOf).sort()).toEqual([...types].sort());
          expect(advanced(head, event).headSeqOf).toMatchObject(Object.fromEntries(types.map((type) => [type, 4])));
        },
      ),
    );
  });

  test('whose publisher misspells its audience again and again does not fill the head', () => {
    let head = headOf(items.events.get('head') ?? {});
    const of = (nth: number) => {
      const body = JSON.stringify({ v: 1, type: 'menu.updated', data: {}, audience: ['kitchen', `kitchen_${nth}`] });
      const publication = publicationOf(
        { messageId: `m-${nth}`, body, attributes: { MessageGroupId: 'r-17' } },
        () => true,
      );
      if (typeof publication === 'string') throw new Error(publication);
      return publication;
    };
    for (let nth = 0; nth < 100; nth++) head = advanced(head, nextEvent(head, of(nth), writtenAtMs));
    expect(head).toMatchObject({ headSeq: 103, headSeqOf: { kitchen: 103, kitchen_15: 19 } });
    expect(Object.keys(head.headSeqOf)).toHaveLength(5 + 16);
  });
});
