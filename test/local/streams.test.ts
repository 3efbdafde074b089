import { afterEach, expect, test } from '@jest/globals';
import type { GatewayOptions } from '../../local/gateway.ts';
import { addStream, type Fixture } from './fixture-assembly.ts';
import { type Handled, type RunningGateway, runGateway } from './running-gateway.ts';
import type { Client } from './client.ts';

let gateway: RunningGateway;
let client: Client;
afterEach(() => gateway.close());

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

test('a function puts events on a bus', async () => {
  await opened();
  const { status, body } = await asked('events', 'PutEvents', {
    Entries: [
      { Source: 'maitred.events', DetailType: 'order.created', Detail: '{"v":1}', EventBusName: 'here' },
      { Source: 'aws.x', DetailType: 'order.created', Detail: '{"v":1}' },
    ],
  });
  expect({ status, body }).toEqual({
    status: 200,
    body: {
      FailedEntryCount: 1,
      Entries: [
        { EventId: expect.any(String) },
        { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' },
      ],
    },
  });
});

test('a batch that fails comes again, and what is behind it waits', async () => {
  await opened();
  await put(1, { throw: { N: '2' } });
  await put(2);
  const seen: string[][] = [];
  while (!seen.flat().includes('2')) seen.push(numbersOf(await gateway.handled('Quiet')));
  expect(seen.map(([first]) => first)).toContain('1');
  expect(seen.slice(0, 2)).toEqual([['1'], ['1']]);
});
