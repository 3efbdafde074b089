import { afterEach, describe, expect, test } from '@jest/globals';
import type { GatewayOptions } from '../../local/gateway.ts';
import type { Client } from './client.ts';
import { addStream, type Fixture } from './fixture-assembly.ts';
import { type Handled, type RunningGateway, runGateway } from './running-gateway.ts';

let gateway: RunningGateway;
let client: Client;
afterEach(() => gateway?.close());

const opened = async (
  mapping: Record<string, unknown> = {},
  options: Partial<GatewayOptions> = {},
  change: (fixture: Fixture) => void = () => {},
): Promise<void> => {
  gateway = await runGateway(options, (fixture) => {
    addStream(fixture, mapping);
    change(fixture);
  });
  client = await gateway.open();
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

test('what a function writes to a table reaches the function that reads its stream, as Lambda hands it over', async () => {
  await opened({}, { clock: () => 0 });
  await put(1, { text: { S: 'first' } });
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
          Keys: keyOf(1),
          NewImage: { ...keyOf(1), text: { S: 'first' } },
          SequenceNumber: expect.stringMatching(/^[0-9]{21}$/),
          SizeBytes: 2 + 4 + 2 + 1 + 2 + 4 + 2 + 1 + 4 + 5,
          StreamViewType: 'NEW_AND_OLD_IMAGES',
        },
        eventSourceARN: 'arn:aws:dynamodb:us-east-1:000000000000:table/app-Events/stream/1970-01-01T00:00:00.000',
      },
    ],
  });
});

/** The first item that each batch begins with, until one has `last` in it. */
const batchesUntil = async (last: number): Promise<string[][]> => {
  const batches: string[][] = [];
  while (!batches.flat().includes(String(last))) batches.push(numbersOf(await gateway.handled('Quiet')));
  return batches;
};

describe('what is behind a batch that fails waits until it does not', () => {
  test.each([
    { why: 'throws', more: { throw: { N: '2' } } },
    { why: 'ends its process', more: { exit: { N: '1' } } },
    { why: 'reports it', more: { fail: { N: '2' } } },
    { why: 'answers with an identifier that is none', more: { odd: { N: '2' } } },
  ])('where the function $why', async ({ more }) => {
    // The batch is one record: the second is no part of a try.
    await opened({ BatchSize: 1 });
    await put(1, more);
    await put(2);
    const batches = await batchesUntil(2);
    expect(batches.length).toBeGreaterThan(2);
    expect(batches.flat().slice(0, -1)).toEqual(Array(batches.length - 1).fill('1'));
  });
});

test('of a batch in which one fails only that and what is behind it comes again', async () => {
  await opened();
  const more = { fail: { N: '1' } };
  const requests = [1, 2, 3].map((n) => ({ PutRequest: { Item: { ...keyOf(n), ...(n === 2 ? more : {}) } } }));
  await asked('dynamodb', 'BatchWriteItem', { RequestItems: { [TableName]: requests } });
  const batches: string[][] = [];
  // However the three were cut into batches: each is there once, the one that failed twice, and those behind it in its batch.
  while (new Set(batches.flat()).size < 3 || batches.flat().filter((one) => one === '2').length < 2)
    batches.push(numbersOf(await gateway.handled('Quiet')));
  const failed = batches.findIndex((batch) => batch.includes('2'));
  const behind = batches[failed]?.slice(batches[failed]?.indexOf('2')) ?? [];
  expect(batches[failed + 1]?.slice(0, behind.length)).toEqual(behind);
  expect(batches.flat().toSorted()).toEqual(['1', '2', '3', ...behind].toSorted());
});

test('a filter keeps records from the function', async () => {
  const pattern = { eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: [{ prefix: '1' }] } } } };
  await opened({ FilterCriteria: { Filters: [{ Pattern: JSON.stringify(pattern) }] } });
  await put(1);
  await put(1, { changed: { BOOL: true } });
  await put(2);
  await put(12);
  expect(await batchesUntil(12)).toEqual([['1'], ['12']]);
  expect(gateway.meter.invocations['Quiet']).toBe(2);
});
