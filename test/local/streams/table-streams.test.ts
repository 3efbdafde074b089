import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createTables, type DynamodbEngine, openDynamodb } from '../../../local/engines/dynamodb.ts';
import { type Input, mustCall } from '../../../local/engines/engine.ts';
import type { DynaliteWrite } from '../../../local/engines/dynalite.ts';
import { openStream, type TableStream } from '../../../local/engines/table-streams.ts';
import { deleteExpired } from '../../../local/engines/time-to-live.ts';
import type { AttributeValue } from '../../../local/streams/item.ts';
import type { StreamRecord } from '../../../local/streams/record.ts';

const stream = { arn: 'stream', region: 'r', viewType: 'NEW_AND_OLD_IMAGES', keyNames: ['pk', 'sk'] } as const;
const table = (name: string) => ({
  name,
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' as const },
    { AttributeName: 'sk', AttributeType: 'N' as const },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' as const },
    { AttributeName: 'sk', KeyType: 'RANGE' as const },
  ],
  TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
});
const watched = { ...table('Watched'), stream };
const plain = table('Plain');

const opened = async (dir?: string, readers: readonly string[] = ['one']): Promise<DynamodbEngine> => {
  const made = await openDynamodb(dir, [{ tableName: watched.name, stream, readers }]);
  await createTables(made, [watched, plain]);
  return made;
};

let engine: DynamodbEngine;
beforeEach(async () => {
  engine = await opened();
});
afterEach(() => engine.close());

const streamOf = (of: DynamodbEngine): TableStream => {
  const found = of.streams.get('stream');
  if (found === undefined) throw new Error('there is no stream');
  return found;
};
const records = (of = engine, reader = 'one') => streamOf(of).read(reader, 10_000);
const told = async (): Promise<string[]> =>
  (await records()).map(({ eventName, dynamodb: { Keys, OldImage, NewImage } }) =>
    [eventName, numberOf(Keys['sk']), textOf(OldImage), textOf(NewImage)].join(' ').trim(),
  );
const numberOf = (value: AttributeValue | undefined) => (value !== undefined && 'N' in value ? value.N : '');
const textOf = (image: StreamRecord['dynamodb']['NewImage']) => {
  const { text } = image ?? {};
  return text === undefined ? '-' : 'S' in text ? text.S : '?';
};

const keyOf = (n: number) => ({ pk: { S: 'a' }, sk: { N: String(n) } });
const itemOf = (n: number, text: string) => ({ ...keyOf(n), text: { S: text } });
const put = (n: number, text: string, more: object = {}, TableName = watched.name) =>
  mustCall(engine, 'PutItem', { TableName, Item: itemOf(n, text), ...more });

test('each write is told once, in the order of the writes, with what was there before', async () => {
  await put(1, 'a');
  await put(1, 'b');
  await mustCall(engine, 'UpdateItem', {
    TableName: watched.name,
    Key: keyOf(2),
    UpdateExpression: 'SET #t = :t',
    ExpressionAttributeNames: { '#t': 'text' },
    ExpressionAttributeValues: { ':t': { S: 'c' } },
  });
  await mustCall(engine, 'BatchWriteItem', {
    RequestItems: {
      [watched.name]: [{ PutRequest: { Item: itemOf(3, 'd') } }, { DeleteRequest: { Key: keyOf(1) } }],
      [plain.name]: [{ PutRequest: { Item: itemOf(9, 'x') } }],
    },
  });
  await mustCall(engine, 'DeleteItem', { TableName: watched.name, Key: keyOf(2) });
  const [first, second, third, ...last] = await told();
  expect([first, second, third]).toEqual(['INSERT 1 - a', 'MODIFY 1 a b', 'INSERT 2 - c']);
  // What one call of a batch writes has no order.
  expect(last.toSorted()).toEqual(['INSERT 3 - d', 'REMOVE 1 b -', 'REMOVE 2 c -']);
  const numbers = (await records()).map(({ dynamodb }) => dynamodb.SequenceNumber);
  expect(numbers).toEqual([...new Set(numbers)].toSorted());
});

test.each<{ why: string; write: () => Promise<unknown> }>([
  { why: 'puts what is there', write: () => put(1, 'a') },
  {
    why: 'deletes what is not there',
    write: () => mustCall(engine, 'DeleteItem', { TableName: watched.name, Key: keyOf(7) }),
  },
  {
    why: 'loses its condition',
    write: () =>
      engine.call('PutItem', {
        TableName: watched.name,
        Item: itemOf(1, 'b'),
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
  },
  { why: 'is no write', write: () => mustCall(engine, 'GetItem', { TableName: watched.name, Key: keyOf(1) }) },
  { why: 'is to a table without a stream', write: () => put(1, 'b', {}, plain.name) },
  { why: 'is refused', write: () => engine.call('PutItem', { TableName: watched.name, Item: { pk: { S: 'a' } } }) },
])('a call that $why is not told', async ({ write }) => {
  await put(1, 'a');
  await write();
  expect(await told()).toEqual(['INSERT 1 - a']);
});

test('what the time to live deletes was deleted by the service, and what a caller deletes was not', async () => {
  await put(1, 'a', { Item: { ...itemOf(1, 'a'), expires_at: { N: '1' } } });
  await put(2, 'b');
  await deleteExpired(engine, watched);
  await mustCall(engine, 'DeleteItem', { TableName: watched.name, Key: keyOf(2) });
  const removed = (await records()).filter(({ eventName }) => eventName === 'REMOVE');
  expect(removed.map(({ userIdentity }) => userIdentity?.principalId)).toEqual(['dynamodb.amazonaws.com', undefined]);
});

describe('callers get the answers that they get of a table without a stream', () => {
  const calls = (TableName: string): readonly (readonly [string, Input])[] => [
    ['PutItem', { TableName, Item: itemOf(1, 'a'), ReturnConsumedCapacity: 'TOTAL' }],
    ['PutItem', { TableName, Item: itemOf(1, 'b'), ReturnValues: 'ALL_OLD' }],
    ['PutItem', { TableName, Item: itemOf(1, 'c'), ConditionExpression: 'attribute_not_exists(pk)' }],
    ...['NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW'].map(
      (ReturnValues) =>
        [
          'UpdateItem',
          {
            TableName,
            Key: keyOf(1),
            UpdateExpression: 'SET n = if_not_exists(n, :one) + :one',
            ExpressionAttributeValues: { ':one': { N: '1' } },
            ReturnValues,
          },
        ] as const,
    ),
    ['GetItem', { TableName, Key: keyOf(1) }],
    ['DeleteItem', { TableName, Key: keyOf(1), ReturnValues: 'ALL_OLD' }],
    ['DeleteItem', { TableName, Key: keyOf(1), ReturnValues: 'ALL_OLD', ConditionExpression: 'attribute_exists(pk)' }],
    [
      'BatchWriteItem',
      { RequestItems: { [TableName]: [{ PutRequest: { Item: itemOf(2, 'a') } }] }, ReturnConsumedCapacity: 'TOTAL' },
    ],
    ['Scan', { TableName }],
  ];
  const named = (answer: object): unknown => JSON.parse(JSON.stringify(answer).replaceAll(watched.name, plain.name));

  test('call for call', async () => {
    const others = calls(plain.name);
    for (const [n, [action, input]] of calls(watched.name).entries())
      expect({ action, ...(named(await engine.call(action, input)) as object) }).toEqual({
        action,
        ...(await engine.call(action, others[n]?.[1] ?? {})),
      });
  });
});

test('whatever runs at once, the records of an item tell its course from image to image, to what it is now', async () => {
  const step = fc.record({
    sk: fc.integer({ min: 1, max: 3 }),
    kind: fc.constantFrom('put', 'add', 'delete'),
    value: fc.integer({ min: 0, max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const own = await opened();
      await Promise.all(
        steps.map(({ sk, kind, value }) => {
          const of = { TableName: watched.name, Key: keyOf(sk) };
          if (kind === 'put') return own.call('PutItem', { TableName: watched.name, Item: itemOf(sk, String(value)) });
          if (kind === 'delete') return own.call('DeleteItem', of);
          return own.call('UpdateItem', {
            ...of,
            UpdateExpression: 'ADD n :n',
            ExpressionAttributeValues: { ':n': { N: String(value) } },
          });
        }),
      );
      const last = new Map<string, unknown>();
      for (const { dynamodb } of await records(own)) {
        const sk = numberOf(dynamodb.Keys['sk']);
        expect(dynamodb.OldImage).toEqual(last.get(sk));
        last.set(sk, dynamodb.NewImage);
      }
      const { Items } = await mustCall(own, 'Scan', { TableName: watched.name });
      await own.close();
      const kept = [...last.values()].filter((image) => image !== undefined);
      expect(new Set(kept.map((image) => JSON.stringify(image)))).toEqual(
        new Set((Items as object[]).map((item) => JSON.stringify(item))),
      );
    }),
    { numRuns: 20 },
  );
});

test('an item and its record are one write of the store, so that no end of the process comes between them', async () => {
  const writes: (readonly DynaliteWrite[])[] = [];
  const db = {
    batch: async (operations: readonly DynaliteWrite[]) => void writes.push(operations),
    iterator: () => ({ all: async () => [] }),
  };
  const made = await openStream(db, { tableName: 'T', stream, readers: ['one'] });
  const item = { type: 'put', key: 'item', value: keyOf(1) } as const;
  await made.write(item, { before: undefined, after: keyOf(1), byService: false });
  await made.write({ type: 'del', key: 'item' }, { before: keyOf(1), after: undefined, byService: false });
  expect(writes).toEqual([
    [
      item,
      { type: 'put', key: expect.stringContaining('T~'), value: expect.objectContaining({ eventName: 'INSERT' }) },
    ],
    [
      { type: 'del', key: 'item' },
      expect.objectContaining({ value: expect.objectContaining({ eventName: 'REMOVE' }) }),
    ],
  ]);
});

test('a write waits for the one before it, so that no reader sees a later record first', async () => {
  const writes: PromiseWithResolvers<void>[] = [];
  const db = {
    batch: () => {
      const write = Promise.withResolvers<void>();
      writes.push(write);
      return write.promise;
    },
    iterator: () => ({ all: async () => [] }),
  };
  const made = await openStream(db, { tableName: 'T', stream, readers: ['one'] });
  const write = (n: number) =>
    made.write({ type: 'del', key: String(n) }, { before: keyOf(n), after: undefined, byService: false });
  const both = Promise.all([write(1).catch(() => 'failed'), write(2)]);
  await new Promise(setImmediate);
  expect(writes).toHaveLength(1);
  // One that fails holds up nobody.
  writes[0]?.reject(new Error('no space left on device'));
  await new Promise(setImmediate);
  expect(writes).toHaveLength(2);
  writes[1]?.resolve();
  expect(await both).toEqual(['failed', undefined]);
});

describe('a record is kept', () => {
  test('until everybody who reads the stream has passed it', async () => {
    const own = await opened(undefined, ['one', 'two']);
    for (const n of [1, 2, 3]) await mustCall(own, 'PutItem', { TableName: watched.name, Item: itemOf(n, 'x') });
    const numbers = (await records(own)).map(({ dynamodb }) => dynamodb.SequenceNumber);
    await streamOf(own).pass('one', numbers[2] ?? '');
    expect(await records(own, 'one')).toEqual([]);
    expect(await records(own, 'two')).toHaveLength(3);
    await streamOf(own).pass('two', numbers[1] ?? '');
    expect(await records(own, 'two')).toHaveLength(1);
    await own.close();
  });

  test('with its item in the data folder, and numbers go on', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'streams-'));
    const first = await opened(dir);
    for (const n of [1, 2, 3]) await mustCall(first, 'PutItem', { TableName: watched.name, Item: itemOf(n, 'x') });
    const before = await records(first);
    await streamOf(first).pass('one', before[0]?.dynamodb.SequenceNumber ?? '');
    await first.close();

    const second = await opened(dir);
    expect(await records(second)).toEqual(before.slice(1));
    await streamOf(second).pass('one', before[2]?.dynamodb.SequenceNumber ?? '');
    await second.close();

    const third = await opened(dir);
    expect(await records(third)).toEqual([]);
    await mustCall(third, 'PutItem', { TableName: watched.name, Item: itemOf(4, 'x') });
    const [last] = await records(third);
    expect(last?.dynamodb.SequenceNumber.localeCompare(before[2]?.dynamodb.SequenceNumber ?? '')).toBe(1);
    await third.close();
    rmSync(dir, { recursive: true });
  });
});
