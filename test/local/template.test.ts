import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from '@jest/globals';
import { readAssembly } from '../../local/assembly.ts';
import { readBlueprint } from '../../local/blueprint.ts';
import { type Fixture, writeAssembly } from './fixture-assembly.ts';
import { type RunningGateway, runGateway } from './running-gateway.ts';

type Change = (resources: Fixture['template']['Resources'], fixture: Fixture) => void;

const blueprintOf = (change: Change = () => {}) => {
  const dir = writeAssembly((fixture) => change(fixture.template.Resources, fixture));
  return readBlueprint(readAssembly(dir), 'http://127.0.0.1:9');
};

const signing = ({ operator }: RunningGateway) => ({ region: 'us-east-1', credentials: operator });

test('a table that is provisioned, warm or of another class is one like those on demand', () => {
  const { tables } = blueprintOf((made) => {
    Object.assign(made['Audit']?.Properties ?? {}, {
      BillingMode: 'PROVISIONED',
      WriteProvisionedThroughputSettings: {
        WriteCapacityAutoScalingSettings: { MinCapacity: 5, MaxCapacity: 50, SeedCapacity: 50 },
      },
      WarmThroughput: { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 16_000 },
      Replicas: [{ Region: 'us-east-1', TableClass: 'STANDARD_INFREQUENT_ACCESS' }],
    });
  });
  expect(tables).toEqual(blueprintOf().tables);
});

test('tables, indexes and queues are those of the template', async () => {
  const gateway = await runGateway({}, ({ template }) => {
    Object.assign(template.Resources['Audit']?.Properties ?? {}, {
      AttributeDefinitions: ['pk', 'sk', 'restaurant_id'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-restaurant',
          KeySchema: [{ AttributeName: 'restaurant_id', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['event'] },
        },
      ],
      TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
    });
    Object.assign(template.Resources['Timer']?.Properties ?? {}, { DelaySeconds: 3 });
  });
  const dynamodb = new DynamoDBClient({ ...signing(gateway), endpoint: gateway.dynamodbEndpoint });
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: gateway.tables.audit }));
  expect(Table).toMatchObject({
    TableStatus: 'ACTIVE',
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [{ IndexName: 'by-restaurant', Projection: { NonKeyAttributes: ['event'] } }],
  });
  const sqs = new SQSClient({ ...signing(gateway), endpoint: gateway.sqsEndpoint });
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: gateway.queues['Timer'], AttributeNames: ['All'] }),
  );
  expect(Attributes).toMatchObject({
    VisibilityTimeout: '1',
    DelaySeconds: '3',
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:app-DeadLetters',
      maxReceiveCount: 2,
    }),
  });
  dynamodb.destroy();
  sqs.destroy();
  await gateway.close();
});

test('routes, replies, timeouts and event sources are those of the template', () => {
  const { api, functions, eventSources } = blueprintOf((resources) => {
    Object.assign(resources['QuietIntegration']?.Properties ?? {}, { TimeoutInMillis: 4000 });
  });
  const reply = { functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:app-Reply', replies: true };
  expect(api).toMatchObject({ stage: 'local', selection: ['type'], region: 'us-east-1' });
  expect([...api.routes.keys()]).toEqual(['$connect', '$disconnect', '$default', 'quiet']);
  expect(api.routes.get('$default')).toMatchObject({ ...reply, timeoutMs: 29_000 });
  expect(api.routes.get('quiet')).toMatchObject({ replies: false, timeoutMs: 4000 });
  expect(functions.find(({ name }) => name === 'Reply')).toMatchObject({ timeoutMs: 1000, memoryMb: 256 });
  expect(eventSources).toEqual([
    {
      queueArn: 'arn:aws:sqs:us-east-1:000000000000:app-Timer',
      functionName: 'app-OnTimer',
      batchSize: 10,
      reportsItemFailures: true,
      concurrency: 5,
    },
  ]);
});

test('a route replies only with both the selection expression and the route response', () => {
  const without = blueprintOf((resources) => delete resources['DefaultRouteResponse']);
  expect(without.api.routes.get('$default')).toMatchObject({ replies: false });
  const unselected = blueprintOf((resources) => {
    delete resources['DefaultRoute']?.Properties['RouteResponseSelectionExpression'];
  });
  expect(unselected.api.routes.get('$default')).toMatchObject({ replies: false });
});

test('names lose the hash of the CDK where they stay unique without it', () => {
  const { queues } = blueprintOf((resources) => {
    const queue = { Type: 'AWS::SQS::Queue', Properties: {} };
    Object.assign(resources, { Events1A2B3C4D: queue, TwinAAAAAAAA: queue, TwinBBBBBBBB: queue });
  });
  expect(queues.map(({ name }) => name)).toEqual(['DeadLetters', 'Timer', 'Events', 'TwinAAAAAAAA', 'TwinBBBBBBBB']);
});

test('functions that nothing calls are not looked at', () => {
  const { functions } = blueprintOf((resources) => {
    resources['CustomResource'] = { Type: 'AWS::Lambda::Function', Properties: { Runtime: 'python3.13' } };
  });
  expect(functions.map(({ name }) => name)).not.toContain('CustomResource');
});

describe('what the gateway cannot use is an error that names it', () => {
  const cases: readonly { why: string; change: Change; message: string }[] = [
    {
      why: 'an unresolvable variable',
      change: ({ Reply }) =>
        Object.assign(Reply?.Properties ?? {}, { Environment: { Variables: { POOL: { Ref: 'Pool' } } } }),
      message: 'Reply in app: Properties.Environment.Variables.POOL.Ref refers to Pool, which is not in the template',
    },
    {
      why: 'another runtime',
      change: ({ Reply }) => Object.assign(Reply?.Properties ?? {}, { Runtime: 'python3.13' }),
      message: 'Reply in app: Properties.Runtime is not usable',
    },
    {
      why: 'code that is no asset',
      change: ({ Reply }) => Object.assign(Reply?.Properties ?? {}, { Code: { S3Key: 'elsewhere.zip' } }),
      message: 'Reply in app: Properties.Code.S3Key names no asset of the assembly',
    },
    {
      why: 'a handler without a module',
      change: ({ Reply }) => Object.assign(Reply?.Properties ?? {}, { Handler: 'main.handler' }),
      message: 'Reply in app: Properties.Handler is main.handler, but',
    },
    {
      why: 'layers',
      change: ({ Reply }) => Object.assign(Reply?.Properties ?? {}, { Layers: ['arn'] }),
      message: 'Reply in app: Properties.Layers is not usable: layers are not supported locally',
    },
    {
      why: 'a batch window',
      change: ({ TimerSource }) => Object.assign(TimerSource?.Properties ?? {}, { MaximumBatchingWindowInSeconds: 5 }),
      message: 'TimerSource in app: Properties.MaximumBatchingWindowInSeconds is not usable: is not supported locally',
    },
    {
      why: 'another event source',
      change: ({ TimerSource }) =>
        Object.assign(TimerSource?.Properties ?? {}, { EventSourceArn: 'arn:aws:kinesis:x' }),
      message: 'TimerSource in app: Properties.EventSourceArn is not usable: only SQS queues',
    },
    {
      why: 'another selection expression',
      change: ({ Api }) => Object.assign(Api?.Properties ?? {}, { RouteSelectionExpression: '$request.header.type' }),
      message: 'Api in app: Properties.RouteSelectionExpression is not usable',
    },
    {
      why: 'no stage',
      change: (resources) => delete resources['Stage'],
      message: 'Api in app: Properties.ApiId is named by no stage',
    },
    {
      why: 'no API',
      change: (resources) => delete resources['Api'],
      message: 'The app has no gateway: no construct Maitred',
    },
    {
      why: 'a delay that is no number',
      change: ({ Timer }) => Object.assign(Timer?.Properties ?? {}, { DelaySeconds: 'soon' }),
      message: 'Timer in app: Properties.DelaySeconds is not usable',
    },
    {
      why: 'a call of a function that is not there',
      change: (resources) => {
        delete resources['Quiet'];
      },
      message:
        'QuietIntegration in app: Properties.IntegrationUri.Fn::Join.5.Fn::GetAtt refers to Quiet, which is not in the template',
    },
  ];
  test.each(cases)('$why', ({ change, message }) => {
    expect(() => blueprintOf(change)).toThrow(message);
  });

  test('an output that no stack has', () => {
    expect(() => blueprintOf().output('WebSocketUrl')).toThrow('no stack has the output WebSocketUrl.');
  });
});

test("a gateway in somebody's stack is found by its outputs, and its parts are called as in stacks of its own", () => {
  const dir = writeAssembly(({ template }) => {
    const renamed = (entries: object, path: string) =>
      Object.fromEntries(Object.entries(entries).map(([id, value]) => [`${path}${id}0A1B2C3D`, value]));
    Object.assign(template, {
      Outputs: {
        ...renamed({ ...template.Outputs, WebSocketUrl: { Value: 'wss://here' } }, 'DoorGateway'),
        // Somebody else's, whose name only sounds alike.
        Url: { Value: 'https://shop.example.com' },
      },
    });
    template.Resources['DoorGatewayEventQueue0A1B2C3D'] = { Type: 'AWS::SQS::Queue', Properties: {} };
  });
  const blueprint = readBlueprint(readAssembly(dir), 'http://127.0.0.1:9');
  expect(blueprint.output('WebSocketUrl')).toBe('wss://here');
  expect(blueprint.queues.map(({ name }) => name)).toContain('EventQueue');
});
