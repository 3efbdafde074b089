/** Restaurants as people change them as a whole, in the tables themselves. */
import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  beginEpoch,
  countRestaurant,
  removeEvents,
  removeMemberships,
  restaurantsWithEvents,
} from '../../lambdas/dynamodb/restaurant-administration.ts';
import { suspendMember, setMember } from '../../lambdas/dynamodb/membership-administration.ts';
import { eventKey, headItem, headKey, headOf, knownKey, partitionOf } from '../../lambdas/dynamodb/stream-item.ts';
import { embeddedEngine } from './dynamodb-engine.ts';
import { type DynamodbStorage, dynamodbStorage } from './dynamodb-storage.ts';

let storage: DynamodbStorage;
beforeAll(async () => {
  storage = await dynamodbStorage(await embeddedEngine());
});
afterAll(() => storage.close());

const tables = () => ({
  memberships: { client: storage.client, tableName: storage.tables.memberships },
  events: { client: storage.client, tableName: storage.tables.events },
});
const put = async (restaurantId: string, sk: string, item: object = {}) => {
  const { client, tableName: TableName } = tables().events;
  await client.send(new PutCommand({ TableName, Item: { pk: partitionOf(restaurantId), sk, ...item } }));
};
const head = { epoch: 'before', headSeq: 60, headSeqOf: { kitchen: 58 }, minute: { startMs: 60_000, count: 7 } };
const itemsOf = async (restaurantId: string) => {
  const { client, tableName: TableName } = tables().events;
  const { Items = [] } = await client.send(new ScanCommand({ TableName }));
  return Items.filter(({ pk }) => pk === partitionOf(restaurantId));
};

/** As many items as take several requests to delete. */
const fill = async (restaurantId: string) => {
  for (let seq = 1; seq <= 60; seq += 1) await put(restaurantId, eventKey(seq), { seq });
  await put(restaurantId, headKey, headItem(head));
  await put(restaurantId, knownKey);
  for (const userId of ['u-1', 'u-2'])
    await setMember(tables().memberships)({ restaurantId, issuer: 'demo', userId, role: 'employee' });
  await suspendMember(tables().memberships)({ restaurantId, issuer: 'demo', userId: 'u-3' }, 1);
};

test('a new epoch changes the name of the numbering and nothing else', async () => {
  await put('r-epoch', headKey, { ...headItem(head), of_a_later_version: 1 });
  expect(await beginEpoch(tables().events)('r-epoch', 'after')).toBe('begun');
  const [item = {}] = await itemsOf('r-epoch');
  expect(headOf(item)).toEqual({ ...head, epoch: 'after', others: { of_a_later_version: 1 } });
});

test('a restaurant without events has no epoch to change', async () => {
  await put('r-quiet', knownKey);
  expect(await beginEpoch(tables().events)('r-quiet', 'after')).toBe('no_events');
});

test('the restaurants that have events are all found, and no other', async () => {
  await put('r-head', headKey, headItem(head));
  await put('r-known', knownKey);
  const found: string[] = [];
  for await (const one of restaurantsWithEvents(tables().events)) found.push(one);
  expect(found).toContain('r-head');
  expect(found).not.toContain('r-known');
});

test('a restaurant is deleted whole, and its neighbours are not', async () => {
  for (const restaurantId of ['r-1', 'r-17', 'r-1-annex']) await fill(restaurantId);
  expect(await countRestaurant(tables(), 'r-1')).toEqual({ memberships: 3, events: 62 });
  expect(await removeMemberships(tables(), 'r-1')).toBe(3);
  expect(await removeEvents(tables(), 'r-1')).toBe(62);
  expect(await countRestaurant(tables(), 'r-1')).toEqual({ memberships: 0, events: 0 });
  for (const other of ['r-17', 'r-1-annex'])
    expect(await countRestaurant(tables(), other)).toEqual({ memberships: 3, events: 62 });
});

test('the head goes after every event: without it the next event would find another in its place', async () => {
  await fill('r-order');
  const { middlewareStack } = storage.client;
  const deletions: string[] = [];
  middlewareStack.add(
    (next) => (request) => {
      const text = JSON.stringify(request.input);
      if (text.includes('DeleteRequest')) deletions.push(text);
      return next(request);
    },
    { step: 'initialize', name: 'watch' },
  );
  await removeEvents(tables(), 'r-order');
  middlewareStack.remove('watch');
  const isOfHead = deletions.map((text) => text.includes('"HEAD"'));
  expect(isOfHead).toEqual([...deletions.slice(1).map(() => false), true]);
  expect(deletions.length).toBeGreaterThan(3);
  expect(deletions.at(-1)).not.toContain('E#');
});

test('the memberships of the platform are of no restaurant', async () => {
  await expect(removeMemberships(tables(), '*')).rejects.toThrow('of every restaurant');
});
