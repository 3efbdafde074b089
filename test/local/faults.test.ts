import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createFaults, type Fate } from '../../local/faults.ts';
import { type RunningGateway, runGateway } from './running-gateway.ts';

let gateway: RunningGateway;
beforeEach(async () => {
  gateway = await runGateway();
});
afterEach(() => gateway.close());

/** Waits until so many batches have been deleted from the queue. */
const deletions = async (count: number): Promise<void> => {
  while ((gateway.meter.sqsRequests['DeleteMessageBatch'] ?? 0) < count) await new Promise(setImmediate);
};

const getItem = {
  do: 'dynamodb',
  action: 'GetItem',
  input: { TableName: 'app-Connections', Key: { connection_id: { S: 'x' } } },
};

test('messages of one connection are handled at the same time, each sandbox one at a time', async () => {
  const held = Promise.withResolvers<Fate>();
  gateway.faults.awsCall = () => held.promise;
  const client = await gateway.open();
  client.send({ ...getItem, n: 1 });
  client.send({ n: 2 });
  expect(await client.next()).toEqual({ n: 2 });
  held.resolve('pass');
  expect(await client.next()).toEqual({ status: 200, body: {} });
  for (let n = 0; n < 20; n += 1) client.send({ n });
  for (let n = 0; n < 20; n += 1) await client.next();
  client.send({ do: 'most' });
  expect(await client.next()).toEqual({ most: 1 });
});

test('of two messages the second can be handled first', async () => {
  gateway.faults.messageOrder = 'reversed';
  const client = await gateway.open();
  client.send({ n: 1 });
  client.send({ n: 2 });
  expect((await gateway.handled('Reply')).body).toBe('{"n":2}');
  expect((await gateway.handled('Reply')).body).toBe('{"n":1}');
  client.send({ n: 3 });
  expect((await gateway.handled('Reply')).body).toBe('{"n":3}');
});

test.each([
  { why: 'twice', delivery: 'twice', times: 2 },
  { why: 'late', delivery: { afterMs: 50 }, times: 1 },
] as const)('$disconnect can come $why', async ({ delivery, times }) => {
  gateway.faults.disconnects = delivery;
  const client = await gateway.open();
  client.socket.close();
  for (let n = 0; n < times; n += 1)
    await gateway.handled('Disconnect', (event) => event.requestContext.connectionId === client.id);
  expect(gateway.meter.invocations['Disconnect']).toBe(times);
});

test('$disconnect can be lost', async () => {
  gateway.faults.disconnects = 'never';
  const lost = await gateway.open();
  lost.socket.close();
  await gateway.event((event) => event.type === 'closed');
  gateway.faults.disconnects = 'once';
  const client = await gateway.open();
  client.socket.close();
  const { requestContext } = await gateway.handled('Disconnect');
  expect(requestContext.connectionId).toBe(client.id);
});

test.each([
  { why: 'twice', delivery: 'twice', times: 2 },
  { why: 'late', delivery: { afterMs: 50 }, times: 1 },
  { why: 'never', delivery: 'never', times: 0 },
] as const)('queue messages can come $why', async ({ delivery, times }) => {
  gateway.faults.queueMessages = delivery;
  const client = await gateway.open();
  const send = async (MessageBody: string) => {
    client.send({ do: 'sqs', action: 'SendMessage', input: { QueueUrl: gateway.queues['Timer'], MessageBody } });
    expect(await client.next()).toMatchObject({ status: 200 });
  };
  await send('tick');
  for (let n = 0; n < times; n += 1) await gateway.handled('OnTimer', ({ Records }) => Records[0].body === 'tick');
  // A message is deleted when all its deliveries are over; then the next one is seen.
  await deletions(1);
  gateway.faults.queueMessages = 'once';
  await send('tock');
  await gateway.handled('OnTimer', ({ Records }) => Records[0].body === 'tock');
  expect(gateway.meter.invocations['OnTimer']).toBe(times + 1);
});

test.each([
  { fate: 'unavailable', isDone: false },
  { fate: 'answer_lost', isDone: true },
] as const)('a call to the database can be $fate', async ({ fate, isDone }) => {
  const client = await gateway.open();
  const put = (id: string) => ({
    do: 'dynamodb',
    action: 'PutItem',
    input: { TableName: 'app-Connections', Item: { connection_id: { S: id } } },
  });
  gateway.faults.awsCall = () => fate;
  client.send(put('x'));
  expect(await client.next()).toMatchObject({ status: 500 });
  gateway.faults.awsCall = () => 'pass';
  client.send(getItem);
  expect(await client.next()).toEqual({ status: 200, body: isDone ? { Item: { connection_id: { S: 'x' } } } : {} });
});

test('the fault knows who calls and what is asked', async () => {
  const client = await gateway.open();
  const calls: unknown[] = [];
  gateway.faults.awsCall = (call) => {
    calls.push(call);
    return 'pass';
  };
  client.send(getItem);
  await client.next();
  expect(calls).toEqual([
    {
      caller: { kind: 'function', functionName: 'app-Reply' },
      service: 'dynamodb',
      action: 'GetItem',
      input: getItem.input,
    },
  ]);
});

test('without faults everything is delivered once and in order', () => {
  expect(createFaults()).toMatchObject({
    disconnects: 'once',
    queueMessages: 'once',
    messageOrder: 'kept',
    throttledPosts: 0,
  });
});
