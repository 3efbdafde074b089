/** Which statements of a policy anybody here decides by. */
import { expect, test } from '@jest/globals';
import { withoutForeignStatements } from '../../local/policies.ts';

const key = { 'Fn::GetAtt': ['Key', 'Arn'] };
const of = (Action: unknown, more: object = {}) => ({ Effect: 'Allow', Action, Resource: key, ...more });

test.each([
  { why: 'a key of KMS', statement: of(['kms:Decrypt', 'kms:GenerateDataKey*']), stays: false },
  { why: 'a key, under a condition', statement: of('kms:Decrypt', { Condition: { StringEquals: {} } }), stays: false },
  { why: 'a queue', statement: of('sqs:SendMessage'), stays: true },
  { why: 'a queue and a key', statement: of(['kms:Decrypt', 'SQS:SendMessage']), stays: true },
  { why: 'everything', statement: of('*'), stays: true },
  { why: 'services by a pattern', statement: of('s*:SendMessage'), stays: true },
  { why: 'all but some actions', statement: { Effect: 'Deny', NotAction: 'kms:*', Resource: '*' }, stays: true },
])('one about $why stays: $stays', ({ statement, stays }) => {
  const Statement = stays ? [statement] : [];
  const document = { Version: '2012-10-17', Statement: [statement] };
  expect(withoutForeignStatements({ Roles: ['r'], PolicyDocument: document })).toEqual({
    Roles: ['r'],
    PolicyDocument: { Version: '2012-10-17', Statement },
  });
  expect(withoutForeignStatements({ Policies: [{ PolicyName: 'p', PolicyDocument: document }] })).toEqual({
    Policies: [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement } }],
  });
});

test('a single statement need not be a list, and what has no policy stays as it is', () => {
  expect(withoutForeignStatements({ PolicyDocument: { Statement: of('kms:Decrypt') } })).toEqual({
    PolicyDocument: { Statement: [] },
  });
  expect(withoutForeignStatements({ QueueName: 'q' })).toEqual({ QueueName: 'q' });
});
