/** The audit table: append-only, one item a record, found by the restaurant and day or, unverified, by day and shard. */
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { PutRecord } from '../ports.ts';
import { columnValues, unrecognizedFields } from '../security/audit-columns.ts';
import { type AnyAuditRecord, type ColumnName, columnNames, isClaimed } from '../security/audit-record.ts';
import { conditionally, type Item, type Table } from './table.ts';

/** Unverified records of a day are spread over this many keys: 16 x 1,000 writes/s (the limit of one key). */
export const unverifiedShards = 16;

/** The UTC day under which a connection's records stand: the day it began, so that every writer finds the same key. */
export const dayOf = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 10);

export const restaurantTrailKey = (restaurantId: string, day: string): string => `R#${restaurantId}#${day}`;
export const unverifiedTrailKey = (day: string, shard: number): string => `U#${day}#${shard}`;

/** Puts the record unless one of its id is there. `retentionDays` later the table drops it. */
export const putRecord =
  ({ client, tableName }: Table, retentionDays: number): PutRecord =>
  async (record) => {
    const written = await conditionally(
      client.send(
        new PutCommand({
          TableName: tableName,
          Item: auditItem(record, retentionDays),
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      ),
    );
    return written === 'refused' ? 'already_written' : 'written';
  };

/** Column by column: nothing a client sent gets in under a name of its choosing. */
export const auditItem = (record: AnyAuditRecord, retentionDays: number): Item => {
  const { verified, connectedAtMs, connectionId, kind } = record;
  const day = dayOf(connectedAtMs);
  const values = columnValues(record);
  const valuesOf = (names: readonly ColumnName[]) =>
    names.filter((name) => values[name] !== undefined).map((name) => [name, values[name]] as const);
  const claimed = valuesOf(columnNames.filter(isClaimed));
  return {
    pk: verified ? restaurantTrailKey(verified.restaurantId, day) : unverifiedTrailKey(day, shardOf(connectionId)),
    sk: `${new Date(connectedAtMs).toISOString()}#${connectionId}#${kind}`,
    ...Object.fromEntries(valuesOf(columnNames.filter((name) => !isClaimed(name)))),
    unmapped: claimed.length > 0 || record.claimed !== undefined ? Object.fromEntries(claimed) : undefined,
    unrecognized: unrecognizedFields(record),
    expires_at: Math.ceil(connectedAtMs / 1000) + retentionDays * 24 * 60 * 60,
  };
};

// FNV-1a over the id: spreads, and gives every writer of a record the same shard.
const shardOf = (connectionId: string): number => {
  let hash = 0x811c9dc5;
  for (const character of connectionId) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  return hash % unverifiedShards;
};
