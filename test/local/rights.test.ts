import { describe, expect, test } from '@jest/globals';
import type { Statement } from '../../local/blueprint/statements.ts';
import { rightFor, rightsFor } from '../../local/rights/needed-rights.ts';
import { rightsOf } from '../../local/rights/rights.ts';

const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table';
const statement = (actions: string[], resources: string[], effect: Statement['effect'] = 'Allow'): Statement => ({
  effect,
  actions,
  resources,
});
const read = { action: 'dynamodb:GetItem', resource: `${arn}/t` };

describe('a role', () => {
  test.each<{ why: string; statements: Statement[]; may: boolean }>([
    { why: 'without a policy may nothing', statements: [], may: false },
    {
      why: 'may what is granted by name',
      statements: [statement(['dynamodb:GetItem'], [`${arn}/t`])],
      may: true,
    },
    { why: 'may nothing on another resource', statements: [statement(['dynamodb:GetItem'], [`${arn}/u`])], may: false },
    {
      why: 'may nothing on a resource of which only the beginning is granted',
      statements: [statement(['dynamodb:GetItem'], [arn])],
      may: false,
    },
    {
      why: 'may not do something else there',
      statements: [statement(['dynamodb:PutItem'], [`${arn}/t`])],
      may: false,
    },
    {
      why: 'may what is granted with the action in other letters',
      statements: [statement(['DynamoDB:getitem'], [`${arn}/t`])],
      may: true,
    },
    {
      why: 'may nothing on a resource in other letters',
      statements: [statement(['dynamodb:GetItem'], [`${arn}/T`])],
      may: false,
    },
    { why: 'may what a star covers', statements: [statement(['dynamodb:Get*'], ['arn:*:table/*'])], may: true },
    {
      why: 'may what a question mark covers',
      statements: [statement(['dynamodb:GetIte?'], [`${arn}/?`])],
      may: true,
    },
    {
      why: 'may not what a question mark would have to cover twice',
      statements: [statement(['dynamodb:Get?'], [`${arn}/t`])],
      may: false,
    },
    {
      why: 'takes a dot for a dot',
      statements: [statement(['dynamodb:GetItem'], ['arn.aws.dynamodb*'])],
      may: false,
    },
    {
      why: 'may nothing that is denied, wherever the denial stands',
      statements: [
        statement(['dynamodb:*'], ['*'], 'Deny'),
        statement(['dynamodb:GetItem'], [`${arn}/t`]),
        statement(['*'], ['*']),
      ],
      may: false,
    },
    {
      why: 'may what is denied elsewhere only',
      statements: [statement(['dynamodb:*'], [`${arn}/u`], 'Deny'), statement(['*'], ['*'])],
      may: true,
    },
  ])('$why', ({ statements, may }) => {
    expect(rightsOf(statements).include(read)).toBe(may);
  });

  test('has used what questions were about, pair by pair', () => {
    const rights = rightsOf([statement(['dynamodb:GetItem', 'dynamodb:PutItem'], [`${arn}/t`, `${arn}/u`])]);
    rights.include(read);
    rights.include({ action: 'dynamodb:Scan', resource: `${arn}/t` });
    expect(rights.unused()).toEqual([
      { action: 'dynamodb:GetItem', resource: `${arn}/u` },
      { action: 'dynamodb:PutItem', resource: `${arn}/t` },
      { action: 'dynamodb:PutItem', resource: `${arn}/u` },
    ]);
  });
});

describe('a call needs', () => {
  const queue = 'arn:aws:sqs:us-east-1:000000000000:q';
  test.each<{ action: string; input: Record<string, unknown>; needs: string[] }>([
    { action: 'GetItem', input: { TableName: 't' }, needs: [`dynamodb:GetItem ${arn}/t`] },
    { action: 'GetItem', input: { TableName: `${arn}/t` }, needs: [`dynamodb:GetItem ${arn}/t`] },
    { action: 'Query', input: { TableName: 't' }, needs: [`dynamodb:Query ${arn}/t`] },
    { action: 'Query', input: { TableName: 't', IndexName: 'i' }, needs: [`dynamodb:Query ${arn}/t/index/i`] },
    { action: 'Scan', input: { TableName: 't', IndexName: 'i' }, needs: [`dynamodb:Scan ${arn}/t/index/i`] },
    {
      action: 'BatchGetItem',
      input: { RequestItems: { t: {}, u: {} } },
      needs: [`dynamodb:BatchGetItem ${arn}/t`, `dynamodb:BatchGetItem ${arn}/u`],
    },
    {
      action: 'TransactWriteItems',
      input: {
        TransactItems: [
          { Put: { TableName: 't' } },
          { ConditionCheck: { TableName: 'u' } },
          { Update: { TableName: 't' } },
        ],
      },
      needs: [`dynamodb:PutItem ${arn}/t`, `dynamodb:ConditionCheckItem ${arn}/u`, `dynamodb:UpdateItem ${arn}/t`],
    },
    {
      action: 'TransactGetItems',
      input: { TransactItems: [{ Get: { TableName: 't' } }] },
      needs: [`dynamodb:GetItem ${arn}/t`],
    },
    { action: 'ListTables', input: {}, needs: ['dynamodb:ListTables *'] },
  ])('$action of $input', ({ action, input, needs }) => {
    const rights = rightsFor({ service: 'dynamodb', action, input }, 'us-east-1');
    expect(rights.map((right) => `${right.action} ${right.resource}`)).toEqual(needs);
  });

  test.each([
    {
      action: 'SendMessage',
      input: { QueueUrl: 'http://127.0.0.1:9/000000000000/q' },
      needs: `sqs:SendMessage ${queue}`,
    },
    {
      action: 'SendMessageBatch',
      input: { QueueUrl: 'http://x/000000000000/q' },
      needs: `sqs:SendMessage ${queue}`,
    },
    {
      action: 'SendMessage',
      input: { QueueUrl: 'http://127.0.0.1:9/123456789012/q' },
      needs: 'sqs:SendMessage arn:aws:sqs:us-east-1:123456789012:q',
    },
    { action: 'GetQueueUrl', input: { QueueName: 'q' }, needs: `sqs:GetQueueUrl ${queue}` },
    { action: 'ListQueues', input: {}, needs: 'sqs:ListQueues *' },
  ])('$action of $input', ({ action, input, needs }) => {
    const [right] = rightsFor({ service: 'sqs', action, input }, 'us-east-1');
    expect(`${right?.action} ${right?.resource}`).toBe(needs);
  });

  const bus = 'arn:aws:events:us-east-1:000000000000:event-bus';
  const theirs = 'arn:aws:events:us-east-1:123456789012:event-bus/theirs';
  test.each([
    { why: 'a bus by its name', buses: ['b'], needs: [`${bus}/b`] },
    { why: "somebody's bus by its ARN", buses: [theirs], needs: [theirs] },
    { why: 'the bus that is always there', buses: [undefined], needs: [`${bus}/default`] },
    { why: 'each bus once', buses: ['b', 'c', 'b', `${bus}/c`], needs: [`${bus}/b`, `${bus}/c`] },
    { why: 'no bus', buses: [], needs: ['*'] },
  ])('PutEvents on $why', ({ buses, needs }) => {
    const input = { Entries: buses.map((EventBusName) => ({ EventBusName })) };
    const rights = rightsFor({ service: 'events', action: 'PutEvents', input }, 'us-east-1');
    expect(rights).toEqual(needs.map((resource) => ({ action: 'events:PutEvents', resource })));
  });

  test('a post to a connection: its method and its path in the stage', () => {
    const path = '/local/@connections/AAAA%3D?x=1';
    expect(rightFor({ method: 'POST', path }, { id: 'api', region: 'us-east-1' })).toEqual({
      action: 'execute-api:ManageConnections',
      resource: 'arn:aws:execute-api:us-east-1:000000000000:api/local/POST/@connections/AAAA%3D',
    });
  });
});
