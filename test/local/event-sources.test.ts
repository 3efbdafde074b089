import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ReceiveMessageCommand, SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createArrivals } from '../../local/arrivals.ts';
import { startEventSource, succeeded } from '../../local/event-sources.ts';
import { createFaults } from '../../local/faults.ts';
import { createMeter } from '../../local/meter.ts';
import type { Outcome } from '../../local/sandbox/sandbox.ts';
import { type Handled, type RunningGateway, runGateway } from './running-gateway.ts';

const returned = (value: unknown): Outcome => ({ kind: 'returned', value });
const messages = [{ MessageId: 'a' }, { MessageId: 'b' }];

describe('what is done with after a batch', () => {
  test.each([
    { why: 'nothing is reported', outcome: returned(undefined), done: ['a', 'b'] },
    { why: 'null is returned', outcome: returned(null), done: ['a', 'b'] },
    { why: 'the list is empty', outcome: returned({ batchItemFailures: [] }), done: ['a', 'b'] },
    { why: 'the list is null', outcome: returned({ batchItemFailures: null }), done: ['a', 'b'] },
    { why: 'one is reported', outcome: returned({ batchItemFailures: [{ itemIdentifier: 'a' }] }), done: ['b'] },
    { why: 'an id is unknown', outcome: returned({ batchItemFailures: [{ itemIdentifier: 'c' }] }), done: [] },
    { why: 'an id is empty', outcome: returned({ batchItemFailures: [{ itemIdentifier: '' }] }), done: [] },
    { why: 'an id is null', outcome: returned({ batchItemFailures: [{ itemIdentifier: null }] }), done: [] },
    { why: 'a key is misspelt', outcome: returned({ batchItemFailures: [{ itemIdentifer: 'a' }] }), done: [] },
    { why: 'the list is no list', outcome: returned({ batchItemFailures: 'a' }), done: [] },
    { why: 'the function threw', outcome: { kind: 'threw', errorType: 'E', errorMessage: '' } as Outcome, done: [] },
    { why: 'the function timed out', outcome: { kind: 'timed_out' } as Outcome, done: [] },
  ])('when $why: $done', ({ outcome, done }) => {
    expect(succeeded(messages, outcome, true).map(({ MessageId }) => MessageId)).toEqual(done);
  });

  test('without ReportBatchItemFailures the response says nothing', () => {
    expect(succeeded(messages, returned({ batchItemFailures: [{ itemIdentifier: 'a' }] }), false)).toEqual(messages);
  });
});

test('a batch that is done with is kept by nobody', async () => {
  const collect = garbageCollector();
  const answers: WeakRef<object>[] = [];
  const enough = Promise.withResolvers<void>();
  const source = startEventSource({
    source: { functionName: 'f', queueArn: 'q', batchSize: 1, concurrency: 1, reportsItemFailures: true },
    queue: { name: 'Q', queueName: 'q', url: 'u', arn: 'q', attributes: {} },
    region: 'r',
    sqs: {
      call: async (action) => {
        if (action !== 'ReceiveMessage') return { status: 200, body: {} };
        await new Promise(setImmediate);
        if (answers.length === 100) {
          enough.resolve();
          return new Promise(() => {});
        }
        const Messages = [{ MessageId: 'a', ReceiptHandle: 'h', Body: 'x'.repeat(64_000), MD5OfBody: 'm' }];
        answers.push(new WeakRef(Messages));
        return { status: 200, body: { Messages } };
      },
      close: async () => {},
    },
    invoke: async () => returned({ batchItemFailures: [] }),
    arrivals: createArrivals(),
    recorder: createMeter(),
    faults: createFaults(),
  });
  await enough.promise;
  await new Promise(setImmediate);
  collect();
  const kept = answers.filter((answer) => answer.deref() !== undefined).length;
  source.close();
  // The last one may still be on somebody's stack.
  expect(kept).toBeLessThan(5);
});

test.each([
  { queue: 'a queue that can delay messages', attributes: {}, order: [['free'], [`of ${'A'.repeat(15)}=`]] },
  {
    queue: 'a FIFO queue',
    attributes: { FifoQueue: 'true' },
    order: [['free', `of ${'A'.repeat(15)}=`]],
  },
])(
  'a message of $queue comes after what its connection sent where it may be a timer, and holds no other up',
  async ({ attributes, order }) => {
    const bodies = order.flat();
    const arrivals = createArrivals();
    const arrival = arrivals.add(`${'A'.repeat(15)}=`);
    const batches: string[][] = [];
    const free = Promise.withResolvers<void>();
    const all = Promise.withResolvers<void>();
    let isAsked = false;
    const source = startEventSource({
      source: { functionName: 'f', queueArn: 'q', batchSize: 10, concurrency: 1, reportsItemFailures: true },
      queue: { name: 'Q', queueName: 'q', url: 'u', arn: 'q', attributes },
      region: 'r',
      sqs: {
        call: async (action) => {
          if (action !== 'ReceiveMessage') return { status: 200, body: {} };
          if (isAsked) return new Promise(() => {});
          isAsked = true;
          const Messages = bodies.map((Body) => ({ MessageId: Body, ReceiptHandle: Body, Body, MD5OfBody: 'm' }));
          return { status: 200, body: { Messages } };
        },
        close: async () => {},
      },
      invoke: async (event) => {
        batches.push((event as Handled).Records.map(({ body }: Handled) => body));
        free.resolve();
        if (batches.length === order.length) all.resolve();
        return returned({ batchItemFailures: [] });
      },
      arrivals,
      recorder: createMeter(),
      faults: createFaults(),
    });
    await free.promise;
    await new Promise(setImmediate);
    const before = [...batches];
    arrival.done();
    await all.promise;
    source.close();
    expect(before).toEqual(order.slice(0, 1));
    expect(batches).toEqual(order);
  },
);

const garbageCollector = (): (() => void) => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
};

describe('a queue with a function', () => {
  let gateway: RunningGateway;
  let sqs: SQSClient;
  beforeEach(async () => {
    gateway = await runGateway();
    sqs = new SQSClient({
      endpoint: gateway.sqsEndpoint,
      region: 'us-east-1',
      credentials: gateway.operator,
    });
  });
  afterEach(async () => {
    sqs.destroy();
    await gateway.close();
  });

  const bodiesOf = ({ Records }: Handled): string[] => Records.map(({ body }: Handled) => body);

  test('a message reaches the function in the shape of SQS', async () => {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: gateway.queues['Timer'],
        MessageBody: 'tick',
        MessageAttributes: { source: { DataType: 'String', StringValue: 'test' } },
      }),
    );
    const event = await gateway.handled('OnTimer');
    expect(event).toEqual({
      Records: [
        {
          messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          receiptHandle: expect.any(String),
          body: 'tick',
          attributes: {
            ApproximateReceiveCount: '1',
            SentTimestamp: expect.stringMatching(/^\d{13}$/),
            SenderId: 'AIDALOCALOPERATOR',
            ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
          },
          messageAttributes: {
            source: { stringValue: 'test', dataType: 'String', stringListValues: [], binaryListValues: [] },
          },
          md5OfBody: expect.any(String),
          eventSource: 'aws:sqs',
          eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:app-Timer',
          awsRegion: 'us-east-1',
        },
      ],
    });
  });

  test('only a reported message comes again, and after its last try it is in the dead-letter queue', async () => {
    await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: gateway.queues['Timer'],
        Entries: ['good', 'fail'].map((MessageBody) => ({ Id: MessageBody, MessageBody })),
      }),
    );
    const first = await gateway.handled('OnTimer', (event) => bodiesOf(event).includes('fail'));
    expect(bodiesOf(first).sort()).toEqual(['fail', 'good']);
    const second = await gateway.handled('OnTimer', (event) => bodiesOf(event).includes('fail'));
    expect(bodiesOf(second)).toEqual(['fail']);
    expect(second.Records[0].attributes.ApproximateReceiveCount).toBe('2');
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: gateway.queues['DeadLetters'], WaitTimeSeconds: 10 }),
    );
    expect(Messages.map(({ Body }) => Body)).toEqual(['fail']);
  });

  test('a batch whose function throws comes again as a whole', async () => {
    await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: gateway.queues['Timer'],
        Entries: ['throw', 'good'].map((MessageBody) => ({ Id: MessageBody, MessageBody })),
      }),
    );
    await gateway.handled('OnTimer', (event) => bodiesOf(event).includes('good'));
    const again = await gateway.handled('OnTimer', (event) => bodiesOf(event).includes('good'));
    expect(again.Records[0].attributes.ApproximateReceiveCount).toBe('2');
  });

  test('a delayed message comes when its delay is over, not before, and before one with a longer delay', async () => {
    const sentAt = Date.now();
    await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: gateway.queues['Timer'],
        Entries: [2, 1].map((DelaySeconds) => ({
          Id: `${DelaySeconds}`,
          MessageBody: `${DelaySeconds} s`,
          DelaySeconds,
        })),
      }),
    );
    const came = bodiesOf(await gateway.handled('OnTimer'));
    expect(Date.now() - sentAt).toBeGreaterThanOrEqual(1000);
    // Where both had to wait for the machine, they come in one batch.
    if (came.length < 2) came.push(...bodiesOf(await gateway.handled('OnTimer')));
    expect(Date.now() - sentAt).toBeGreaterThanOrEqual(2000);
    expect(came).toEqual(['1 s', '2 s']);
  });

  test.each([901, -1, 1.5])('a delay of %d s is refused', async (DelaySeconds) => {
    const send = new SendMessageCommand({ QueueUrl: gateway.queues['Timer'], MessageBody: 'x', DelaySeconds });
    await expect(sqs.send(send)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });
});

test('a FIFO queue hands out the messages of a group in order, one batch at a time', async () => {
  const gateway = await runGateway({}, ({ template }) => {
    Object.assign(template.Resources['Timer']?.Properties ?? {}, { FifoQueue: true, ContentBasedDeduplication: true });
    delete template.Resources['Timer']?.Properties['RedrivePolicy'];
  });
  const sqs = new SQSClient({
    endpoint: gateway.sqsEndpoint,
    region: 'us-east-1',
    credentials: gateway.operator,
  });
  const sent = Array.from({ length: 12 }, (_, n) => `m${n}`);
  for (const MessageBody of sent)
    await sqs.send(new SendMessageCommand({ QueueUrl: gateway.queues['Timer'], MessageBody, MessageGroupId: 'r-17' }));
  const received: string[] = [];
  while (received.length < sent.length) {
    const { Records } = await gateway.handled('OnTimer');
    received.push(...Records.map(({ body }: Handled) => body));
  }
  expect(received).toEqual(sent);
  sqs.destroy();
  await gateway.close();
});
