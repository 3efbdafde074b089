import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createTables, type DynamodbEngine, openDynamodb } from '../../local/engines/dynamodb.ts';
import { mustCall } from '../../local/engines/engine.ts';
import { deleteExpired, startExpiry } from '../../local/engines/time-to-live.ts';
import { until } from '../conversation/until.ts';

const table = {
  name: 'app-Events',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' as const },
    { AttributeName: 'sk', AttributeType: 'N' as const },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' as const },
    { AttributeName: 'sk', KeyType: 'RANGE' as const },
  ],
  TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
};

let engine: DynamodbEngine;
beforeEach(async () => {
  engine = await openDynamodb();
  await createTables(engine, [table]);
});
afterEach(() => engine.close());

const nowSeconds = Math.floor(Date.now() / 1000);

const put = (pk: string, sk: number, more: object) =>
  mustCall(engine, 'PutItem', { TableName: table.name, Item: { pk: { S: pk }, sk: { N: String(sk) }, ...more } });

const left = async (): Promise<readonly string[]> => {
  const { Items } = await mustCall(engine, 'Scan', { TableName: table.name });
  return (Items as { pk: { S: string } }[]).map(({ pk }) => pk.S).sort();
};

test.each([
  { why: 'is over', more: { expires_at: { N: String(nowSeconds - 10) } }, stays: false },
  { why: 'is not over', more: { expires_at: { N: String(nowSeconds + 60) } }, stays: true },
  { why: 'has no end', more: {}, stays: true },
  { why: 'is no number', more: { expires_at: { S: '1' } }, stays: true },
])('an item whose time $why stays: $stays', async ({ more, stays }) => {
  await put('a', 1, more);
  await deleteExpired(engine, table);
  expect(await left()).toEqual(stays ? ['a'] : []);
});

test('a table of many pages is read to its end', async () => {
  for (let i = 0; i < 250; i += 1) await put(`old-${i}`, i, { expires_at: { N: '1' } });
  await put('new', 1, { expires_at: { N: String(nowSeconds + 600) } });
  await deleteExpired(engine, table);
  expect(await left()).toEqual(['new']);
});

test.each([
  { why: 'has none', TimeToLiveSpecification: undefined },
  { why: 'has one that is switched off', TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: false } },
])('nothing is deleted where the table $why', async ({ TimeToLiveSpecification }) => {
  await put('a', 1, { expires_at: { N: '1' } });
  await deleteExpired(engine, { ...table, TimeToLiveSpecification });
  expect(await left()).toEqual(['a']);
});

test('it is looked at again and again', async () => {
  const expiry = startExpiry(engine, [table], 10);
  await put('a', 1, { expires_at: { N: '1' } });
  const first = await until(left, ({ length }) => length === 0);
  await put('b', 1, { expires_at: { N: '1' } });
  const second = await until(left, ({ length }) => length === 0);
  expiry.close();
  expect([first, second]).toEqual([[], []]);
});
