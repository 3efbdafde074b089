import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Client } from './client.ts';
import { addStream } from './fixture-assembly.ts';
import { type Handled, type RunningGateway, runGateway } from './running-gateway.ts';

let gateway: RunningGateway;
let client: Client;

/** What is told of is an item whose number begins with 1, when it is new. */
const pattern = { eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: [{ prefix: '1' }] } } } };

const runWith = (BatchSize: number): void => {
  beforeAll(async () => {
    const mapping = { BatchSize, FilterCriteria: { Filters: [{ Pattern: JSON.stringify(pattern) }] } };
    gateway = await runGateway({}, (fixture) => addStream(fixture, mapping));
    client = await gateway.open();
  });
  afterAll(() => gateway.close());
};

const asked = async (service: string, action: string, input: object): Promise<Handled> => {
  client.send({ do: service, action, input });
  return client.next();
};

const TableName = 'app-Events';
const keyOf = (n: number) => ({ pk: { S: 'r-17' }, sk: { S: String(n) } });
const put = (n: number, more: object = {}) =>
  asked('dynamodb', 'PutItem', { TableName, Item: { ...keyOf(n), ...more } });

const numbersOf = ({ Records }: Handled): string[] => Records.map(({ dynamodb }: Handled) => dynamodb.Keys.sk.S);

/** The batches that come, each as the numbers of its items, until one has `last` in it. */
const batchesUntil = async (last: number): Promise<string[][]> => {
  const batches: string[][] = [];
  while (!batches.flat().includes(String(last))) batches.push(numbersOf(await gateway.handled('Quiet')));
  return batches;
};

describe('what a function writes to a table', () => {
  runWith(10);

  test('reaches the function that reads its stream, as Lambda hands it over', async () => {
    await put(10, { text: { S: 'first' } });
    const first = await gateway.handled('Quiet');
    expect(first).toEqual({
      Records: [
        {
          eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
          eventName: 'INSERT',
          eventVersion: '1.1',
          eventSource: 'aws:dynamodb',
          awsRegion: 'us-east-1',
          dynamodb: {
            ApproximateCreationDateTime: expect.any(Number),
            Keys: keyOf(10),
            NewImage: { ...keyOf(10), text: { S: 'first' } },
            SequenceNumber: expect.stringMatching(/^[0-9]{21}$/),
            SizeBytes: 2 + 4 + 2 + 2 + 2 + 4 + 2 + 2 + 4 + 5,
            StreamViewType: 'NEW_AND_OLD_IMAGES',
          },
          eventSourceARN: 'arn:aws:dynamodb:us-east-1:000000000000:table/app-Events/stream/1970-01-01T00:00:00.000',
        },
      ],
    });
  });

  test('of a batch in which one fails only that and what is behind it comes again', async () => {
    const more = { fail: { N: '1' } };
    const requests = [11, 12, 13].map((n) => ({ PutRequest: { Item: { ...keyOf(n), ...(n === 12 ? more : {}) } } }));
    await asked('dynamodb', 'BatchWriteItem', { RequestItems: { [TableName]: requests } });
    const batches: string[][] = [];
    // However the three were cut into batches: each is there once, the one that failed twice, and those behind it in its batch.
    while (new Set(batches.flat()).size < 3 || batches.flat().filter((one) => one === '12').length < 2)
      batches.push(numbersOf(await gateway.handled('Quiet')));
    const failed = batches.findIndex((batch) => batch.includes('12'));
    const behind = batches[failed]?.slice(batches[failed]?.indexOf('12')) ?? [];
    expect(batches[failed + 1]?.slice(0, behind.length)).toEqual(behind);
    expect(batches.flat().toSorted()).toEqual(['11', '12', '13', ...behind].toSorted());
  });

  test('a filter keeps records from the function', async () => {
    await put(14);
    await put(14, { changed: { BOOL: true } });
    await put(2);
    await put(15);
    expect((await batchesUntil(15)).flat()).toEqual(['14', '15']);
  });
});

describe('what is behind a batch that fails waits until it does not', () => {
  // So that the second is no part of a try.
  runWith(1);

  test.each([
    { why: 'throws', first: 10, more: { throw: { N: '2' } } },
    { why: 'ends its process', first: 12, more: { exit: { N: '1' } } },
    { why: 'reports it', first: 14, more: { fail: { N: '2' } } },
    { why: 'answers with an identifier that is none', first: 16, more: { odd: { N: '2' } } },
  ])('where the function $why', async ({ more, first }) => {
    await put(first, more);
    await put(first + 1);
    const batches = await batchesUntil(first + 1);
    expect(batches.length).toBeGreaterThan(2);
    expect(batches.flat().slice(0, -1)).toEqual(Array(batches.length - 1).fill(String(first)));
  });
});
