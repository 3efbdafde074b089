/** The two targets through the SDK's own clients, against a service that answers as it is told to. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { eventBus } from '../../lambdas/eventbridge/event-bus.ts';
import type { Envelope } from '../../lambdas/outbox/envelope.ts';
import { setAsideTo } from '../../lambdas/sqs/outbox-dead-letters.ts';
import { outboxQueue } from '../../lambdas/sqs/outbox-queue.ts';

let server: Server;
let endpoint = '';
let answer: Readonly<{ status: number; body: object }> = { status: 200, body: {} };
let asked: Record<string, unknown>[] = [];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    asked.push(JSON.parse(await textOf(request)));
    response
      .writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' })
      .end(JSON.stringify(answer.body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  endpoint = `http://127.0.0.1:${address.port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
  answer = { status: 200, body: {} };
});

const settings = () => ({
  endpoint,
  region: 'eu-central-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 1,
});
/** The answers here name no checksum of what they were sent. */
const sqs = () => new SQSClient({ ...settings(), md5: false });
const bus = () => eventBus(new EventBridgeClient(settings()), 'arn:aws:events:eu-central-1:111122223333:event-bus/b');
const queue = () => outboxQueue(sqs(), `${endpoint}/111122223333/orders.fifo`);

const envelope = (seq: number, fields: Partial<Envelope> = {}): Envelope => ({
  source: 'maitred.events',
  detailType: 'order.created',
  detail: `{"v":1,"seq":${seq},"data":{"dish":"Crème \u{1f950}\uffff"}}`,
  restaurantId: 'r-17',
  key: `e-1.${seq}`,
  occurredAtMs: Date.UTC(2026, 10, 27, 18),
  ...fields,
});

describe('a bus', () => {
  test('is handed each envelope as an entry of its own, with its time', async () => {
    answer = { status: 200, body: { FailedEntryCount: 0, Entries: [{ EventId: 'a' }] } };
    expect(await bus().put([envelope(1)])).toEqual([{ outcome: 'taken' }]);
    expect(asked).toEqual([
      {
        Entries: [
          {
            EventBusName: 'arn:aws:events:eu-central-1:111122223333:event-bus/b',
            Source: 'maitred.events',
            DetailType: 'order.created',
            Detail: envelope(1).detail,
            Time: Date.UTC(2026, 10, 27, 18) / 1000,
          },
        ],
      },
    ]);
  });

  test('refuses entries one by one: for what they are, or for now', async () => {
    const codes = [
      undefined,
      'MalformedDetail',
      'InvalidArgument',
      'InternalFailure',
      'ThrottlingException',
      'AccessDeniedException',
      'NotAuthorizedForSourceException',
      'NotAuthorizedForDetailTypeException',
      'InvalidAccountIdException',
      'RedactionFailure',
      'OfAnotherYear',
    ];
    answer = {
      status: 200,
      body: { FailedEntryCount: 9, Entries: codes.map((ErrorCode) => (ErrorCode ? { ErrorCode } : { EventId: 'a' })) },
    };
    const answers = await bus().put(codes.map((_, nth) => envelope(nth)));
    if ('refusedTogether' in answers) throw new Error('was refused as a whole');
    expect(answers.map(({ outcome }) => outcome)).toEqual([
      'taken',
      'refused',
      'refused',
      ...Array.from({ length: 8 }, () => 'held'),
    ]);
  });

  test('that answers for fewer entries than it was handed has not taken the others', async () => {
    answer = { status: 200, body: { FailedEntryCount: 0, Entries: [{ EventId: 'a' }] } };
    expect(await bus().put([envelope(1), envelope(2)])).toEqual([
      { outcome: 'taken' },
      { outcome: 'held', reason: 'NoAnswer' },
    ]);
  });

  test('that refuses a whole call says that something in it is wrong', async () => {
    answer = { status: 400, body: { __type: 'ValidationException', message: 'too much' } };
    expect(await bus().put([envelope(1)])).toEqual({ refusedTogether: 'ValidationException' });
  });

  test.each([
    { status: 400, __type: 'ResourceNotFoundException' },
    { status: 400, __type: 'AccessDeniedException' },
    { status: 400, __type: 'ThrottlingException' },
    { status: 503, __type: 'ServiceUnavailable' },
  ])('that is gone, closed, busy or down has taken nothing: $__type', async ({ status, __type }) => {
    answer = { status, body: { __type, message: 'no' } };
    await expect(bus().put([envelope(1)])).rejects.toMatchObject({ name: __type });
  });

  test.each([
    { why: 'a type of 129 characters', of: envelope(1, { detailType: 'x'.repeat(129) }), misfit: 'type_too_long' },
    { why: 'more than 1 MB', of: envelope(1, { detail: 'é'.repeat(512 * 1024) }), misfit: 'too_large' },
    { why: 'nothing', of: envelope(1, { detailType: 'x'.repeat(128) }), misfit: undefined },
  ])('would never take $why', ({ of, misfit }) => {
    expect(bus().misfitOf(of)).toBe(misfit);
  });
});

describe('a queue', () => {
  test('is handed the envelope as the body, in ASCII, in the group of its restaurant, under a key that is its own', async () => {
    answer = {
      status: 200,
      body: {
        Successful: [
          { Id: '0', MessageId: 'm' },
          { Id: '1', MessageId: 'n' },
        ],
        Failed: [],
      },
    };
    const nobodys = envelope(2, { source: 'maitred.security', restaurantId: undefined, key: 'k'.repeat(129) });
    expect(await queue().put([envelope(1), nobodys])).toEqual([{ outcome: 'taken' }, { outcome: 'taken' }]);
    expect(asked).toMatchObject([
      {
        QueueUrl: `${endpoint}/111122223333/orders.fifo`,
        Entries: [
          { Id: '0', MessageGroupId: 'r-17', MessageDeduplicationId: 'e-1.1' },
          { Id: '1', MessageGroupId: '_', MessageDeduplicationId: expect.stringMatching(/^[\w-]{43}$/) },
        ],
      },
    ]);
    const [
      {
        Entries: [{ MessageBody }],
      },
    ] = JSON.parse(JSON.stringify(asked));
    expect(MessageBody).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(MessageBody)).toEqual({
      source: 'maitred.events',
      'detail-type': 'order.created',
      detail: { v: 1, seq: 1, data: { dish: 'Crème \u{1f950}\uffff' } },
    });
  });

  test.each([
    { Code: 'InvalidMessageContents', SenderFault: true, outcome: 'refused' },
    { Code: 'InvalidParameterValue', SenderFault: true, outcome: 'refused' },
    { Code: 'AccessDenied', SenderFault: true, outcome: 'held' },
    { Code: 'KMS.AccessDeniedException', SenderFault: true, outcome: 'held' },
    { Code: 'KMS.ThrottlingException', SenderFault: true, outcome: 'held' },
    { Code: 'OverLimit', SenderFault: true, outcome: 'held' },
    { Code: 'AWS.SimpleQueueService.NonExistentQueue', SenderFault: true, outcome: 'held' },
    { Code: 'ExpiredToken', SenderFault: true, outcome: 'held' },
    { Code: 'InternalError', SenderFault: false, outcome: 'held' },
  ])('that does not take a message says whether it ever would: $Code', async ({ outcome, ...failed }) => {
    answer = { status: 200, body: { Successful: [{ Id: '1', MessageId: 'm' }], Failed: [{ Id: '0', ...failed }] } };
    expect(await queue().put([envelope(1), envelope(2)])).toEqual([
      { outcome, reason: failed.Code },
      { outcome: 'taken' },
    ]);
  });

  test('that says nothing of a message has not taken it', async () => {
    answer = { status: 200, body: { Successful: [], Failed: [] } };
    expect(await queue().put([envelope(1)])).toEqual([{ outcome: 'held', reason: 'NoAnswer' }]);
  });

  test('that refuses a whole call for what is in it says so, and one that is gone has taken nothing', async () => {
    answer = { status: 400, body: { __type: 'com.amazonaws.sqs#BatchRequestTooLong' } };
    expect(await queue().put([envelope(1)])).toEqual({ refusedTogether: 'BatchRequestTooLong' });
    answer = { status: 400, body: { __type: 'com.amazonaws.sqs#QueueDoesNotExist' } };
    await expect(queue().put([envelope(1)])).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  });

  test('would never take what is more than 1 MiB in its spelling', () => {
    expect(queue().misfitOf(envelope(1, { detail: `"${'é'.repeat(180_000)}"` }))).toBe('too_large');
    expect(queue().misfitOf(envelope(1, { detail: `"${'é'.repeat(170_000)}"` }))).toBe(undefined);
  });
});

test('what is set aside keeps its restaurant, its reason and whose it was', async () => {
  answer = { status: 200, body: { MessageId: 'm' } };
  const setAside = setAsideTo(sqs(), `${endpoint}/111122223333/aside.fifo`);
  await setAside({ messageId: 'id-1', body: '{}', restaurantId: 'r-17', publisher: 'u-1' }, 'too_large');
  await setAside({ messageId: 'id-2', body: '{}', restaurantId: undefined, publisher: undefined }, 'no_image');
  const text = (StringValue: string) => ({ DataType: 'String', StringValue });
  expect(asked).toMatchObject([
    {
      MessageGroupId: 'r-17',
      MessageDeduplicationId: 'id-1',
      MessageAttributes: {
        reason: text('too_large'),
        restaurant: text('r-17'),
        publisher: text('u-1'),
        message_id: text('id-1'),
      },
    },
    { MessageGroupId: '_', MessageAttributes: { reason: text('no_image'), message_id: text('id-2') } },
  ]);
});
