/** The function of examples/publisher-lambda before the local gateway: a change of its table is an event that devices hear. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { connect, type MaitredClient, type RestaurantEvent } from '../../client/src/index.ts';
import { keptAssembly } from '../../lib/kept-assembly.ts';
import { type Gateway, startGateway } from '../../local/gateway.ts';
import { until } from '../conversation/until.ts';

type Handler = (event: DynamoDBStreamEvent) => Promise<unknown>;

let gateway: Gateway;
let handler: Handler;
let kitchen: MaitredClient;
const heard: RestaurantEvent[] = [];
beforeAll(async () => {
  gateway = await startGateway({ assemblyDir: await keptAssembly('local'), timeScale: 10, warm: false });
  Object.assign(process.env, {
    EVENT_QUEUE_URL: gateway.queues['EventQueue'],
    AWS_ENDPOINT_URL_SQS: gateway.sqsEndpoint,
    AWS_REGION: gateway.operator.region,
    AWS_ACCESS_KEY_ID: gateway.operator.accessKeyId,
    AWS_SECRET_ACCESS_KEY: gateway.operator.secretAccessKey,
  });
  ({ handler } = await import('../../examples/publisher-lambda/handler.ts'));
  kitchen = connect({
    url: gateway.url,
    restaurantId: 'r-17',
    connectionType: 'kitchen',
    getToken: () => gateway.token('chef'),
  });
  kitchen.on('*', (event) => heard.push(event));
  await until(
    async () => kitchen.state.status,
    (status) => status === 'connected',
  );
}, 60_000);
afterAll(async () => {
  kitchen?.close();
  await gateway?.close();
});

const inserted = (nth: number): DynamoDBRecord => ({
  eventID: `change-${nth}`,
  eventName: 'INSERT',
  dynamodb: {
    SequenceNumber: String(nth),
    NewImage: {
      restaurant_id: { S: 'r-17' },
      order_id: { S: `o-${nth}` },
      table: { S: '4' },
      items: { L: [{ S: 'Crème 🍕' }] },
    },
  },
});
const orders = () => heard.map(({ data }) => Object(data).order_id);

test('twenty-three orders are heard in their order, and tried again they are not heard twice', async () => {
  const Records = Array.from({ length: 23 }, (_, nth) => inserted(nth));
  expect(await handler({ Records })).toEqual({ batchItemFailures: [] });
  await until(
    async () => orders(),
    ({ length }) => length >= 23,
  );
  expect(await handler({ Records: [...Records.slice(15), inserted(23)] })).toEqual({ batchItemFailures: [] });
  await until(
    async () => orders(),
    (ids) => ids.includes('o-23'),
  );
  expect(orders()).toEqual(Array.from({ length: 24 }, (_, nth) => `o-${nth}`));
  expect(heard[0]?.data).toEqual({ order_id: 'o-0', table: '4', items: ['Crème 🍕'] });
});
