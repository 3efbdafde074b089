/** What a person may see and change of blocked addresses, with a person's rights. */
import { QueryCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { minuteOf } from './address-counters.ts';
import { numberIn, type Table } from './table.ts';

export type BlockedAddress = Readonly<{ address: string; failures: number; blockedUntilMs: number }>;

/** The addresses that are blocked now. Reads the whole table, which holds the addresses of the last two hours. */
export const listBlocked =
  ({ client, tableName: TableName }: Table) =>
  async (nowMs: number): Promise<readonly BlockedAddress[]> => {
    const blocked: BlockedAddress[] = [];
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new ScanCommand({
          TableName,
          FilterExpression: 'sk = :hostility AND blocked_until_ms > :now_ms',
          ExpressionAttributeValues: { ':hostility': 'HOSTILITY', ':now_ms': nowMs },
          ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
        }),
      );
      for (const item of page.Items ?? [])
        blocked.push({
          address: String(item['pk']).replace(/^IP#/, ''),
          failures: numberIn(item, 'failures'),
          blockedUntilMs: numberIn(item, 'blocked_until_ms'),
        });
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return blocked.sort((a, b) => b.blockedUntilMs - a.blockedUntilMs);
  };

/** Lifts the block of an address and begins its count of hostile failures anew; `not_blocked` where there was none. */
export const unblock =
  ({ client, tableName: TableName }: Table) =>
  async (address: string, nowMs: number): Promise<'unblocked' | 'not_blocked'> => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :pk',
        FilterExpression: 'blocked_until_ms > :now_ms',
        ExpressionAttributeValues: { ':pk': `IP#${address}`, ':now_ms': nowMs },
        ConsistentRead: true,
      }),
    );
    const now = `M#${new Date(minuteOf(nowMs)).toISOString()}`;
    const covered = Items.filter(({ sk }) => sk === 'HOSTILITY' || String(sk) >= now);
    await Promise.all(
      covered.map(({ pk, sk }) =>
        client.send(
          new UpdateCommand({
            TableName,
            Key: { pk, sk },
            UpdateExpression: 'REMOVE blocked_until_ms, blocked_at_ms, failures, window_start_ms',
          }),
        ),
      ),
    );
    return covered.length === 0 ? 'not_blocked' : 'unblocked';
  };
