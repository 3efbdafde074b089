/** The outbox in the templates: what a stage has with one, and that a stage without one has nothing of it. */
import { describe, expect, test } from '@jest/globals';
import { environment } from '../../lambdas/env.ts';
import { refusedChanges } from '../baseline/template-changes.ts';
import { allowed, tooWide } from './permissions.ts';
import { resources, type Templates, templates, textOf } from './templates.ts';

const none = templates();
const bus = templates({ outbox: 'bus' });
const queue = templates({ outbox: 'queue' });
const arn = {
  bus: 'arn:aws:events:eu-central-1:111122223333:event-bus/backend',
  queue: 'arn:aws:sqs:eu-central-1:111122223333:backend.fifo',
};
const foreign = {
  bus: templates({ outbox: 'bus', outboxArn: arn.bus }),
  queue: templates({ outbox: 'queue', outboxArn: arn.queue }),
};
const parts = ['state', 'gateway', 'monitoring'] as const;
const json = (of: Templates) => parts.map((part) => of[part].toJSON());

describe('a stage without an outbox', () => {
  test('has nothing of it, and is what it is with the word for none', () => {
    expect(json(templates({ outbox: 'none', outboxSecurityEvents: false }))).toEqual(json(none));
    expect(JSON.stringify(json(none))).not.toMatch(/outbox|StreamSpecification|AWS::Events::/i);
  });

  test('gets one, and gives it up again, without losing anything that it keeps', () => {
    for (const part of parts) {
      const [without, withOne] = [none[part], bus[part]].map((template) => ({
        Resources: template.toJSON()['Resources'],
      }));
      if (without === undefined || withOne === undefined) throw new Error('no template');
      expect(refusedChanges(without, withOne)).toEqual([]);
      // What is its own goes with it: its dead letters and the lines of its function.
      for (const refused of refusedChanges(withOne, without)) expect(refused).toMatch(/^Outbox\w+ is gone/);
    }
  });
});

describe('a stage with an outbox', () => {
  test('has streams on two tables alone, of what items have become', () => {
    const streamed = Object.entries(resources(bus.state, 'AWS::DynamoDB::GlobalTable')).flatMap(
      ([id, { Properties }]) =>
        Properties.StreamSpecification === undefined ? [] : [[id, Properties.StreamSpecification]],
    );
    expect(Object.fromEntries(streamed)).toEqual({
      Audit: { StreamViewType: 'NEW_IMAGE' },
      Events: { StreamViewType: 'NEW_IMAGE' },
    });
  });

  const mapping = (of: Templates, id: string) =>
    resources(of.gateway, 'AWS::Lambda::EventSourceMapping')[`OutboxFunction${id}`]?.['Properties'];
  const filterOf = (of: Templates, id: string) => JSON.parse(mapping(of, id).FilterCriteria.Filters[0].Pattern);

  test.each(['Events', 'Audit'])('reads the stream of %s from its beginning, in order, without giving up', (id) => {
    const properties = mapping(bus, id);
    expect(properties).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      ParallelizationFactor: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MetricsConfig: { Metrics: ['EventCount'] },
    });
    expect(textOf(bus, properties.EventSourceArn)).toBe(`<${id}>`);
    for (const end of [
      'MaximumRetryAttempts',
      'MaximumRecordAgeInSeconds',
      'BisectBatchOnFunctionError',
      'DestinationConfig',
    ])
      expect(properties).not.toHaveProperty(end);
  });

  test('is run for new events, and for the begin and end of sessions', () => {
    expect(filterOf(bus, 'Events')).toEqual({
      eventName: ['INSERT'],
      dynamodb: { Keys: { sk: { S: [{ prefix: 'E#' }] } } },
    });
    expect(filterOf(bus, 'Audit')).toEqual({
      eventName: ['INSERT'],
      dynamodb: {
        NewImage: { event: { S: ['access_granted', 'session_expired', 'session_ended', 'session_revoked'] } },
      },
    });
  });

  test('is run for every record where the stage asks for security events', () => {
    const all = templates({ outbox: 'bus', outboxSecurityEvents: true });
    expect(filterOf(all, 'Audit')).toEqual({ eventName: ['INSERT'] });
    expect(filterOf(all, 'Events')).toEqual(filterOf(bus, 'Events'));
  });

  const streams = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].flatMap((action) => [
    `dynamodb:${action} <Events>`,
    `dynamodb:${action} <Audit>`,
  ]);
  const always = [
    ...streams,
    'dynamodb:GetItem <Events>',
    'logs:CreateLogStream <OutboxLog>',
    'logs:PutLogEvents <OutboxLog>',
    'sqs:SendMessage <OutboxDeadLetters>',
  ];
  test.each([
    { why: 'its own bus', of: bus, may: 'events:PutEvents <OutboxBus>' },
    { why: 'its own queue', of: queue, may: 'sqs:SendMessage <OutboxQueue>' },
    { why: "somebody's bus", of: foreign.bus, may: `events:PutEvents ${arn.bus}` },
    { why: "somebody's queue", of: foreign.queue, may: `sqs:SendMessage ${arn.queue}` },
  ])('may read two streams and put into $why, and nothing else', ({ of, may }) => {
    expect(allowed(of, 'Outbox')).toEqual([...always, may].sort());
    expect(tooWide(of)).toEqual([]);
  });

  const variables = (of: Templates) =>
    Object.fromEntries(
      Object.entries(
        resources(of.gateway, 'AWS::Lambda::Function')['OutboxFunction']?.['Properties'].Environment.Variables,
      )
        .filter(([name]) => Object.values(environment).some((one) => one === name))
        .map(([name, value]) => [name, textOf(of, value)]),
    );
  const told = {
    [environment.stage]: 'test',
    [environment.eventsTable]: '<Events>',
    [environment.outboxDeadLettersUrl]: '<OutboxDeadLetters>',
  };
  test.each([
    { why: 'its own bus', of: bus, target: { [environment.outboxBusArn]: '<OutboxBus>' } },
    { why: 'its own queue', of: queue, target: { [environment.outboxQueueUrl]: '<OutboxQueue>' } },
    { why: "somebody's bus", of: foreign.bus, target: { [environment.outboxBusArn]: arn.bus } },
    {
      why: "somebody's queue",
      of: foreign.queue,
      target: { [environment.outboxQueueUrl]: 'https://sqs.eu-central-1.<AWS::URLSuffix>/111122223333/backend.fifo' },
    },
  ])('is told of $why, and of one target alone', ({ of, target }) => {
    expect(variables(of)).toEqual({ ...told, ...target });
  });

  test('makes a target of its own only where nobody names one, and dead letters always', () => {
    const made = ({ gateway }: Templates) => ({
      buses: Object.keys(resources(gateway, 'AWS::Events::EventBus')),
      queues: Object.keys(resources(gateway, 'AWS::SQS::Queue')).filter((id) => id.startsWith('Outbox')),
    });
    expect(made(bus)).toEqual({ buses: ['OutboxBus'], queues: ['OutboxDeadLetters'] });
    expect(made(queue)).toEqual({ buses: [], queues: ['OutboxQueue', 'OutboxDeadLetters'] });
    for (const of of Object.values(foreign)) expect(made(of)).toEqual({ buses: [], queues: ['OutboxDeadLetters'] });
  });

  test.each(['OutboxQueue', 'OutboxDeadLetters'])('keeps what is in %s for 14 days, a group a restaurant', (id) => {
    expect(resources(queue.gateway, 'AWS::SQS::Queue')[id]?.['Properties']).toEqual({
      FifoQueue: true,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
      MessageRetentionPeriod: 14 * 24 * 3600,
      SqsManagedSseEnabled: true,
    });
  });
});

describe('nothing of an outbox can delay a delivery to a device', () => {
  const others = (of: Templates) =>
    Object.entries(resources(of.gateway, 'AWS::Lambda::Function')).filter(([id]) => id !== 'OutboxFunction');

  test('no other function knows of it, may do more for it or is made otherwise', () => {
    expect(others(bus)).toEqual(others(none));
    for (const [id] of others(none)) {
      const name = id.replace(/Function$/, '');
      expect(allowed(bus, name)).toEqual(allowed(none, name));
    }
  });

  test('it writes to no table and sends to no queue and no socket of theirs', () => {
    const writes = allowed(queue, 'Outbox').filter((right) => !/^dynamodb:(Get|Describe|List)/.test(right));
    expect(writes.filter((right) => !/<Outbox\w+>$/.test(right))).toEqual([]);
  });

  test('it has a concurrency of its own wherever the others have', () => {
    const reserved = templates({ outbox: 'bus', reservedConcurrency: 50 });
    for (const { Properties } of Object.values(resources(reserved.gateway, 'AWS::Lambda::Function')))
      expect(Properties.ReservedConcurrentExecutions).toBe(50);
  });
});
