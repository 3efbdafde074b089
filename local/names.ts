import { createHash } from 'node:crypto';

/** The account all local resources belong to; the embedded queue engine knows no other. */
export const accountId = '000000000000';

/** What `Ref` and `Fn::GetAtt` yield for a resource. */
export type ResourceNames = { readonly ref: string; readonly attributes: Readonly<Record<string, string>> };

export type NamingContext = {
  readonly stack: string;
  readonly region: string;
  readonly logicalId: string;
  readonly type: string;
  /** The name the template itself gives, if it gives one. */
  readonly givenName: string | undefined;
  /** Base URL of queue URLs, without a trailing slash. */
  readonly awsEndpoint: string;
  /** Whether the template says `FifoQueue: true`. */
  readonly fifo: boolean;
  /** Whether the template gives a table a stream. */
  readonly hasStream: boolean;
};

/** The property that holds a resource's name where a template gives one. */
export const nameProperty: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::Events::EventBus': 'Name',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::ApiGatewayV2::Stage': 'StageName',
};

const namedTypes: readonly string[] = [
  ...Object.keys(nameProperty),
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
];

/** Whether `namesOf` knows a type of resource. */
export const isNamedHere = (type: string): boolean => namedTypes.includes(type);

/**
 * The physical names of a resource as CloudFormation would make them up, but the same at every start, so that
 * tables kept on disk are found again. `undefined` for a resource type the gateway does not know.
 */
export const namesOf = (context: NamingContext): ResourceNames | undefined => {
  const { stack, region, logicalId, givenName } = context;
  const name = givenName ?? `${stack}-${logicalId}`;
  switch (context.type) {
    case 'AWS::DynamoDB::GlobalTable':
    case 'AWS::DynamoDB::Table': {
      const arn = `arn:aws:dynamodb:${region}:${accountId}:table/${name}`;
      const stream: Readonly<Record<string, string>> = context.hasStream ? { StreamArn: `${arn}/${streamLabel}` } : {};
      return { ref: name, attributes: { Arn: arn, ...stream } };
    }
    case 'AWS::SQS::Queue': {
      const queueName = givenName ?? queueNameOf(name, context.fifo);
      const url = `${context.awsEndpoint}/${accountId}/${queueName}`;
      const arn = `arn:aws:sqs:${region}:${accountId}:${queueName}`;
      return { ref: url, attributes: { Arn: arn, QueueName: queueName, QueueUrl: url } };
    }
    case 'AWS::Events::EventBus':
      return { ref: name, attributes: { Arn: busArnOf(name, region), Name: name } };
    case 'AWS::Lambda::Function':
      return { ref: name, attributes: { Arn: `arn:aws:lambda:${region}:${accountId}:function:${name}` } };
    case 'AWS::IAM::Role':
      return { ref: name, attributes: { Arn: `arn:aws:iam::${accountId}:role/${name}`, RoleId: roleIdOf(name) } };
    case 'AWS::IAM::ManagedPolicy':
      return { ref: `arn:aws:iam::${accountId}:policy/${name}`, attributes: {} };
    case 'AWS::Logs::LogGroup':
      return { ref: name, attributes: { Arn: `arn:aws:logs:${region}:${accountId}:log-group:${name}:*` } };
    case 'AWS::ApiGatewayV2::Api': {
      const id = apiIdOf(name);
      return { ref: id, attributes: { ApiId: id, ApiEndpoint: `wss://${id}.execute-api.${region}.amazonaws.com` } };
    }
    case 'AWS::ApiGatewayV2::Stage':
      return { ref: name, attributes: {} };
    case 'AWS::ApiGatewayV2::Integration':
    case 'AWS::ApiGatewayV2::Route':
      return { ref: logicalId, attributes: {} };
    default:
      return undefined;
  }
};

/** Where it is deployed, the moment when the stream was made; here a name must be the same at every start. */
const streamLabel = 'stream/1970-01-01T00:00:00.000';

/** The ARN of a bus by its name, or by its ARN, which callers may say instead. */
export const busArnOf = (nameOrArn: string, region: string): string =>
  nameOrArn.startsWith('arn:') ? nameOrArn : `arn:aws:events:${region}:${accountId}:event-bus/${nameOrArn}`;

/** Queue names have at most 80 characters and FIFO queues end in `.fifo`. */
const queueNameOf = (name: string, fifo: boolean): string => {
  const suffix = fifo ? '.fifo' : '';
  return name.slice(-(80 - suffix.length)) + suffix;
};

/** Ids of roles begin so, and are sixteen letters and digits more. */
const roleIdOf = (name: string): string =>
  `AROA${createHash('sha256').update(name).digest('hex').slice(0, 16).toUpperCase()}`;

/** The id of a role by its ARN. */
export const roleIdOfArn = (arn: string): string => roleIdOf(arn.slice(arn.indexOf('/') + 1));

/** API ids are ten lower-case letters and digits. */
const apiIdOf = (name: string): string =>
  BigInt(`0x${createHash('sha256').update(name).digest('hex')}`)
    .toString(36)
    .slice(0, 10);
