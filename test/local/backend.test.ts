/** What leaves for the backend: buses and queues that functions reach, and what the gateway tells of it. */
import { text } from 'node:stream/consumers';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type ListeningServer, listen } from '../../local/loopback.ts';
import type { OutboxRecord } from '../../local/outbox-trail.ts';
import type { Client } from './client.ts';
import type { Fixture } from './fixture-assembly.ts';
import { type Handled, type RunningGateway, runGateway } from './running-gateway.ts';

const theirs = 'arn:aws:sqs:us-east-1:123456789012:theirs.fifo';

const withBackend = ({ template }: Fixture): void => {
  const { Resources, Outputs } = template;
  Resources['Bus1A2B3C4D'] = { Type: 'AWS::Events::EventBus', Properties: { Name: 'the-bus' } };
  Outputs['OutboxTarget'] = { Value: 'https://sqs.us-east-1.amazonaws.com/123456789012/theirs.fifo' };
  Object.assign(Resources['Reply']?.Properties ?? {}, {
    Environment: {
      Variables: {
        BUS: { 'Fn::GetAtt': ['Bus1A2B3C4D', 'Arn'] },
        THEIRS: 'https://sqs.us-east-1.amazonaws.com/123456789012/theirs.fifo',
      },
    },
  });
  Object.assign(Resources['ReplyRole']?.Properties ?? {}, {
    Policies: [
      {
        PolicyName: 'some',
        PolicyDocument: {
          Statement: [
            { Effect: 'Allow', Action: 'events:PutEvents', Resource: { 'Fn::GetAtt': ['Bus1A2B3C4D', 'Arn'] } },
            { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: theirs },
          ],
        },
      },
    ],
  });
};

let gateway: RunningGateway;
let client: Client;
let server: ListeningServer;
let posted: Handled[];
let environment: Handled;
/** What left since the test began. */
let left: OutboxRecord[];
beforeAll(async () => {
  server = await listen(0, async (request, response) => {
    posted.push(JSON.parse(await text(request)));
    response.writeHead(204).end();
  });
  gateway = await runGateway({ webhook: `http://127.0.0.1:${server.port}/hook` }, withBackend);
  gateway.outbox.subscribe((record) => left.push(record));
  client = await gateway.open();
  client.send({ do: 'environment' });
  environment = await client.next();
});
afterAll(async () => {
  await gateway.close();
  await server.close();
});
beforeEach(() => {
  posted = [];
  left = [];
  gateway.meter.reset();
  gateway.faults.awsCall = () => 'pass';
  gateway.faults.busEntry = () => undefined;
});

const asked = async (service: string, action: string, input: object): Promise<Handled> => {
  client.send({ do: service, action, input });
  return client.next();
};
const detail = { v: 1, restaurant_id: 'r-17', seq: 1 };
const entry = (more: object = {}) => ({
  Source: 'maitred.events',
  DetailType: 'order.created',
  Detail: JSON.stringify(detail),
  EventBusName: gateway.buses['Bus'],
  ...more,
});

describe('a function that puts an event on the bus', () => {
  test('has the bus by its ARN, and what it puts there is told and posted', async () => {
    expect(environment['BUS']).toBe('arn:aws:events:us-east-1:000000000000:event-bus/the-bus');
    expect(await asked('events', 'PutEvents', { Entries: [entry()] })).toMatchObject({
      status: 200,
      body: { FailedEntryCount: 0 },
    });
    expect(await gateway.event(({ type }) => type === 'left')).toEqual({
      type: 'left',
      detailType: 'order.created',
      target: 'bus',
      restaurantId: 'r-17',
    });
    while (gateway.outbox.records()[0]?.webhook === undefined) await new Promise(setImmediate);
    expect(posted).toMatchObject([{ version: '0', 'detail-type': 'order.created', source: 'maitred.events', detail }]);
    expect(gateway.outbox.records()).toEqual([
      {
        at: expect.stringMatching(/^\d{4}-.*Z$/),
        source: 'maitred.events',
        'detail-type': 'order.created',
        detail,
        target: 'bus',
        webhook: { status: 204, ms: expect.any(Number), attempts: 1 },
      },
    ]);
  });

  test('is billed for what the bus took, by 64 KB', async () => {
    const large = { Detail: JSON.stringify({ text: 'x'.repeat(65 * 1024) }) };
    const input = { Entries: [entry(), entry(large), entry({ Source: '' })] };
    // No frame is that large.
    await gateway.invoke('Reply', { body: JSON.stringify({ do: 'events', action: 'PutEvents', input }) });
    expect(gateway.meter).toMatchObject({ eventsRequests: { PutEvents: 1 }, busEvents: 3 });
  });

  test.each([
    { why: 'another bus', more: { EventBusName: 'another' } },
    { why: 'the bus that is always there', more: { EventBusName: undefined } },
  ])('may not put it on $why', async ({ more }) => {
    expect(await asked('events', 'PutEvents', { Entries: [entry(), entry(more)] })).toMatchObject({
      status: 400,
      body: { __type: expect.stringContaining('AccessDeniedException') },
    });
    expect(left).toEqual([]);
  });

  test.each([
    { fate: 'unavailable', status: 500, count: 0 },
    { fate: 'throttled', status: 400, count: 0 },
    { fate: 'answer_lost', status: 500, count: 1 },
  ] as const)('can find it $fate', async ({ fate, status, count }) => {
    gateway.faults.awsCall = () => fate;
    expect(await asked('events', 'PutEvents', { Entries: [entry()] })).toMatchObject({ status });
    expect(left).toHaveLength(count);
  });

  test('can have one of ten refused', async () => {
    let n = 0;
    const refusal = { ErrorCode: 'InternalFailure', ErrorMessage: 'injected' };
    gateway.faults.busEntry = () => (n++ === 4 ? refusal : undefined);
    const { body } = await asked('events', 'PutEvents', { Entries: Array(10).fill(entry()) });
    expect(body).toMatchObject({ FailedEntryCount: 1 });
    expect(body.Entries[4]).toEqual(refusal);
    expect(left).toHaveLength(9);
  });
});

describe("somebody's queue, by its ARN", () => {
  const message = (
    id: string,
    body = JSON.stringify({ source: 'maitred.queued', 'detail-type': 'order.created', detail }),
  ) => ({
    Id: id,
    MessageBody: body,
    MessageGroupId: 'r-17',
    MessageDeduplicationId: id,
  });

  test('is there as one of the gateway, and what it takes is told', async () => {
    const { body } = await asked('sqs', 'SendMessageBatch', {
      QueueUrl: environment['THEIRS'],
      Entries: [message('1'), message('2', 'no envelope'), { ...message('3'), MessageGroupId: undefined }],
    });
    expect(body).toMatchObject({ Successful: [{ Id: '1' }, { Id: '2' }], Failed: [{ Id: '3' }] });
    expect(left).toMatchObject([{ 'detail-type': 'order.created', target: 'queue', detail }]);
    expect(posted.map(({ source }) => source)).not.toContain('maitred.queued');
    const sqs = new SQSClient({ endpoint: gateway.sqsEndpoint, region: 'us-east-1', credentials: gateway.operator });
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: gateway.queues['theirs.fifo'], MaxNumberOfMessages: 10 }),
    );
    sqs.destroy();
    expect(Messages.map(({ Body }) => Body)).toHaveLength(2);
  });

  test('is reached by nobody on another machine: its address is this gateway', () => {
    expect(environment['THEIRS']).toBe(gateway.queues['theirs.fifo']);
    expect(environment['THEIRS']).toMatch(/^http:\/\/127\.0\.0\.1:/);
  });
});
