/** The audit table, read by people: used by the `audit` command, deployed nowhere. A trail is read as a stream, however long it is. */
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { limits } from '../../protocol/limits.ts';
import { StoredAuditRecord } from '../security/audit-columns.ts';
import { dayOf, restaurantTrailKey, unverifiedShards, unverifiedTrailKey } from './audit.ts';
import { inOrderOfTime, merged, type Trail } from './record-order.ts';
import type { Table } from './table.ts';

export type Period = Readonly<{ fromMs: number; toMs: number }>;

const minuteMs = 60_000;
/** Records stand under the time their connection began. Those of a session come up to its lifetime later, and a little. */
const restaurantLagMs = limits.maxSessionMs + 10 * minuteMs;
/** Who is not verified is refused within seconds; a timer that fails is tried for five minutes. */
const unverifiedLagMs = 15 * minuteMs;
/** Records of a key that are held at once. */
const pageSize = 500;

/** The records of one restaurant, oldest first. */
export const restaurantTrail =
  (table: Table) =>
  (restaurantId: string, period: Period): Trail =>
    read(table, period, restaurantLagMs, (day) => [restaurantTrailKey(restaurantId, day)]);

/** The records of everybody who was not verified, oldest first. */
export const unverifiedTrail =
  (table: Table) =>
  (period: Period): Trail =>
    read(table, period, unverifiedLagMs, (day) =>
      Array.from({ length: unverifiedShards }, (_, shard) => unverifiedTrailKey(day, shard)),
    );

async function* read(
  table: Table,
  { fromMs, toMs }: Period,
  lagMs: number,
  keysOfDay: (day: string) => readonly string[],
): Trail {
  const began = { fromMs: fromMs - lagMs, toMs };
  const from = new Date(fromMs).toISOString();
  const to = new Date(toMs).toISOString();
  const ofDay = (day: string): Trail => merged(keysOfDay(day).map((key) => readKey(table, key, began)));
  for await (const record of inOrderOfTime(inTurn(daysOf(began).map((day) => () => ofDay(day)))))
    if (record.time >= from && record.time <= to) yield record;
}

const daysOf = ({ fromMs, toMs }: Period): readonly string[] => {
  const days = new Set<string>();
  for (let at = fromMs; at < toMs; at += 24 * 60 * minuteMs) days.add(dayOf(at));
  return [...days.add(dayOf(toMs))];
};

async function* inTurn(trails: readonly (() => Trail)[]): Trail {
  for (const trail of trails) yield* trail();
}

/** The records of one key whose connections began in the period, in that order. */
async function* readKey({ client, tableName }: Table, pk: string, { fromMs, toMs }: Period): Trail {
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: {
          ':pk': pk,
          ':from': new Date(fromMs).toISOString(),
          // The rest of a key begins with "#", which is before "~".
          ':to': `${new Date(toMs).toISOString()}~`,
        },
        Limit: pageSize,
        ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
      }),
    );
    for (const item of page.Items ?? []) yield v.parse(StoredAuditRecord, item);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
}
