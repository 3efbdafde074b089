/** What an update of a deployed stage may not do to what it keeps. Pure: `(template before, template now) -> sentences`. */
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';

type Properties = Readonly<Record<string, unknown>>;
type Resource = Readonly<{ Type: string; Properties?: Properties }>;
export type Template = Readonly<{ Resources: Readonly<Record<string, Resource>> }>;

/**
 * The resources that last: those that keep something, and those whose address somebody knows. Beside each what is lost with
 * it, and the properties by whose change CloudFormation puts a new one in its place ("Update requires: Replacement" in its
 * reference); of a user pool, those that Cognito never lets anybody change.
 *
 * The key of the alarms' topic is not among them: it encrypts messages on their way and nothing that is kept.
 */
const lasting: Readonly<Record<string, Readonly<{ loses: string; fixed: readonly string[] }>>> = {
  'AWS::DynamoDB::GlobalTable': { loses: 'its items', fixed: ['TableName', 'KeySchema', 'LocalSecondaryIndexes'] },
  'AWS::Cognito::UserPool': {
    loses: 'its users',
    fixed: ['AliasAttributes', 'UsernameAttributes', 'UsernameConfiguration', 'Schema'],
  },
  'AWS::Cognito::UserPoolClient': { loses: 'the sign-ins of devices', fixed: ['UserPoolId', 'GenerateSecret'] },
  'AWS::SQS::Queue': { loses: 'its messages', fixed: ['QueueName', 'FifoQueue'] },
  'AWS::Logs::LogGroup': { loses: 'its lines', fixed: ['LogGroupName'] },
  'AWS::SNS::Topic': { loses: 'its subscriptions', fixed: ['TopicName', 'FifoTopic'] },
  'AWS::SNS::Subscription': { loses: 'its confirmation', fixed: ['TopicArn', 'Protocol', 'Endpoint'] },
  'AWS::ApiGatewayV2::Api': { loses: 'the address devices know', fixed: ['ProtocolType'] },
  'AWS::ApiGatewayV2::Stage': { loses: 'the address devices know', fixed: ['ApiId', 'StageName'] },
  'AWS::ApiGatewayV2::DomainName': { loses: 'the address devices know', fixed: ['DomainName'] },
};

export const lastingTypes: readonly string[] = Object.keys(lasting);

/** Why a stage that has one template must not get the other; empty where it may. */
export const refusedChanges = (before: Template, now: Template): readonly string[] =>
  Object.entries(before.Resources).flatMap(([id, resource]) => {
    const rule = lasting[resource.Type];
    if (rule === undefined) return [];
    const next = now.Resources[id];
    if (next?.Type !== resource.Type) return [`${id} is gone, and with it ${rule.loses}`];
    const [had, has] = [resource.Properties ?? {}, next.Properties ?? {}];
    return [
      ...rule.fixed
        .filter((name) => !isDeepStrictEqual(had[name], has[name]))
        .map((name) => `${id} would be replaced for its ${name}, and lose ${rule.loses}`),
      ...(resource.Type === 'AWS::DynamoDB::GlobalTable' ? refusedOfTable(id, tableOf(had), tableOf(has)) : []),
    ];
  });

const Keys = v.array(v.object({ AttributeName: v.string(), KeyType: v.string() }));
const Index = v.object({ IndexName: v.string(), KeySchema: Keys, Projection: v.unknown() });
const TableProperties = v.object({
  KeySchema: Keys,
  AttributeDefinitions: v.array(v.object({ AttributeName: v.string(), AttributeType: v.string() })),
  GlobalSecondaryIndexes: v.optional(v.array(Index), []),
});

type Table = ReturnType<typeof tableOf>;

const tableOf = (properties: Properties) => {
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes } = v.parse(TableProperties, properties);
  return {
    keys: KeySchema,
    types: new Map(AttributeDefinitions.map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType])),
    indexes: new Map(GlobalSecondaryIndexes.map((index) => [index.IndexName, index])),
  };
};

const refusedOfTable = (id: string, had: Table, has: Table): readonly string[] => {
  const kept = [...had.indexes].flatMap(([name, before]) => {
    const after = has.indexes.get(name);
    return after === undefined ? [] : [{ name, before, after }];
  });
  const made = [...has.indexes.keys()].filter((name) => !had.indexes.has(name));
  const dropped = [...had.indexes.keys()].filter((name) => !has.indexes.has(name));
  const keys = [had.keys, ...kept.map(({ before }) => before.KeySchema)].flat();
  return [
    ...new Set(
      keys
        .filter(({ AttributeName }) => had.types.get(AttributeName) !== has.types.get(AttributeName))
        .map(({ AttributeName }) => `${id} has keys of ${AttributeName}, whose type cannot be changed`),
    ),
    ...kept
      .filter(({ before, after }) => !isDeepStrictEqual(before.KeySchema, after.KeySchema))
      .map(({ name }) => `${id} cannot change the keys of its index ${name}`),
    ...kept
      .filter(({ before, after }) => !isDeepStrictEqual(before.Projection, after.Projection))
      .map(({ name }) => `${id} cannot change the projection of its index ${name}`),
    // One `UpdateTable` makes or drops one index, and CloudFormation does one for a release.
    ...(made.length + dropped.length > 1
      ? [`${id} can change one index in a release, not ${[...made, ...dropped].join(' and ')}`]
      : []),
  ];
};
