/** The stage's keys of re-entry passes: one item of the table of address counters, which every function that needs them reaches anyway. */
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { PassKeyTable } from '../ports.ts';
import type { PassKeys } from '../reentry/pass.ts';
import type { Item, Table } from './table.ts';

/** No address has this key, and the item has no end. */
const Key = { pk: 'REENTRY', sk: 'KEYS' };

const attributeOf = (period: number): string => `key_${period}`;

/** @param newKey 32 random bytes in base64url */
export const passKeyTable = ({ client, tableName: TableName }: Table, newKey: () => string): PassKeyTable => ({
  read: async () => {
    const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    return Item && passKeysOf(Item);
  },
  // Whoever comes first makes a key; the others are given that one by the same write.
  make: async (period) => {
    const { Attributes = {} } = await client.send(
      new UpdateCommand({
        TableName,
        Key,
        UpdateExpression:
          'SET member_key = if_not_exists(member_key, :member_key), #period = if_not_exists(#period, :key) REMOVE #past',
        // The one before is good for as long as the passes that it signed.
        ExpressionAttributeNames: { '#period': attributeOf(period), '#past': attributeOf(period - 2) },
        ExpressionAttributeValues: { ':member_key': newKey(), ':key': newKey() },
        ReturnValues: 'ALL_NEW',
      }),
    );
    const keys = passKeysOf(Attributes);
    if (keys === undefined) throw new Error('the keys of re-entry passes are not what was written');
    return keys;
  },
});

const passKeysOf = (item: Item): PassKeys | undefined => {
  const memberKey = item['member_key'];
  if (typeof memberKey !== 'string') return undefined;
  const signingKeys = new Map<number, string>();
  for (const [name, value] of Object.entries(item)) {
    const period = /^key_(\d{1,5})$/.exec(name)?.[1];
    if (period !== undefined && typeof value === 'string') signingKeys.set(Number(period), value);
  }
  return { memberKey, signingKeys };
};
