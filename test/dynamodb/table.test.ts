/** Answers of DynamoDB that hold less than was asked, and the order in which it is asked. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { readAuthorization } from '../../lambdas/dynamodb/authorization.ts';
import { findMemberships } from '../../lambdas/dynamodb/memberships.ts';
import { streams } from '../../lambdas/dynamodb/streams.ts';
import { deleteAll, readAll } from '../../lambdas/dynamodb/table.ts';
import { session } from '../contract/rows.ts';
import { restaurantDomain } from '../restaurant-domain.ts';

type Keys = Readonly<Record<string, Readonly<{ Keys: readonly Readonly<Record<string, unknown>>[] }>>>;
type Input = Readonly<{ RequestItems?: Keys; Key?: Readonly<Record<string, unknown>> }>;

let asked: Input[];
beforeEach(() => {
  asked = [];
});

/** An item of any table, as far as anybody reads it. */
const itemOf = (key: Readonly<Record<string, unknown>>) => ({
  ...{ seq: 1, message_id: 'm', epoch: 'e', head_seq: 1, head_seq_of: {} },
  ...{ restaurant_id: 'r-17', issuer: 'demo', user_id: 'u-1', role: 'manager' },
  ...key,
});

/** Answers the first so many batches with the first of all their keys, and leaves the others; later ones with all. */
const clientThatLeaves = (times: number): DynamoDBDocumentClient => {
  const send = async ({ input }: { input: Input }): Promise<unknown> => {
    asked.push(input);
    if (input.RequestItems === undefined) return {};
    const tables = Object.entries(input.RequestItems);
    const split = tables.map(([name, { Keys, ...how }], nth) => {
      const answered = asked.length > times ? Keys.length : Number(nth === 0);
      return { name, how, now: Keys.slice(0, answered), later: Keys.slice(answered) };
    });
    return {
      Responses: Object.fromEntries(split.map(({ name, now }) => [name, now.map(itemOf)])),
      UnprocessedKeys: Object.fromEntries(
        split.flatMap(({ name, how, later }) => (later.length > 0 ? [[name, { ...how, Keys: later }]] : [])),
      ),
    };
  };
  // Of the client, what the tables use.
  return Object.assign(Object.create(null), { send });
};

const key = (pk: string) => ({ pk, sk: 's' });
const two = { a: { Keys: [key('1'), key('2'), key('3')], ConsistentRead: true }, b: { Keys: [key('4')] } };

describe('keys that a table left unprocessed', () => {
  test('are asked for again, and they alone, as they were asked for before; each time a little later', async () => {
    const pauses: number[] = [];
    const found = await readAll(clientThatLeaves(2), two, async (ms) => {
      pauses.push(ms);
    });
    expect(found).toEqual({ a: [key('1'), key('2'), key('3')].map(itemOf), b: [itemOf(key('4'))] });
    expect(asked.map(({ RequestItems }) => RequestItems)).toEqual([
      two,
      { a: { Keys: [key('2'), key('3')], ConsistentRead: true }, b: { Keys: [key('4')] } },
      { a: { Keys: [key('3')], ConsistentRead: true }, b: { Keys: [key('4')] } },
    ]);
    expect(pauses).toEqual([25, 50]);
  });

  test('are given up after five requests and 0.4 s', async () => {
    let pausedMs = 0;
    const keys = { a: { Keys: Array.from({ length: 9 }, (_, nth) => key(String(nth))) } };
    const reading = readAll(clientThatLeaves(100), keys, async (ms) => {
      pausedMs += ms;
    });
    await expect(reading).rejects.toThrow('the table a left keys unprocessed');
    expect({ asked: asked.length, pausedMs }).toEqual({ asked: 5, pausedMs: 375 });
  });

  test.each([
    {
      what: 'the numbering of events',
      read: (client: DynamoDBDocumentClient) => streams({ client, tableName: 'e' }).begin('r-17', ['a', 'b'], 0),
    },
    {
      what: 'a first authentication',
      read: (client: DynamoDBDocumentClient) =>
        findMemberships(client, { memberships: 'm', events: 'e' })('r-17', { issuer: 'demo', userId: 'u-1' }),
    },
    {
      what: 'a message of a session',
      read: (client: DynamoDBDocumentClient) =>
        readAuthorization(client, { memberships: 'm', events: 'e' }, restaurantDomain)(session, 'newest'),
    },
  ])('fail nobody who has them a moment later: $what', async ({ read }) => {
    const whole = await read(clientThatLeaves(0));
    const wholeAsked = asked.length;
    asked = [];
    expect(await read(clientThatLeaves(wholeAsked))).toEqual(whole);
    expect(asked.length).toBeGreaterThan(wholeAsked);
  });
});

test('memberships stand without the head of the events, where that cannot be read with them', async () => {
  const requests: (readonly string[])[] = [];
  const send = async ({ input }: { input: { RequestItems: object } }) => {
    requests.push(Object.keys(input.RequestItems));
    if ('e' in input.RequestItems) throw new Error('the table of events is down');
    return { Responses: { m: [] } };
  };
  const client: DynamoDBDocumentClient = Object.assign(Object.create(null), { send });
  const look = findMemberships(client, { memberships: 'm', events: 'e' });
  expect(await look('r-17', { issuer: 'demo', userId: 'u-1' })).toEqual({
    here: undefined,
    everywhere: undefined,
    head: undefined,
  });
  expect(requests).toEqual([['m', 'e'], ['m']]);
});

test('the numbering of events reads the head before the marks: an event that the head has passed has a mark by then', async () => {
  await streams({ client: clientThatLeaves(0), tableName: 'e' }).begin('r-17', ['a'], 0);
  expect(asked).toMatchObject([
    { Key: { sk: 'HEAD' }, ConsistentRead: true },
    { RequestItems: { e: { Keys: [{ sk: expect.stringMatching(/^I#/) }], ConsistentRead: true } } },
  ]);
});

describe('keys to be deleted', () => {
  type Deletion = Readonly<{ DeleteRequest: Readonly<{ Key: Readonly<Record<string, unknown>> }> }>;
  let deleted: (readonly unknown[])[];
  beforeEach(() => {
    deleted = [];
  });

  /** Deletes the first of each of so many requests, and all of the later ones. */
  const tableThatLeaves = (times: number) => {
    const send = async ({ input }: { input: { RequestItems: { t: readonly Deletion[] } } }): Promise<unknown> => {
      const { t } = input.RequestItems;
      deleted.push(t.map(({ DeleteRequest }) => DeleteRequest.Key['pk']));
      return { UnprocessedItems: deleted.length > times ? {} : { t: t.slice(1) } };
    };
    const client: DynamoDBDocumentClient = Object.assign(Object.create(null), { send });
    return { client, tableName: 't' };
  };
  const keys = (count: number) => Array.from({ length: count }, (_, index) => key(String(index)));

  test('are as many in a request as it may hold', async () => {
    expect(await deleteAll(tableThatLeaves(0), keys(60))).toBe(60);
    expect(deleted.map((request) => request.length)).toEqual([25, 25, 10]);
    expect(deleted.flat()).toEqual(keys(60).map(({ pk }) => pk));
  });

  test('that the table left are asked for again, each time a little later, and given up at last', async () => {
    const pauses: number[] = [];
    const pause = async (ms: number) => {
      pauses.push(ms);
    };
    expect(await deleteAll(tableThatLeaves(2), keys(3), pause)).toBe(3);
    expect(deleted).toEqual([['0', '1', '2'], ['1', '2'], ['2']]);
    expect(pauses).toEqual([25, 50]);
    deleted = [];
    await expect(deleteAll(tableThatLeaves(9), keys(9), pause)).rejects.toThrow('the table t left keys unprocessed');
    expect(deleted).toHaveLength(5);
  });

  test('are none where there are none', async () => {
    expect(await deleteAll(tableThatLeaves(0), [])).toBe(0);
    expect(deleted).toEqual([]);
  });
});
