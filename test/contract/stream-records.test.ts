/** What the local gateway's streams tell, beside what DynamoDB Local tells of the same writes where it runs. */
import { describe, expect, test } from '@jest/globals';
import type { Input } from '../../local/engines/engine.ts';
import { viewTypes } from '../../local/streams/record.ts';
import { localRecords, recordsAt, type ViewType } from './stream-records.ts';

const endpoint = process.env['DYNAMODB_ENDPOINT'];

const Key = { pk: { S: 'käse' }, sk: { N: '1.5' } };
const put = (more: object, fields: Input = {}) => ['PutItem', { Item: { ...Key, ...more }, ...fields }] as const;
const update = (UpdateExpression: string, ExpressionAttributeValues?: object) =>
  [
    'UpdateItem',
    { Key, UpdateExpression, ...(ExpressionAttributeValues ? { ExpressionAttributeValues } : {}) },
  ] as const;

const everyType = {
  text: { S: 'ü🍕' },
  empty: { S: '' },
  number: { N: '-12.340' },
  large: { N: '12345678901234567890' },
  small: { N: '0.00012' },
  bytes: { B: 'AAECAw==' },
  yes: { BOOL: true },
  nothing: { NULL: true },
  texts: { SS: ['b', 'a'] },
  numbers: { NS: ['3', '10'] },
  binaries: { BS: ['AA==', 'AQI='] },
  list: { L: [{ S: 'a' }, { L: [] }, { M: {} }] },
  map: { M: { deep: { M: { er: { N: '7' } } } } },
};

type Course = { why: string; writes: readonly (readonly [string, Input])[]; count: number };

const courses: readonly Course[] = [
  { why: 'an item of every type, put', writes: [put(everyType)], count: 1 },
  { why: 'an item put over another', writes: [put({ a: { S: 'old' } }), put({ b: { S: 'new' } })], count: 2 },
  { why: 'an item deleted', writes: [put({ a: { S: 'x' } }), ['DeleteItem', { Key }]], count: 2 },
  { why: 'an update that makes an item', writes: [update('SET a = :a', { ':a': { S: 'x' } })], count: 1 },
  {
    why: 'an update of an item',
    writes: [
      put({ a: { S: 'x' }, n: { N: '1' }, set: { SS: ['a'] } }),
      update('SET b = :b REMOVE a ADD n :n, tags :s', {
        ':b': { S: 'y' },
        ':n': { N: '2' },
        ':s': { SS: ['c'] },
      }),
    ],
    count: 2,
  },
  { why: 'a put that changes nothing', writes: [put({ a: { S: 'x' } }), put({ a: { S: 'x' } })], count: 1 },
  {
    why: 'an update that changes nothing',
    writes: [put({ a: { S: 'x' } }), update('SET a = :a', { ':a': { S: 'x' } })],
    count: 1,
  },
  { why: 'a deletion of nothing', writes: [['DeleteItem', { Key }]], count: 0 },
  {
    why: 'a write that lost its condition',
    writes: [put({ a: { S: 'x' } }), put({ a: { S: 'y' } }, { ConditionExpression: 'attribute_not_exists(pk)' })],
    count: 1,
  },
];

/** Without what each engine makes up by itself: ids, numbers, times and regions. */
const comparable = (records: readonly object[]): readonly object[] =>
  records.map((record) => {
    const { eventID: _, eventSourceARN: __, awsRegion: _____, dynamodb, ...rest } = Object(record);
    const { SequenceNumber: ___, ApproximateCreationDateTime: ____, ...told } = dynamodb;
    return { ...rest, dynamodb: sorted(told) };
  });

/** Members of sets have no order. */
const sorted = (value: unknown, name = ''): unknown => {
  if (Array.isArray(value)) return name.length === 2 ? value.toSorted() : value.map((one) => sorted(one));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, sorted(one, key)]));
};

describe.each<{ viewType: ViewType }>(viewTypes.map((viewType) => ({ viewType })))(
  'in a stream of $viewType',
  ({ viewType }) => {
    test.each(courses)('$why has $count records', async ({ writes, count }) => {
      const local = await localRecords(viewType, writes, count);
      expect(local).toHaveLength(count);
      if (endpoint === undefined) return;
      expect(comparable(local)).toEqual(comparable(await recordsAt(endpoint)(viewType, writes, count)));
    });
  },
);
