import { describe, expect, test } from '@jest/globals';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { allowed, tooWide } from './permissions.ts';
import { resources, stacks, templates, templatesOf } from './templates.ts';

const connections =
  'arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<DoorApi>/test/METHOD/@connections/*';
const postAndClose = ['DELETE', 'POST'].map(
  (method) => `execute-api:ManageConnections ${connections.replace('METHOD', method)}`,
);
const ownLog = (id: string) => [`logs:CreateLogStream <${id}Log>`, `logs:PutLogEvents <${id}Log>`];
const recording = ['dynamodb:PutItem <Audit>', 'dynamodb:UpdateItem <Budgets>', 'sqs:SendMessage <AuthTimerQueue>'];

describe('each function may do', () => {
  const dev = templates();

  test.each([
    { id: 'Connect', may: ['dynamodb:PutItem <Connections>', 'dynamodb:GetItem <Budgets>'] },
    {
      id: 'Authenticate',
      may: [
        'dynamodb:GetItem <Connections>',
        'dynamodb:PutItem <Connections>',
        'dynamodb:UpdateItem <Connections>',
        'dynamodb:BatchGetItem <Memberships>',
        'dynamodb:BatchGetItem <Events>',
        'dynamodb:GetItem <Events>',
        'dynamodb:PutItem <Events>',
        'dynamodb:GetItem <Budgets>',
        ...postAndClose,
      ],
    },
    {
      id: 'Message',
      may: [
        'dynamodb:BatchGetItem <Connections>',
        'dynamodb:GetItem <Connections>',
        'dynamodb:PutItem <Connections>',
        'dynamodb:UpdateItem <Connections>',
        'dynamodb:Query <Connections>/index/live',
        'dynamodb:BatchGetItem <Memberships>',
        'dynamodb:BatchGetItem <Events>',
        'dynamodb:Query <Events>',
        'sqs:SendMessage <EventQueue>',
        ...postAndClose,
      ],
    },
    {
      id: 'FanOut',
      may: [
        'dynamodb:GetItem <Connections>',
        'dynamodb:UpdateItem <Connections>',
        'dynamodb:PutItem <Connections>',
        'dynamodb:Query <Connections>/index/live',
        'dynamodb:Query <Memberships>',
        'dynamodb:BatchGetItem <Events>',
        'dynamodb:GetItem <Events>',
        'dynamodb:PutItem <Events>',
        'sqs:ReceiveMessage <EventQueue>',
        'sqs:DeleteMessage <EventQueue>',
        'sqs:GetQueueAttributes <EventQueue>',
        'sqs:ChangeMessageVisibility <EventQueue>',
        'sqs:SendMessage <EventQueueDeadLetters>',
        'sqs:SendMessage <RedeliveryQueue>',
        ...postAndClose,
      ],
    },
    {
      id: 'Redeliver',
      may: [
        'dynamodb:GetItem <Connections>',
        'dynamodb:PutItem <Connections>',
        'dynamodb:Query <Connections>/index/live',
        'dynamodb:Query <Memberships>',
        'dynamodb:GetItem <Events>',
        'sqs:ReceiveMessage <RedeliveryQueue>',
        'sqs:DeleteMessage <RedeliveryQueue>',
        'sqs:GetQueueAttributes <RedeliveryQueue>',
        'sqs:SendMessage <RedeliveryQueue>',
        ...postAndClose,
      ],
    },
    {
      id: 'Disconnect',
      may: ['dynamodb:GetItem <Connections>', 'dynamodb:UpdateItem <Connections>', 'dynamodb:PutItem <Connections>'],
    },
    {
      id: 'AuthTimeout',
      may: [
        'dynamodb:BatchGetItem <Connections>',
        'dynamodb:GetItem <Connections>',
        'dynamodb:UpdateItem <Connections>',
        'dynamodb:GetItem <Budgets>',
        'sqs:ReceiveMessage <AuthTimerQueue>',
        'sqs:DeleteMessage <AuthTimerQueue>',
        'sqs:GetQueueAttributes <AuthTimerQueue>',
        ...postAndClose,
      ],
    },
  ])('$id: exactly its single actions on single resources', ({ id, may }) => {
    // Who posts again refuses nobody, so it counts no refusals.
    const recorded = recording.filter((right) => id !== 'Redeliver' || !right.includes('Budgets'));
    expect(allowed(dev, id)).toEqual([...may, ...recorded, ...ownLog(id)].sort());
  });
});

test("no function may write a membership: whatever it is told, it changes nobody's rights", () => {
  const gateway = templates();
  const functions = Object.keys(resources(gateway.gateway, 'AWS::Lambda::Function')).map((id) =>
    id.replace(/Function$/, ''),
  );
  expect(functions).toContain('FanOut');
  const onMemberships = functions
    .flatMap((id) => allowed(gateway, id))
    .filter((right) => right.includes('<Memberships>'));
  expect([...new Set(onMemberships)].sort()).toEqual([
    'dynamodb:BatchGetItem <Memberships>',
    'dynamodb:Query <Memberships>',
  ]);
});

describe('nothing is allowed by wildcard', () => {
  test.each([
    { why: 'without configuration', config: {} },
    {
      why: 'with an issuer',
      config: { issuers: [{ alias: 'a', issuer: 'https://a.example', audience: 'b', idTokens: 'other_audience' }] },
    },
    { why: 'with logs by an existing role', config: { accountLogRole: 'existing' } },
  ])('$why', ({ config }) => {
    expect(tooWide(templates(config))).toEqual([]);
  });

  test('but by the account role, which has the policy AWS made for it', () => {
    expect(tooWide(templates({ accountLogRole: 'create' }))).toEqual([
      'DoorLogsAccountRole: arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs',
    ]);
  });

  test.each([
    {
      planted: 'every action',
      actions: ['dynamodb:*'],
      resources: ['arn:aws:dynamodb:eu-west-1:111122223333:table/t'],
    },
    { planted: 'every resource', actions: ['dynamodb:GetItem'], resources: ['*'] },
    { planted: 'a scan', actions: ['dynamodb:Scan'], resources: ['arn:aws:dynamodb:eu-west-1:111122223333:table/t'] },
    {
      planted: 'the connections of every stage',
      actions: ['execute-api:ManageConnections'],
      resources: ['arn:aws:execute-api:eu-west-1:111122223333:api/*/POST/@connections/*'],
    },
  ])('and $planted would be found', ({ actions, resources }) => {
    const made = stacks();
    const role = made.gateway.node.findChild('Connect').node.findChild('Role');
    if (!('addToPrincipalPolicy' in role) || typeof role.addToPrincipalPolicy !== 'function')
      throw new Error('no role');
    role.addToPrincipalPolicy(new PolicyStatement({ actions, resources }));

    expect(tooWide(templatesOf(made))).toHaveLength(1);
  });
});
