import type { AwsCall } from '../aws-call.ts';
import type { Input } from '../engines/engine.ts';
import { defaultBus } from '../engines/event-bus.ts';
import { accountId, busArnOf } from '../names.ts';
import type { Right } from './rights.ts';

type Question = Pick<AwsCall, 'service' | 'action' | 'input'>;

/**
 * What a caller needs for a call to DynamoDB, SQS or EventBridge: all of it. An action that is unknown here needs what nobody is
 * granted by name.
 */
export const rightsFor = ({ service, action, input }: Question, region: string): readonly Right[] => {
  switch (service) {
    case 'dynamodb':
      return rightsForTable(action, input, region);
    case 'sqs':
      return [rightForQueue(action, input, region)];
    case 'events':
      return rightsForBuses(action, input, region);
    default:
      return service satisfies never;
  }
};

/** What a caller needs for a call to `@connections`, by the path of its request. */
export const rightFor = (
  { method, path }: Readonly<{ method: string; path: string }>,
  api: Readonly<{ id: string; region: string }>,
): Right => {
  const [, stage = '', ...rest] = (path.split('?')[0] ?? '').split('/');
  return {
    action: 'execute-api:ManageConnections',
    resource: `arn:aws:execute-api:${api.region}:${accountId}:${api.id}/${stage}/${method}/${rest.join('/')}`,
  };
};

const rightsForTable = (action: string, input: Input, region: string): readonly Right[] => {
  const arnOf = (name: unknown): string =>
    String(name).startsWith('arn:') ? String(name) : `arn:aws:dynamodb:${region}:${accountId}:table/${String(name)}`;
  const on = (resource: string, what = action): Right => ({ action: `dynamodb:${what}`, resource });
  switch (action) {
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return Object.keys(recordIn(input['RequestItems'])).map((table) => on(arnOf(table)));
    case 'TransactGetItems':
    case 'TransactWriteItems':
      return listIn(input['TransactItems']).flatMap((item) =>
        Object.entries(recordIn(item)).map(([kind, one]) =>
          on(arnOf(recordIn(one)['TableName']), kind === 'ConditionCheck' ? 'ConditionCheckItem' : `${kind}Item`),
        ),
      );
    case 'Query':
    case 'Scan': {
      const { IndexName, TableName } = input;
      return [on(IndexName === undefined ? arnOf(TableName) : `${arnOf(TableName)}/index/${String(IndexName)}`)];
    }
    default:
      return [on(input['TableName'] === undefined ? '*' : arnOf(input['TableName']))];
  }
};

const rightForQueue = (action: string, input: Input, region: string): Right => {
  const { QueueUrl, QueueName } = input;
  const [account = accountId, name = QueueName] = QueueUrl === undefined ? [] : String(QueueUrl).split('/').slice(-2);
  return {
    // A batch needs what its entries would need one by one.
    action: `sqs:${action.replace(/Batch$/, '')}`,
    resource: name === undefined ? '*' : `arn:aws:sqs:${region}:${account}:${String(name)}`,
  };
};

const rightsForBuses = (action: string, input: Input, region: string): readonly Right[] => {
  const named = listIn(input['Entries']).map((entry) => String(recordIn(entry)['EventBusName'] ?? defaultBus));
  const resources = named.length === 0 ? ['*'] : [...new Set(named.map((name) => busArnOf(name, region)))];
  return resources.map((resource) => ({ action: `events:${action}`, resource }));
};

const recordIn = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
