import { describe, expect, test } from '@jest/globals';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { maxConcurrencyOf } from '../../config-schema/max-concurrency.ts';
import { hiddenSeconds } from '../../lambdas/events/retries.ts';
import { environment } from '../../lambdas/env.ts';
import { awsClient } from '../../lambdas/wiring/aws-ports.ts';
import { environmentBytes, maxEnvironmentBytes } from '../../lib/environment-size.ts';
import { GatewayFunction } from '../../lib/gateway-function.ts';
import { plainId, resources, templates, textOf } from './templates.ts';

const dev = templates();
const functions = resources(dev.gateway, 'AWS::Lambda::Function');

test('a call that hangs through all its tries leaves every function half of its time', () => {
  const { maxAttempts, requestHandler } = awsClient;
  const { connectionTimeout, requestTimeout } = requestHandler;
  // The SDK's standard mode pauses at most 0.1 s x 2^n between two tries.
  const pausesMs = 100 * (2 ** (maxAttempts - 1) - 1);
  const hangsMs = maxAttempts * Math.max(connectionTimeout, requestTimeout) + pausesMs;
  const timeoutsMs = Object.values(functions).map((one) => 1000 * Number(one['Properties'].Timeout));
  expect(Math.min(...timeoutsMs)).toBe(3000);
  expect(hangsMs).toBeLessThanOrEqual(Math.min(...timeoutsMs) / 2);
});

describe('a function', () => {
  const common = [environment.stage, environment.connectionsTable, environment.auditTable, environment.timerQueueUrl];
  const all = [...common, environment.budgetsTable];

  test.each([
    { id: 'Connect', timeout: 5, memory: 512, reads: [] },
    {
      id: 'Authenticate',
      timeout: 3,
      memory: 512,
      reads: [environment.membershipsTable, environment.callbackUrl, environment.issuers, environment.eventsTable],
    },
    {
      id: 'Message',
      timeout: 3,
      memory: 512,
      reads: [
        environment.callbackUrl,
        environment.membershipsTable,
        environment.eventsTable,
        environment.eventQueueUrl,
      ],
    },
    { id: 'Disconnect', timeout: 5, memory: 512, reads: [] },
    { id: 'AuthTimeout', timeout: 5, memory: 512, reads: [environment.callbackUrl] },
    {
      id: 'FanOut',
      timeout: 10,
      memory: 1024,
      reads: [
        environment.callbackUrl,
        environment.membershipsTable,
        environment.eventsTable,
        environment.eventQueueUrl,
        environment.eventDeadLettersUrl,
        environment.redeliveryQueueUrl,
        environment.devicePublisher,
      ],
    },
    {
      id: 'Redeliver',
      timeout: 10,
      memory: 1024,
      reads: [
        environment.callbackUrl,
        environment.membershipsTable,
        environment.eventsTable,
        environment.redeliveryQueueUrl,
      ],
    },
  ])(
    '$id runs at most $timeout s on Node 24 and arm64, and is told what only a deployment knows',
    ({ id, timeout, memory, reads }) => {
      const properties = functions[`${id}Function`]?.['Properties'];
      expect(properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        Timeout: timeout,
        MemorySize: memory,
      });
      expect(properties).not.toHaveProperty('ReservedConcurrentExecutions');
      expect(properties).not.toHaveProperty('TracingConfig');
      expect(properties).not.toHaveProperty('FunctionName');
      expect(Object.keys(properties.Environment.Variables).sort()).toEqual([...all, ...reads].sort());
    },
  );

  test('those that post have the memory that a stage gives them, and no other has', () => {
    const given = resources(templates({ fanOutMemoryMiB: 2_048 }).gateway, 'AWS::Lambda::Function');
    const more = Object.entries(given).filter(([, { Properties }]) => Properties.MemorySize !== 512);
    expect(more.map(([id, { Properties }]) => [id, Properties.MemorySize])).toEqual([
      ['FanOutFunction', 2_048],
      ['RedeliverFunction', 2_048],
    ]);
  });

  test('there are seven of them', () => {
    expect(Object.keys(functions)).toHaveLength(7);
  });

  test('each writes to a log group of its own that forgets after 90 days', () => {
    const logs = resources(dev.gateway, 'AWS::Logs::LogGroup');
    for (const [id, { Properties }] of Object.entries(functions)) {
      const log = plainId(Properties.LoggingConfig.LogGroup.Ref);
      expect(log).toBe(id.replace(/Function$/, 'Log'));
      expect(logs[log]?.['Properties']).toEqual({ RetentionInDays: 90 });
    }
  });

  test('each has the concurrency that is reserved, if any', () => {
    const reserved = resources(templates({ reservedConcurrency: 70 }).gateway, 'AWS::Lambda::Function');
    for (const { Properties } of Object.values(reserved)) expect(Properties.ReservedConcurrentExecutions).toBe(70);
  });

  test('none has less reserved than a queue asks of it at once, with the least that may be reserved', () => {
    const { gateway } = templates({ reservedConcurrency: 20, fanOutConcurrency: 20 });
    const reserved = gateway.findResources('AWS::Lambda::Function');
    const mappings = resources(gateway, 'AWS::Lambda::EventSourceMapping');
    const asked = Object.values(mappings).map(({ Properties }) => {
      const own = reserved[Properties.FunctionName.Ref]?.['Properties'].ReservedConcurrentExecutions;
      expect(Properties.ScalingConfig.MaximumConcurrency).toBeLessThanOrEqual(own);
      return Properties.ScalingConfig.MaximumConcurrency;
    });
    expect(asked.sort()).toEqual([...Object.values(maxConcurrencyOf), 20].sort());
  });
});

const variable = (from: ReturnType<typeof templates>, id: string, name: string): string =>
  textOf(
    from,
    resources(from.gateway, 'AWS::Lambda::Function')[`${id}Function`]?.['Properties'].Environment.Variables[name],
  );

describe('what the functions are told', () => {
  test('has nothing of the configuration in it, which lies beside their code', () => {
    const configured = {
      authTimeoutSeconds: 9,
      allowedOrigins: ['https://a.example'],
      budgets: { connectsPerMinute: 7 },
      auditRetentionDays: 30,
      eventRetentionHours: 48,
      pingIntervalSeconds: 300,
    };
    const environments = (from: ReturnType<typeof templates>) =>
      Object.values(resources(from.gateway, 'AWS::Lambda::Function')).map(({ Properties }) => Properties.Environment);
    expect(environments(templates(configured))).toEqual(environments(dev));
    expect(variable(dev, 'Connect', environment.stage)).toBe('test');
  });

  test('are the tables and the queues of their own stage', () => {
    expect(variable(dev, 'Authenticate', environment.connectionsTable)).toBe('<Connections>');
    expect(variable(dev, 'Authenticate', environment.membershipsTable)).toBe('<Memberships>');
    expect(variable(dev, 'Authenticate', environment.auditTable)).toBe('<Audit>');
    expect(variable(dev, 'Authenticate', environment.timerQueueUrl)).toBe('<AuthTimerQueue>');
    for (const id of ['FanOut', 'Redeliver'])
      expect(variable(dev, id, environment.redeliveryQueueUrl)).toBe('<RedeliveryQueue>');
    for (const id of ['Authenticate', 'Message', 'FanOut', 'Redeliver'])
      expect(variable(dev, id, environment.eventsTable)).toBe('<Events>');
    for (const id of ['Message', 'FanOut']) expect(variable(dev, id, environment.eventQueueUrl)).toBe('<EventQueue>');
    expect(variable(dev, 'FanOut', environment.eventDeadLettersUrl)).toBe('<EventQueueDeadLetters>');
    expect(variable(dev, 'FanOut', environment.devicePublisher)).toBe('<MessageRole>');
  });

  test('is, without an issuer, their own user pool', () => {
    expect(JSON.parse(variable(dev, 'Authenticate', environment.issuers))).toEqual([
      {
        alias: 'cognito',
        issuer: '<UserPool>',
        audience: ['<UserPoolDevices>'],
        audienceClaim: 'client_id',
        tokenUse: 'access',
        userIdClaim: 'sub',
        algorithms: ['RS256'],
        jwksUri: '<UserPool>/.well-known/jwks.json',
        keyIdOptional: false,
        maxTokenLifetimeSeconds: 86_400,
      },
    ]);
  });

  test('is no issuer where the configuration has them', () => {
    const issuers = [
      { alias: 'shop', issuer: 'https://id.example.com', audience: 'tills', idTokens: 'other_audience' },
    ];
    const made = templates({ issuers });
    expect(variable(made, 'Authenticate', environment.issuers)).toBe('undefined');
    expect(made.state.toJSON()['Outputs'].IssuerAliases.Value).toBe('shop');
  });
});

describe('the environment of a function', () => {
  test.each(Object.entries(functions))('leaves room in the 4 KB that Lambda takes: %s', (_, { Properties }) => {
    expect(environmentBytes(Properties.Environment.Variables)).toBeLessThan(0.9 * maxEnvironmentBytes);
  });

  test('is refused at synthesis when it could be too large, in one sentence', () => {
    const stack = new Stack(new App(), 'stack');
    const make = (text: string) =>
      new GatewayFunction(stack, 'Message', {
        code: Code.fromInline('// none'),
        stage: 'test',
        environment: { [environment.issuers]: text },
        timeout: Duration.seconds(3),
        logRetention: 90,
      });
    expect(() => make('x'.repeat(3 * 1024))).toThrow(
      /^the environment of the function Message must be at most 3072 bytes as JSON, got 3\d\d\d with each deploy-time value counted as 160$/,
    );
  });
});

describe('the timer', () => {
  const queues = resources(dev.gateway, 'AWS::SQS::Queue');

  test('gives a failing message up after ten tries, and keeps it for 14 days', () => {
    const { Properties } = queues['AuthTimerQueue'] ?? {};
    expect(Properties).toEqual({
      SqsManagedSseEnabled: true,
      VisibilityTimeout: 30,
      RedrivePolicy: {
        deadLetterTargetArn: { 'Fn::GetAtt': [expect.stringMatching(/^AuthTimerDeadLetters/), 'Arn'] },
        maxReceiveCount: 10,
      },
    });
    expect(queues['AuthTimerDeadLetters']?.['Properties']).toEqual({
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 14 * 24 * 60 * 60,
    });
  });

  test('hides a message six times as long as its reader may take', () => {
    const reader = functions['AuthTimeoutFunction']?.['Properties'];
    expect(queues['AuthTimerQueue']?.['Properties'].VisibilityTimeout).toBe(6 * reader.Timeout);
  });

  test('takes messages over TLS only', () => {
    const policies = Object.values(resources(dev.gateway, 'AWS::SQS::QueuePolicy'));
    expect(policies).toHaveLength(5);
    for (const { Properties } of policies)
      expect(Properties.PolicyDocument.Statement).toEqual([
        {
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: 'sqs:*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          Resource: expect.anything(),
        },
      ]);
  });

  test('hands over ten at once, and one that fails does not bring the others back', () => {
    const mapping = resources(dev.gateway, 'AWS::Lambda::EventSourceMapping')['AuthTimeoutFunctionTimer'];
    expect(mapping?.['Properties']).toMatchObject({
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 20 },
    });
    expect(mapping?.['Properties']).not.toHaveProperty('MaximumBatchingWindowInSeconds');
    expect(textOf(dev, mapping?.['Properties'].FunctionName)).toBe('<AuthTimeoutFunction>');
    expect(textOf(dev, mapping?.['Properties'].EventSourceArn)).toBe('<AuthTimerQueue>');
  });
});

describe('the event queue', () => {
  const queues = resources(dev.gateway, 'AWS::SQS::Queue');
  const highThroughput = {
    FifoQueue: true,
    DeduplicationScope: 'messageGroup',
    FifoThroughputLimit: 'perMessageGroupId',
    SqsManagedSseEnabled: true,
  };

  test('keeps each restaurant in order without a limit for all', () => {
    expect(queues['EventQueue']?.['Properties']).toEqual({
      ...highThroughput,
      VisibilityTimeout: 15,
      RedrivePolicy: {
        deadLetterTargetArn: { 'Fn::GetAtt': [expect.stringMatching(/^EventQueueDeadLetters/), 'Arn'] },
        maxReceiveCount: 43,
      },
    });
    expect(queues['EventQueueDeadLetters']?.['Properties']).toEqual({
      ...highThroughput,
      MessageRetentionPeriod: 14 * 24 * 60 * 60,
    });
  });

  test('hides a message no shorter than its reader may take, which Lambda demands, and no longer than a restaurant may wait', () => {
    const { VisibilityTimeout } = queues['EventQueue']?.['Properties'] ?? {};
    expect(VisibilityTimeout).toBeGreaterThanOrEqual(functions['FanOutFunction']?.['Properties'].Timeout);
    expect(VisibilityTimeout).toBeLessThanOrEqual(15);
  });

  test.each([
    { why: 'fails', secondsAfter: hiddenSeconds },
    { why: 'dies, or is not begun', secondsAfter: () => queues['EventQueue']?.['Properties'].VisibilityTimeout },
  ])('puts nothing aside before each run of ten minutes $why', ({ secondsAfter }) => {
    const { maxReceiveCount } = queues['EventQueue']?.['Properties'].RedrivePolicy ?? {};
    let seconds = 0;
    for (let receives = 1; receives <= maxReceiveCount; receives += 1) seconds += secondsAfter(receives);
    expect(seconds).toBeGreaterThanOrEqual(600);
  });

  test('hands over ten at once, and a restaurant that fails does not bring the others back', () => {
    const mapping = resources(dev.gateway, 'AWS::Lambda::EventSourceMapping')['FanOutFunctionEvents'];
    expect(mapping?.['Properties']).toMatchObject({
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 30 },
    });
    // A window would make each event wait for others; FIFO queues may not have one.
    expect(mapping?.['Properties']).not.toHaveProperty('MaximumBatchingWindowInSeconds');
    expect(textOf(dev, mapping?.['Properties'].FunctionName)).toBe('<FanOutFunction>');
    expect(textOf(dev, mapping?.['Properties'].EventSourceArn)).toBe('<EventQueue>');
  });
});

describe('the redelivery queue', () => {
  const { Properties: queue } = resources(dev.gateway, 'AWS::SQS::Queue')['RedeliveryQueue'] ?? {};

  test('delays each message by itself, which no FIFO queue does, and forgets it after five minutes', () => {
    expect(queue).toEqual({ SqsManagedSseEnabled: true, VisibilityTimeout: 60, MessageRetentionPeriod: 300 });
  });

  test('hides a message six times as long as its reader may take', () => {
    expect(queue.VisibilityTimeout).toBe(6 * functions['RedeliverFunction']?.['Properties'].Timeout);
  });

  test('hands over the posts of one run at a time, so that none of them waits for those of another', () => {
    const mapping = resources(dev.gateway, 'AWS::Lambda::EventSourceMapping')['RedeliverFunctionPosts'];
    expect(mapping?.['Properties']).toMatchObject({
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 10 },
    });
    expect(textOf(dev, mapping?.['Properties'].FunctionName)).toBe('<RedeliverFunction>');
    expect(textOf(dev, mapping?.['Properties'].EventSourceArn)).toBe('<RedeliveryQueue>');
  });
});

describe('what commands are told', () => {
  const domain = {
    name: 'door.example.com',
    certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/7b1e',
    hostedZoneId: 'Z0123456789ABC',
    hostedZoneName: 'example.com',
  };

  test.each([
    { why: "API Gateway's own name", config: {} },
    { why: 'a name of its own', config: { domain } },
  ])('of a stage with $why are the queue to publish to, and where its sockets are managed', ({ config }) => {
    const made = templates(config);
    const output = (name: string) => textOf(made, made.gateway.toJSON()['Outputs'][name].Value);
    expect(output('EventQueueUrl')).toBe('<EventQueue>');
    expect(output('ManagementUrl')).toMatch(
      /^https:\/\/<DoorApi>\.execute-api\.<AWS::Region>\.<AWS::URLSuffix>\/test$/,
    );
    expect(variable(made, 'FanOut', environment.callbackUrl)).toBe(output('ManagementUrl'));
  });
});
