/** Restaurants as a whole, changed by people: used by the `restaurants` command, deployed nowhere. */
import { BatchWriteCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { everyRestaurant } from '../access/membership.ts';
import { membershipKey } from './memberships.ts';
import { headKey, partitionOf } from './stream-item.ts';
import { streams } from './streams.ts';
import { type Item, queryAll, type Table } from './table.ts';

/** Every restaurant that has events or had some. Reads the whole event table. */
export async function* restaurantsWithEvents({ client, tableName }: Table): AsyncGenerator<string> {
  let ExclusiveStartKey: Item | undefined;
  do {
    const page = await client.send(
      new ScanCommand({
        TableName: tableName,
        FilterExpression: 'sk = :head',
        ExpressionAttributeValues: { ':head': headKey },
        ProjectionExpression: 'pk',
        ConsistentRead: true,
        ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
      }),
    );
    for (const { pk } of page.Items ?? []) yield String(pk).slice(partitionOf('').length);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
}

/** A restaurant with traffic is numbered some times a second; whoever loses so often has met something else. */
const maxTries = 20;

/**
 * From now on the restaurant's events are of another numbering, which no client takes for the one it knows. The numbers go on: events
 * that are stored keep theirs, and none is given twice.
 */
export const beginEpoch =
  (table: Table) =>
  async (restaurantId: string, epoch: string): Promise<'begun' | 'no_events'> => {
    const { readHead, advance } = streams(table);
    for (let tries = 0; tries < maxTries; tries += 1) {
      const head = await readHead(restaurantId);
      if (head === undefined) return 'no_events';
      if ((await advance(restaurantId, head, { ...head, epoch })) === 'advanced') return 'begun';
    }
    throw new Error(`the events of ${restaurantId} were numbered faster than their epoch could be changed`);
  };

/** How many items there are of a restaurant that nothing else removes. */
export type RestaurantItems = Readonly<{ memberships: number; events: number }>;

type Tables = Readonly<{ memberships: Table; events: Table }>;

export const countRestaurant = async (tables: Tables, restaurantId: string): Promise<RestaurantItems> => ({
  memberships: (await keysOf(tables.memberships, membershipPartition(restaurantId))).length,
  events: (await keysOf(tables.events, partitionOf(restaurantId))).length,
});

/** Everybody's membership, suspensions among them. */
export const removeMemberships = async ({ memberships }: Tables, restaurantId: string): Promise<number> =>
  removeAll(memberships, await keysOf(memberships, membershipPartition(restaurantId)));

/**
 * Events, marks and the head. The head goes last: with events but no head, the next event would begin at 1 and find another in its
 * place.
 */
export const removeEvents = async ({ events }: Tables, restaurantId: string): Promise<number> => {
  let removed = 0;
  for (;;) {
    const keys = await keysOf(events, partitionOf(restaurantId));
    const others = keys.filter(({ sk }) => sk !== headKey);
    removed += await removeAll(events, others.length > 0 ? others : keys);
    if (others.length === 0) return removed;
  }
};

const membershipPartition = (restaurantId: string): string => {
  if (restaurantId === everyRestaurant) throw new Error('the memberships of every restaurant are of none');
  return membershipKey(restaurantId, { issuer: '', userId: '' }).pk;
};

type Key = Readonly<{ pk: unknown; sk: unknown }>;

const keysOf = async ({ client, tableName }: Table, pk: string): Promise<readonly Key[]> =>
  (
    await queryAll(client, {
      TableName: tableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      ProjectionExpression: 'pk, sk',
      ConsistentRead: true,
    })
  ).map(({ pk, sk }) => ({ pk, sk }));

/** What one request of DynamoDB takes. */
const batchSize = 25;

const removeAll = async ({ client, tableName }: Table, keys: readonly Key[]): Promise<number> => {
  let left = keys.map((Key) => ({ DeleteRequest: { Key } }));
  while (left.length > 0) {
    const { UnprocessedItems = {} } = await client.send(
      new BatchWriteCommand({ RequestItems: { [tableName]: left.slice(0, batchSize) } }),
    );
    const unprocessed = (UnprocessedItems[tableName] ?? []).flatMap(({ DeleteRequest }) =>
      DeleteRequest?.Key === undefined
        ? []
        : [{ DeleteRequest: { Key: { pk: DeleteRequest.Key['pk'], sk: DeleteRequest.Key['sk'] } } }],
    );
    left = [...unprocessed, ...left.slice(batchSize)];
  }
  return keys.length;
};
