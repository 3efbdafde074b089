/** The audit table, read by people: used by the `audit` command, deployed nowhere. */
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { limits } from '../../protocol/limits.ts';
import { StoredAuditRecord } from '../security/audit-columns.ts';
import { dayOf, restaurantTrailKey, unverifiedShards, unverifiedTrailKey } from './audit.ts';
import type { Table } from './table.ts';

export type Period = Readonly<{ fromMs: number; toMs: number }>;

/** The records of one restaurant, oldest first. */
export const restaurantTrail =
  (table: Table) =>
  (restaurantId: string, period: Period): Promise<readonly StoredAuditRecord[]> =>
    read(table, period, (day) => [restaurantTrailKey(restaurantId, day)]);

/** The records of everybody who was not verified, oldest first. */
export const unverifiedTrail =
  (table: Table) =>
  (period: Period): Promise<readonly StoredAuditRecord[]> =>
    read(table, period, (day) =>
      Array.from({ length: unverifiedShards }, (_, shard) => unverifiedTrailKey(day, shard)),
    );

const read = async (table: Table, period: Period, keysOfDay: (day: string) => readonly string[]) => {
  const entries: StoredAuditRecord[] = [];
  for (const day of daysOf(period))
    for (const pages of await Promise.all(keysOfDay(day).map((key) => readKey(table, key)))) entries.push(...pages);
  const from = new Date(period.fromMs).toISOString();
  const to = new Date(period.toMs).toISOString();
  return entries.filter(({ time }) => time >= from && time <= to).sort((a, b) => a.time.localeCompare(b.time));
};

// Records stand under the day their connection began, which is up to a connection's lifetime before the event.
const daysOf = ({ fromMs, toMs }: Period): readonly string[] => {
  const days = new Set<string>();
  for (let at = fromMs - limits.maxSessionMs; at < toMs; at += 24 * 60 * 60 * 1000) days.add(dayOf(at));
  return [...days.add(dayOf(toMs))];
};

const readKey = async ({ client, tableName }: Table, pk: string): Promise<readonly StoredAuditRecord[]> => {
  const entries: StoredAuditRecord[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
        ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
      }),
    );
    for (const item of page.Items ?? []) entries.push(v.parse(StoredAuditRecord, item));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return entries;
};
