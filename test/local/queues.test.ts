import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createQueues, openQueues, type QueueEngine } from '../../local/engines/queues.ts';

const QueueUrl = 'http://localhost/000000000000/Jobs.fifo';
const arn = (name: string) => `arn:aws:sqs:eu-west-1:000000000000:${name}`;
const redrive = JSON.stringify({ deadLetterTargetArn: arn('Dead.fifo'), maxReceiveCount: 3 });
const attributes = Object.freeze({ FifoQueue: 'true', RedrivePolicy: redrive });
const queue = (queueName: string, attributes: Readonly<Record<string, string>>) => ({
  name: queueName,
  queueName,
  url: QueueUrl.replace('Jobs.fifo', queueName),
  arn: arn(queueName),
  attributes,
});
const dead = queue('Dead.fifo', { FifoQueue: 'true' });

let sqs: QueueEngine;
beforeEach(async () => {
  sqs = await openQueues('eu-west-1');
  // What a blueprint says is frozen here: the store fills in attributes of a FIFO queue by itself.
  await createQueues(sqs, [queue('Jobs.fifo', attributes), dead]);
});
afterEach(() => sqs.close());

test('a queue is made in the region of the app', async () => {
  const { body } = await sqs.call('GetQueueAttributes', { QueueUrl, AttributeNames: ['QueueArn'] });
  expect(body['Attributes']).toEqual({ QueueArn: 'arn:aws:sqs:eu-west-1:000000000000:Jobs.fifo' });
});

test.each([
  { why: 'an action nobody knows', action: 'Sing', input: {}, status: 400, type: /InvalidAction$/ },
  { why: 'a refusal', action: 'SendMessage', input: { MessageBody: 'x' }, status: 400, type: /MissingParameter$/ },
  {
    why: 'what was not expected',
    action: 'SendMessage',
    input: { MessageBody: 5 },
    status: 500,
    type: /InternalError$/,
  },
])('$why is answered with $status', async ({ action, input, status, type }) => {
  const answer = await sqs.call(action, { QueueUrl, ...input });
  expect(answer).toMatchObject({ status, body: { __type: expect.stringMatching(type) } });
});

test('closing ends a receive call that waits', async () => {
  const receiving = sqs.call('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 20 });
  await sqs.close();
  expect(await receiving).toEqual({ status: 200, body: { Messages: undefined } });
});

describe('the messages of a group', () => {
  type Received = Readonly<{ Body: string; ReceiptHandle: string; Attributes: Readonly<Record<string, string>> }>;

  const send = async (group: string, ...bodies: readonly string[]): Promise<void> => {
    for (const MessageBody of bodies)
      await sqs.call('SendMessage', {
        QueueUrl,
        MessageBody,
        MessageGroupId: group,
        MessageDeduplicationId: MessageBody,
      });
  };
  const receive = async (most = 10, VisibilityTimeout = 60, url = QueueUrl): Promise<readonly Received[]> => {
    const { body } = await sqs.call('ReceiveMessage', {
      QueueUrl: url,
      MaxNumberOfMessages: most,
      VisibilityTimeout,
      WaitTimeSeconds: 5,
      MessageSystemAttributeNames: ['All'],
    });
    return (body['Messages'] ?? []) as Received[];
  };
  const nothing = async (): Promise<void> => {
    const { body } = await sqs.call('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 });
    expect(body['Messages']).toBe(undefined);
  };
  const hide = (seconds: number, ...messages: readonly Received[]) =>
    sqs.call('ChangeMessageVisibilityBatch', {
      QueueUrl,
      Entries: messages.map(({ ReceiptHandle }, nth) => ({
        Id: String(nth),
        ReceiptHandle,
        VisibilityTimeout: seconds,
      })),
    });
  const bodies = (messages: readonly Received[]) => messages.map(({ Body }) => Body);

  test('come together, as many as there is room for, and with those of other groups', async () => {
    await send('g', 'a', 'b', 'c');
    await send('h', 'x');
    expect(bodies(await receive(2))).toEqual(['a', 'b']);
    expect(bodies(await receive())).toEqual(['x']);
    await nothing();
  });

  test('wait for every one of them that is hidden', async () => {
    await send('g', 'a', 'b', 'c');
    const [a, b] = await receive(2);
    await sqs.call('DeleteMessage', { QueueUrl, ReceiptHandle: a?.ReceiptHandle });
    await nothing();
    await sqs.call('DeleteMessage', { QueueUrl, ReceiptHandle: b?.ReceiptHandle });
    expect(bodies(await receive())).toEqual(['c']);
  });

  test.each([
    { why: 'together', seconds: [0, 0, 0] },
    { why: 'the last first', seconds: [1, 1, 0] },
    { why: 'the first first', seconds: [0, 1, 1] },
    { why: 'when their time is over', seconds: [1, 1, 1] },
  ])('that come back $why come in their order, and know how often they came', async ({ seconds }) => {
    await send('g', 'a', 'b', 'c', 'd');
    const first = await receive(3);
    for (const [nth, message] of first.entries()) await hide(seconds[nth] ?? 0, message);
    if (seconds.includes(1)) await nothing();
    const again = await receive();
    expect(bodies(again)).toEqual(['a', 'b', 'c', 'd']);
    expect(again.map(({ Attributes }) => Attributes['ApproximateReceiveCount'])).toEqual(['2', '2', '2', '1']);
  });

  test('come once in a batch that hides them for no time', async () => {
    await send('g', 'a', 'b');
    expect(bodies(await receive(10, 0))).toEqual(['a', 'b']);
    expect(bodies(await receive(10, 0))).toEqual(['a', 'b']);
  });

  test('are put aside each at its own limit of receives, and those behind take their place', async () => {
    await send('g', 'a', 'b');
    await receive(1, 0);
    await receive(10, 0);
    await receive(10, 0);
    expect(bodies(await receive())).toEqual(['b']);
    expect(bodies(await receive(10, 60, dead.url))).toEqual(['a']);
  });

  test('cannot be hidden by who had them before', async () => {
    await send('g', 'a');
    const before = await receive(1, 0);
    const [now] = await receive();
    expect((await hide(1, ...before)).body).toMatchObject({ Failed: [{ Code: 'ReceiptHandleIsInvalid' }] });
    if (now === undefined) throw new Error('it did not come again');
    expect((await hide(0, now)).body).toMatchObject({ Successful: [{ Id: '0' }], Failed: [] });
  });
});
