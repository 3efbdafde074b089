import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Json = { [key: string]: unknown };

export type Fixture = {
  readonly template: {
    Resources: { [id: string]: { Type: string; Properties: Json } };
    Outputs: Json;
    Parameters: Json;
  };
  /** Module text by function. */
  readonly sources: Record<string, string>;
};

/** The functions print every event, so that a test reads it from the gateway's log lines. */
const prints = 'console.log(JSON.stringify(event));';

/** `?do=` says how `$connect` behaves. */
const connectSource = `
export const handler = async (event) => {
  ${prints}
  const { do: way, status, protocol } = event.queryStringParameters ?? {};
  if (way === 'throw') throw new Error('no entry');
  if (way === 'hang') return new Promise(() => setTimeout(() => {}, 60_000));
  if (way === 'malformed') return 'welcome';
  if (way === 'status') return { statusCode: Number(status) };
  if (way === 'protocol') return { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': protocol } };
  if (way === 'call') {
    const { call } = await import(${JSON.stringify(new URL('fixture-calls.mjs', import.meta.url).href)});
    await call.dynamodb('GetItem', { TableName: process.env.TABLE, Key: { connection_id: { S: 'x' } } });
  }
  return { statusCode: 200 };
};`;

/** The message's field `do` says how the function behaves; by default it sends the message back. */
const replySource = `
import { readFileSync } from 'node:fs';
import { call } from ${JSON.stringify(new URL('fixture-calls.mjs', import.meta.url).href)};
let inside = 0;
let most = 0;
const reply = (value) => ({ statusCode: 200, body: JSON.stringify(value) });
const act = async (message, event, context) => {
  switch (message.do) {
    case 'throw': throw new RangeError('out of bounds');
    case 'hang': return new Promise(() => setTimeout(() => {}, 60_000));
    case 'spin': for (;;);
    case 'exit': return process.exit(0);
    case 'forget': setTimeout(() => Promise.reject(new Error('forgotten')), 5); return reply({});
    case 'nothing': return { statusCode: 200 };
    case 'malformed': return 'text';
    case 'number': return { statusCode: 200, body: 5 };
    case 'environment': return reply(process.env);
    case 'settings': return reply(JSON.parse(readFileSync(new URL('settings.json', import.meta.url), 'utf8')));
    case 'context': return reply({ ...context, remaining: context.getRemainingTimeInMillis() });
    case 'connections': return reply(await call.connections(message.method, message.id ?? event.requestContext.connectionId, message.data));
    case 'dynamodb': return reply(await call.dynamodb(message.action, message.input));
    case 'events': return reply(await call.events(message.action, message.input));
    case 'sqs': return reply(await call.sqs(message.action, message.input));
    case 'most': return reply({ most });
    default: return { statusCode: 200, body: event.body };
  }
};
export const handler = async (event, context) => {
  ${prints}
  most = Math.max(most, ++inside);
  try {
    return await act(event.body?.startsWith('{') ? JSON.parse(event.body) : {}, event, context);
  } finally {
    inside -= 1;
  }
};`;

/** Message bodies say what becomes of a message. */
const timerSource = `
export const handler = async (event) => {
  ${prints}
  if (event.Records.some(({ body }) => body === 'throw')) throw new Error('no batch');
  if (event.Records.some(({ body }) => body === 'nonsense')) return { batchItemFailures: [{ itemIdentifier: 'unknown' }] };
  return { batchItemFailures: event.Records.filter(({ body }) => body === 'fail').map(({ messageId }) => ({ itemIdentifier: messageId })) };
};`;

const returns200 = `export const handler = async (event) => { ${prints} return { statusCode: 200, body: 'unheard' }; };`;

const lambda = (name: string, environment: Json = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Code: { S3Bucket: 'assets', S3Key: `${name}.zip` },
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Timeout: 1,
    MemorySize: 256,
    Environment: { Variables: environment },
    Role: { 'Fn::GetAtt': [`${name}Role`, 'Arn'] },
  },
});

/** Roles that allow whatever a test wants to try; one test takes grants away. */
const rolesFor = (...names: string[]) =>
  Object.fromEntries(
    names.map((name) => [
      `${name}Role`,
      {
        Type: 'AWS::IAM::Role',
        Properties: {
          Policies: [
            {
              PolicyName: 'all',
              PolicyDocument: {
                Statement: [
                  {
                    Effect: 'Allow',
                    Action: ['dynamodb:*', 'sqs:*', 'events:*', 'execute-api:ManageConnections'],
                    Resource: '*',
                  },
                ],
              },
            },
          ],
        },
      },
    ]),
  );

const route = (key: string, integration: string, replies: boolean) => ({
  Type: 'AWS::ApiGatewayV2::Route',
  Properties: {
    ApiId: { Ref: 'Api' },
    RouteKey: key,
    Target: { 'Fn::Join': ['', ['integrations/', { Ref: integration }]] },
    ...(replies ? { RouteResponseSelectionExpression: '$default' } : {}),
  },
});

const integration = (lambdaId: string) => ({
  Type: 'AWS::ApiGatewayV2::Integration',
  Properties: {
    ApiId: { Ref: 'Api' },
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: {
      'Fn::Join': [
        '',
        [
          'arn:',
          { Ref: 'AWS::Partition' },
          ':apigateway:',
          { Ref: 'AWS::Region' },
          ':lambda:path/2015-03-31/functions/',
          { 'Fn::GetAtt': [lambdaId, 'Arn'] },
          '/invocations',
        ],
      ],
    },
  },
});

const table = (...keys: string[]) => ({
  Type: 'AWS::DynamoDB::GlobalTable',
  Properties: {
    AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: keys.map((AttributeName, i) => ({ AttributeName, KeyType: i === 0 ? 'HASH' : 'RANGE' })),
    BillingMode: 'PAY_PER_REQUEST',
    Replicas: [{ Region: { Ref: 'AWS::Region' } }],
  },
});

/** A small app: one API with four routes, three tables, a queue with a dead-letter queue, five functions. */
const newFixture = (): Fixture => ({
  template: {
    Parameters: { BootstrapVersion: { Type: 'String', Default: '/cdk-bootstrap/version' } },
    Resources: {
      Connections: table('connection_id'),
      Memberships: table('pk', 'sk'),
      Audit: table('pk', 'sk'),
      Budgets: table('pk', 'sk'),
      Events: table('pk', 'sk'),
      DeadLetters: { Type: 'AWS::SQS::Queue', Properties: { MessageRetentionPeriod: 1_209_600 } },
      Timer: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          VisibilityTimeout: 1,
          RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] }, maxReceiveCount: 2 },
        },
      },
      Api: {
        Type: 'AWS::ApiGatewayV2::Api',
        Properties: { Name: 'doors', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.type' },
      },
      Stage: {
        Type: 'AWS::ApiGatewayV2::Stage',
        Properties: { ApiId: { Ref: 'Api' }, StageName: 'local', AutoDeploy: true },
      },
      Connect: lambda('Connect', { TABLE: { Ref: 'Connections' } }),
      Disconnect: lambda('Disconnect'),
      Reply: lambda('Reply', {
        CALLBACK_URL: {
          'Fn::Join': [
            '',
            [
              'https://',
              { Ref: 'Api' },
              '.execute-api.',
              { Ref: 'AWS::Region' },
              '.',
              { Ref: 'AWS::URLSuffix' },
              '/local',
            ],
          ],
        },
        TABLE: { Ref: 'Connections' },
        QUEUE: { Ref: 'Timer' },
        ISSUERS: '[{"issuer":"http://issuer.maitred.localhost"}]',
      }),
      Quiet: lambda('Quiet'),
      OnTimer: lambda('OnTimer'),
      ...rolesFor('Connect', 'Disconnect', 'Reply', 'Quiet', 'OnTimer'),
      ConnectIntegration: integration('Connect'),
      DisconnectIntegration: integration('Disconnect'),
      ReplyIntegration: integration('Reply'),
      QuietIntegration: integration('Quiet'),
      ConnectRoute: route('$connect', 'ConnectIntegration', false),
      DisconnectRoute: route('$disconnect', 'DisconnectIntegration', false),
      DefaultRoute: route('$default', 'ReplyIntegration', true),
      QuietRoute: route('quiet', 'QuietIntegration', false),
      DefaultRouteResponse: {
        Type: 'AWS::ApiGatewayV2::RouteResponse',
        Properties: { ApiId: { Ref: 'Api' }, RouteId: { Ref: 'DefaultRoute' }, RouteResponseKey: '$default' },
      },
      TimerSource: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: { 'Fn::GetAtt': ['Timer', 'Arn'] },
          FunctionName: { Ref: 'OnTimer' },
          BatchSize: 10,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
        },
      },
    },
    Outputs: {
      ConnectionsTableName: { Value: { Ref: 'Connections' } },
      MembershipsTableName: { Value: { Ref: 'Memberships' } },
      AuditTableName: { Value: { Ref: 'Audit' } },
      BudgetsTableName: { Value: { Ref: 'Budgets' } },
      EventsTableName: { Value: { Ref: 'Events' } },
    },
  },
  sources: {
    Connect: connectSource,
    Disconnect: returns200,
    Reply: replySource,
    Quiet: returns200,
    OnTimer: timerSource,
  },
});

/**
 * Gives the table `Events` a stream that the function `Quiet` reads, with what else its mapping says. What `Quiet` makes of a record
 * its item says: an item with `fail` is reported, one with `throw` fails its batch, one with `odd` has an answer that
 * is none, each as often as the number says; one with `exit` ends the process once.
 */
export const addStream = ({ template, sources }: Fixture, mapping: Json = {}): void => {
  Object.assign(template.Resources['Events']?.Properties ?? {}, {
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
  });
  template.Resources['StreamSource'] = {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: { 'Fn::GetAtt': ['Events', 'StreamArn'] },
      FunctionName: { Ref: 'Quiet' },
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ...mapping,
    },
  };
  sources['Quiet'] = streamSource;
};

const streamSource = `
import { existsSync, writeFileSync } from 'node:fs';
// A process that ends forgets what it has tried.
const ended = new URL('ended', import.meta.url);
const tries = new Map();
const isFirst = (id, image, name) => {
  const n = (tries.get(id) ?? 0) + 1;
  tries.set(id, n);
  return n <= Number(image?.[name]?.N ?? 0);
};
export const handler = async (event) => {
  ${prints}
  const batchItemFailures = [];
  for (const { eventID, dynamodb } of event.Records) {
    if (dynamodb.NewImage?.exit && !existsSync(ended)) {
      writeFileSync(ended, '');
      process.exit(1);
    }
    if (isFirst(eventID + 't', dynamodb.NewImage, 'throw')) throw new Error('no batch');
    if (isFirst(eventID + 'o', dynamodb.NewImage, 'odd')) return { batchItemFailures: [{ itemIdentifier: '1' }] };
    if (isFirst(eventID + 'f', dynamodb.NewImage, 'fail')) batchItemFailures.push({ itemIdentifier: dynamodb.SequenceNumber });
  }
  return { batchItemFailures };
};`;

/** Writes the app, changed as a test needs it, as a cloud assembly into a new temporary directory. */
export const writeAssembly = (change: (fixture: Fixture) => void = () => {}): string => {
  const fixture = newFixture();
  change(fixture);
  const dir = mkdtempSync(join(tmpdir(), 'assembly-'));
  const write = (file: string, value: unknown) => writeFileSync(join(dir, file), JSON.stringify(value));
  write('manifest.json', {
    version: '54.0.0',
    artifacts: {
      'app.assets': { type: 'cdk:asset-manifest', properties: { file: 'app.assets.json' } },
      app: {
        type: 'aws:cloudformation:stack',
        environment: 'aws://unknown-account/unknown-region',
        properties: { templateFile: 'app.template.json' },
      },
    },
  });
  const files = Object.keys(fixture.sources).map((name) => [
    name,
    { source: { path: `asset.${name}`, packaging: 'zip' }, destinations: { here: { objectKey: `${name}.zip` } } },
  ]);
  write('app.assets.json', { version: '54.0.0', files: Object.fromEntries(files) });
  write('app.template.json', fixture.template);
  for (const [name, source] of Object.entries(fixture.sources)) {
    mkdirSync(join(dir, `asset.${name}`));
    writeFileSync(join(dir, `asset.${name}`, 'index.mjs'), source);
    write(join(`asset.${name}`, 'settings.json'), { issuer: 'http://issuer.maitred.localhost' });
  }
  return dir;
};
