import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createQueues, openQueues, type QueueEngine } from '../../local/engines/queues.ts';

const QueueUrl = 'http://localhost/000000000000/Jobs.fifo';
const attributes = Object.freeze({ FifoQueue: 'true' });

let sqs: QueueEngine;
beforeEach(async () => {
  sqs = await openQueues('eu-west-1');
  const arn = 'arn:aws:sqs:eu-west-1:000000000000:Jobs.fifo';
  // What a blueprint says is frozen here: the store fills in attributes of a FIFO queue by itself.
  await createQueues(sqs, [{ name: 'Jobs', queueName: 'Jobs.fifo', url: QueueUrl, arn, attributes }]);
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
