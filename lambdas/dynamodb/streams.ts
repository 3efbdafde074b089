/** The event table: each restaurant's events under their numbers, and how far they have come. */
import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { StreamHead } from '../../protocol/restaurant-events.ts';
import { lruMap } from '../memory/lru-map.ts';
import type { Streams } from '../ports.ts';
import {
  eventItem,
  eventKey,
  headItem,
  headKey,
  headOf,
  markItem,
  knownKey,
  markKey,
  markOf,
  partitionOf,
  storedEventOf,
} from './stream-item.ts';
import { conditionally, type Item, readAll, type Table } from './table.ts';

const isFree = 'attribute_not_exists(pk)';
const isFreeOrSameOrOver = 'attribute_not_exists(pk) OR seq = :seq OR expires_at <= :now_seconds';
const isWhereItWas = 'epoch = :epoch AND head_seq = :head_seq';

/** Restaurants of which a sandbox knows that they are remembered. */
const maxRemembered = 10_000;

/** Reading needs no retention; writing keeps events so long. Heads never end. */
export const streams = ({ client, tableName: TableName }: Table, retentionMs = 0): Streams => {
  const key = (restaurantId: string, sk: string) => ({ pk: partitionOf(restaurantId), sk });
  const expiresAt = (occurredAtMs: number): number => Math.ceil((occurredAtMs + retentionMs) / 1000);

  const read = async (restaurantId: string, sk: string, ConsistentRead: boolean): Promise<Item | undefined> =>
    (await client.send(new GetCommand({ TableName, Key: key(restaurantId, sk), ConsistentRead }))).Item;

  const readEvent: Streams['readEvent'] = async (restaurantId, seq) => {
    const item = await read(restaurantId, eventKey(seq), true);
    return item && storedEventOf(item);
  };

  const remembered = lruMap<true>(maxRemembered);

  return {
    readEvent,
    readHead: async (restaurantId) => {
      const item = await read(restaurantId, headKey, false);
      return item && headOf(item);
    },
    remember: async (restaurantId) => {
      if (remembered.get(restaurantId)) return;
      await client.send(new PutCommand({ TableName, Item: key(restaurantId, knownKey) }));
      remembered.set(restaurantId, true);
    },
    isRemembered: async (restaurantId) => (await read(restaurantId, knownKey, true)) !== undefined,
    begin: async (restaurantId, ids, nowMs) => {
      // A batch is not read at one moment: a mark could be missing that was made before the head went past its event.
      const head = await read(restaurantId, headKey, true);
      const Keys = ids.map((id) => key(restaurantId, markKey(id)));
      const found = await readAll(client, { [TableName]: { Keys, ConsistentRead: true } });
      const marks = (found[TableName] ?? []).filter((item) => isKept(item, nowMs));
      return { head: head && headOf(head), numbered: new Map(marks.map(markOf)) };
    },
    append: async (restaurantId, stored) => {
      const { seq, occurredAtMs } = stored.event;
      const put = new PutCommand({
        TableName,
        Item: { ...key(restaurantId, eventKey(seq)), ...eventItem(stored), expires_at: expiresAt(occurredAtMs) },
        ConditionExpression: isFree,
      });
      if ((await conditionally(client.send(put))) !== 'refused') return stored;
      const found = await readEvent(restaurantId, seq);
      if (found === undefined) throw new Error('an event that stood in the way is gone');
      return found;
    },
    mark: async (restaurantId, { id, occurredAtMs }, mark, nowMs) => {
      const put = new PutCommand({
        TableName,
        Item: { ...key(restaurantId, markKey(id)), ...markItem(mark), expires_at: expiresAt(occurredAtMs) },
        ConditionExpression: isFreeOrSameOrOver,
        ExpressionAttributeValues: { ':seq': mark.seq, ':now_seconds': Math.floor(nowMs / 1000) },
      });
      if ((await conditionally(client.send(put))) === 'refused') throw new Error('an event has two numbers');
    },
    advance: async (restaurantId, from, to) => {
      const put = new PutCommand({
        TableName,
        Item: { ...key(restaurantId, headKey), ...headItem(to) },
        ...(from === undefined
          ? { ConditionExpression: isFree }
          : {
              ConditionExpression: isWhereItWas,
              ExpressionAttributeValues: { ':epoch': from.epoch, ':head_seq': from.headSeq },
            }),
      });
      if ((await conditionally(client.send(put))) !== 'refused') return 'advanced';
      // A retry by the SDK fails its own condition when the first try was applied.
      const found = await read(restaurantId, headKey, true);
      return found !== undefined && isSame(headOf(found), to) ? 'advanced' : 'moved';
    },
    readPage: async (restaurantId, { after, upTo, limit, nowMs }) => {
      const {
        Items = [],
        LastEvaluatedKey,
        ConsumedCapacity,
      } = await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
          ExpressionAttributeValues: {
            ':pk': partitionOf(restaurantId),
            ':first': eventKey(after + 1),
            ':last': eventKey(upTo),
          },
          Limit: limit,
          // A page that is a moment old could lack an event, and what is not there counts as gone.
          ConsistentRead: true,
          ReturnConsumedCapacity: 'TOTAL',
        }),
      );
      const last = Items.at(-1);
      return {
        events: Items.filter((item) => isKept(item, nowMs)).map((item) => storedEventOf(item).event),
        readThrough: LastEvaluatedKey === undefined || last === undefined ? upTo : Number(last['seq']),
        units: ConsumedCapacity?.CapacityUnits ?? Items.length,
      };
    },
  };
};

/** The table drops expired items within days; to readers they are gone at once. */
const isKept = (item: Item, nowMs: number): boolean => Number(item['expires_at']) * 1000 > nowMs;

const isSame = (a: StreamHead, b: StreamHead): boolean => a.epoch === b.epoch && a.headSeq === b.headSeq;
