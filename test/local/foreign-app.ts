/** Cloud assemblies of somebody's apps, as small as a test needs them: no CDK is run for them. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

type Json = Readonly<Record<string, unknown>>;

export type ForeignStack = Readonly<{
  resources?: Readonly<Record<string, Json>>;
  outputs?: Readonly<Record<string, unknown>>;
  /** Logical ids by the path of their construct. */
  paths?: Readonly<Record<string, string>>;
  environment?: string;
}>;

/** A folder with an assembly of stacks, and with one below it for each stage of the app. */
export const writeForeignApp = (
  stacks: Readonly<Record<string, ForeignStack>>,
  stages: Readonly<Record<string, Readonly<Record<string, ForeignStack>>>> = {},
  missing: readonly string[] = [],
): string => {
  const dir = mkdtempSync(join(tmpdir(), 'maitred-foreign-'));
  writeAssembly(dir, stacks, Object.keys(stages), missing);
  for (const [name, below] of Object.entries(stages)) writeAssembly(join(dir, `assembly-${name}`), below, [], []);
  return dir;
};

const writeAssembly = (
  dir: string,
  stacks: Readonly<Record<string, ForeignStack>>,
  stages: readonly string[],
  missing: readonly string[],
): void => {
  const write = (name: string, content: unknown): void => {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), JSON.stringify(content));
  };
  const artifacts: Record<string, unknown> = {};
  for (const [
    name,
    { resources = {}, outputs = {}, paths = {}, environment = 'aws://unknown-account/unknown-region' },
  ] of Object.entries(stacks)) {
    artifacts[name] = {
      type: 'aws:cloudformation:stack',
      environment,
      properties: { templateFile: `${name}.template.json` },
      additionalMetadataFile: `${name}.metadata.json`,
    };
    const Outputs = Object.fromEntries(Object.entries(outputs).map(([id, Value]) => [id, { Value }]));
    write(`${name}.template.json`, { Resources: resources, Outputs });
    write(
      `${name}.metadata.json`,
      Object.fromEntries(
        Object.entries(paths).map(([path, id]) => [`/${path}`, [{ type: 'aws:cdk:logicalId', data: id }]]),
      ),
    );
  }
  for (const stage of stages)
    artifacts[stage] = { type: 'cdk:cloud-assembly', properties: { directoryName: `assembly-${stage}` } };
  write('manifest.json', { artifacts, missing: missing.map((key) => ({ key, provider: 'x', props: {} })) });
};

const resource = (Type: string, Properties: Json = {}): Json => ({ Type, Properties });

/** A gateway with one route as the construct `Door` of a stack, with a queue of its own, its state below the same construct. */
export const doorStack = (stack: string, variables: Json = {}, more: Partial<ForeignStack> = {}): ForeignStack => ({
  ...more,
  resources: {
    DoorApi: resource('AWS::ApiGatewayV2::Api', {
      ProtocolType: 'WEBSOCKET',
      RouteSelectionExpression: '$request.body.type',
    }),
    DoorStage: resource('AWS::ApiGatewayV2::Stage', { ApiId: { Ref: 'DoorApi' }, StageName: 'shop' }),
    DoorIntegration: resource('AWS::ApiGatewayV2::Integration', {
      ApiId: { Ref: 'DoorApi' },
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: {
        'Fn::Join': ['', ['path/functions/', { 'Fn::GetAtt': ['DoorConnect', 'Arn'] }, '/invocations']],
      },
    }),
    DoorRoute: resource('AWS::ApiGatewayV2::Route', {
      ApiId: { Ref: 'DoorApi' },
      RouteKey: '$connect',
      Target: { 'Fn::Join': ['', ['integrations/', { Ref: 'DoorIntegration' }]] },
    }),
    DoorRole: resource('AWS::IAM::Role'),
    DoorConnect: resource('AWS::Lambda::Function', {
      Role: { 'Fn::GetAtt': ['DoorRole', 'Arn'] },
      Environment: { Variables: { TABLE: { Ref: 'DoorConnections' }, ...variables } },
    }),
    DoorQueue: resource('AWS::SQS::Queue'),
    DoorConnections: resource('AWS::DynamoDB::Table', { KeySchema: [], AttributeDefinitions: [] }),
    DoorAudit: resource('AWS::DynamoDB::Table', { KeySchema: [], AttributeDefinitions: [] }),
    ...more.resources,
  },
  outputs: {
    DoorGatewayManagementUrl0A1B2C3D: { 'Fn::Join': ['', ['https://', { Ref: 'DoorApi' }]] },
    DoorGatewayWebSocketUrl0A1B2C3D: 'wss://door.example.com',
    DoorStateConnectionsTableName0A1B2C3D: { Ref: 'DoorConnections' },
    ...more.outputs,
  },
  paths: {
    [`${stack}/Door/Gateway/ManagementUrl`]: 'DoorGatewayManagementUrl0A1B2C3D',
    [`${stack}/Door/Gateway/WebSocketUrl`]: 'DoorGatewayWebSocketUrl0A1B2C3D',
    [`${stack}/Door/State/ConnectionsTableName`]: 'DoorStateConnectionsTableName0A1B2C3D',
    [`${stack}/Door/Gateway/Api/Resource`]: 'DoorApi',
    [`${stack}/Door/Gateway/Api/Stage`]: 'DoorStage',
    [`${stack}/Door/Gateway/Api/Integration`]: 'DoorIntegration',
    [`${stack}/Door/Gateway/Api/Route`]: 'DoorRoute',
    [`${stack}/Door/Gateway/Connect/Role/Resource`]: 'DoorRole',
    [`${stack}/Door/Gateway/Connect/Resource`]: 'DoorConnect',
    [`${stack}/Door/Gateway/Queue/Resource`]: 'DoorQueue',
    [`${stack}/Door/State/Connections/Resource`]: 'DoorConnections',
    [`${stack}/Door/State/Audit/Resource`]: 'DoorAudit',
    ...more.paths,
  },
});

/** What an app has beside it: a socket API of its own, functions that read what is the gateway's, tables, a network. */
export const ofTheApp: Readonly<Record<string, Json>> = {
  OwnSockets: resource('AWS::ApiGatewayV2::Api', { ProtocolType: 'WEBSOCKET' }),
  OwnFunction: resource('AWS::Lambda::Function', {
    Runtime: 'python3.13',
    Layers: ['layer'],
    Environment: { Variables: { QUEUE: { Ref: 'DoorQueue' }, KEY: { Ref: 'Key' } } },
  }),
  OwnReader: resource('AWS::Lambda::EventSourceMapping', {
    EventSourceArn: { 'Fn::GetAtt': ['DoorQueue', 'Arn'] },
    FunctionName: { Ref: 'OwnFunction' },
    MaximumBatchingWindowInSeconds: 60,
  }),
  OwnTable: resource('AWS::DynamoDB::Table', { KeySchema: { Ref: 'Vpc' } }),
  Key: resource('AWS::KMS::Key'),
  Vpc: resource('AWS::EC2::VPC'),
  SubnetA: resource('AWS::EC2::Subnet'),
  SubnetB: resource('AWS::EC2::Subnet'),
  CDKMetadata: resource('AWS::CDK::Metadata'),
};
