import { setTimeout as delay } from 'node:timers/promises';
import type { TableBlueprint } from '../blueprint/tables.ts';
import type { DynamodbEngine } from './dynamodb.ts';
import type { Input } from './engine.ts';

type ExpiringEngine = Pick<DynamodbEngine, 'call' | 'expire'>;

/** DynamoDB takes up to some days; here nobody should have to wait for it, and a look at everything has its price. */
const intervalMs = 15 * 60 * 1000;

const itemsAPage = 100;

/** Whatever else is to be answered goes first. */
const betweenPagesMs = 20;

/** Deletes from time to time what is over, by the time to live of each table, until it is closed. */
export const startExpiry = (
  engine: ExpiringEngine,
  tables: readonly TableBlueprint[],
  everyMs = intervalMs,
): { readonly close: () => void } => {
  let isSweeping = false;
  let isClosed = false;
  const timer = setInterval(async () => {
    if (isSweeping) return;
    isSweeping = true;
    for (const table of tables) await deleteExpired(engine, table, () => isClosed);
    isSweeping = false;
  }, everyMs).unref();
  return {
    close: () => {
      isClosed = true;
      clearInterval(timer);
    },
  };
};

/** Reads the table once and deletes what is over by now. Where the engine refuses, the rest is left to the next time. */
export const deleteExpired = async (
  engine: ExpiringEngine,
  table: TableBlueprint,
  isClosed = (): boolean => false,
): Promise<void> => {
  const { AttributeName, Enabled } = table.TimeToLiveSpecification ?? {};
  if (Enabled !== true || AttributeName === undefined) return;
  const names = { '#expires': AttributeName };
  const values = { ':now': { N: String(Math.floor(Date.now() / 1000)) } };
  const isOver = '#expires < :now';
  let from: unknown;
  do {
    const { status, body } = await engine.call('Scan', {
      TableName: table.name,
      Limit: itemsAPage,
      FilterExpression: isOver,
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: values,
      ...(from === undefined ? {} : { ExclusiveStartKey: from }),
    });
    if (status >= 400) return;
    for (const item of (body['Items'] ?? []) as readonly Input[])
      await engine.expire({
        TableName: table.name,
        Key: Object.fromEntries(table.KeySchema.map(({ AttributeName: key }) => [key, item[key]])),
        // It may have been given more time meanwhile.
        ConditionExpression: isOver,
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: values,
      });
    from = body['LastEvaluatedKey'];
    await delay(betweenPagesMs, undefined, { ref: false });
  } while (from !== undefined && !isClosed());
};
