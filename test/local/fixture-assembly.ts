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

/** Prints every event, so that a test reads it from the gateway's log lines. */
export const printsEvents = `console.log(JSON.stringify(event));`;

/** What a fixture function can do to sockets, without an SDK. */
export const callsConnections = `
const call = async (method, connectionId, body) => {
  const url = process.env.CALLBACK_URL + '/@connections/' + encodeURIComponent(connectionId);
  const authorization = 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/x/x/x/x, SignedHeaders=x, Signature=x';
  const answer = await fetch(url, { method, body, headers: { authorization } });
  return { status: answer.status, errorType: answer.headers.get('x-amzn-errortype'), text: await answer.text() };
};
`;

const returns200 = `export const handler = async (event) => { ${printsEvents} return { statusCode: 200 }; };`;

const lambda = (name: string, environment: Json = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Code: { S3Bucket: { 'Fn::Sub': 'assets-${AWS::AccountId}' }, S3Key: `${name}.zip` },
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Timeout: 2,
    MemorySize: 256,
    Environment: { Variables: environment },
    Role: { 'Fn::GetAtt': [`${name}Role`, 'Arn'] },
  },
});

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
      Connect: lambda('Connect'),
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
    },
  },
  sources: {
    Connect: returns200,
    Disconnect: returns200,
    Reply: `export const handler = async (event) => { ${printsEvents} return { statusCode: 200, body: event.body }; };`,
    Quiet: `export const handler = async (event) => { ${printsEvents} return { statusCode: 200, body: 'unheard' }; };`,
    OnTimer: `export const handler = async (event) => { ${printsEvents} return { batchItemFailures: [] }; };`,
  },
});

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
  }
  return dir;
};
