import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { readAssembly } from '../../local/assembly.ts';
import { readBlueprint } from '../../local/blueprint.ts';
import { createRoleRights } from '../../local/rights/role-rights.ts';
import { type Fixture, writeAssembly } from './fixture-assembly.ts';
import { runGateway } from './running-gateway.ts';

type Json = Readonly<Record<string, unknown>>;

const setRole = (fixture: Fixture, name: string, properties: { [key: string]: unknown }): void => {
  const role = fixture.template.Resources[`${name}Role`];
  if (role === undefined) throw new Error(`there is no ${name}Role`);
  role.Properties = properties;
};
const inline = (...statements: Json[]) => ({
  Policies: [{ PolicyName: 'one', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
});
const allow = (Action: unknown, Resource: unknown, more: Json = {}): Json => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const connections = (method: string) => ({
  'Fn::Join': [
    '',
    [
      'arn:',
      { Ref: 'AWS::Partition' },
      ':execute-api:',
      { Ref: 'AWS::Region' },
      ':',
      { Ref: 'AWS::AccountId' },
      ':',
      { Ref: 'Api' },
      `/local/${method}/@connections/*`,
    ],
  ],
});

test('a function may call what its role grants, and is refused the rest in the form the SDKs read', async () => {
  const gateway = await runGateway({}, (fixture) => {
    setRole(
      fixture,
      'Reply',
      inline(
        allow('dynamodb:GetItem', arnOf('Connections')),
        allow(['sqs:SendMessage'], [arnOf('DeadLetters')]),
        allow('execute-api:ManageConnections', connections('GET')),
      ),
    );
    fixture.template.Resources['Attached'] = {
      Type: 'AWS::IAM::Policy',
      Properties: {
        Roles: [{ Ref: 'ReplyRole' }],
        PolicyDocument: { Statement: [allow('dynamodb:PutItem', arnOf('Connections'))] },
      },
    };
  });
  const client = await gateway.open();
  const asked = async (message: object) => {
    client.send(message);
    return client.next();
  };
  const Key = { connection_id: { S: 'x' } };
  const get = (table: string) => ({ do: 'dynamodb', action: 'GetItem', input: { TableName: table, Key } });
  const put = { do: 'dynamodb', action: 'PutItem', input: { TableName: 'app-Connections', Item: Key } };
  const send = (queue: string) => ({
    do: 'sqs',
    action: 'SendMessage',
    input: { QueueUrl: gateway.queues[queue], MessageBody: 'x' },
  });
  const refused = { status: 400, body: { __type: expect.stringContaining('#AccessDeniedException') } };

  expect(await asked(get('app-Connections'))).toMatchObject({ status: 200 });
  expect(await asked(put)).toMatchObject({ status: 200 });
  expect(await asked(send('DeadLetters'))).toMatchObject({ status: 200 });
  expect(await asked({ do: 'connections', method: 'GET' })).toMatchObject({ status: 200 });

  expect(await asked(get('app-Audit'))).toMatchObject(refused);
  expect(await asked({ ...put, action: 'DeleteItem' })).toMatchObject(refused);
  expect(await asked(send('Timer'))).toMatchObject(refused);
  expect(await asked({ do: 'connections', method: 'DELETE' })).toMatchObject({
    status: 403,
    errorType: 'AccessDeniedException',
  });
  expect(gateway.unusedRights().filter(({ functionName }) => functionName === 'Reply')).toEqual([]);
  client.socket.terminate();
  await gateway.close();
});

test('the SDK in a function throws AccessDeniedException, and operators pass', async () => {
  const gateway = await runGateway({}, (fixture) => {
    setRole(fixture, 'Quiet', {});
    fixture.sources['Quiet'] = `
import { createRequire } from 'node:module';
const load = createRequire(${JSON.stringify(import.meta.url)});
const { DynamoDBClient, GetItemCommand } = load('@aws-sdk/client-dynamodb');
const { SQSClient, SendMessageCommand } = load('@aws-sdk/client-sqs');
const { ApiGatewayManagementApiClient, PostToConnectionCommand } = load('@aws-sdk/client-apigatewaymanagementapi');
const nameOf = (call) => call.then(() => 'none', (error) => \`\${error.name} \${error.$metadata.httpStatusCode}\`);
export const handler = async ({ endpoint, queue }) => Promise.all([
  nameOf(new DynamoDBClient().send(new GetItemCommand({ TableName: 'app-Connections', Key: { connection_id: { S: 'x' } } }))),
  nameOf(new SQSClient().send(new SendMessageCommand({ QueueUrl: queue, MessageBody: 'x' }))),
  nameOf(new ApiGatewayManagementApiClient({ endpoint }).send(new PostToConnectionCommand({ ConnectionId: 'AAAAAAAAAAAAAAA=', Data: 'x' }))),
]);`;
  });
  const outcome = await gateway.invoke('Quiet', {
    endpoint: gateway.url.replace('ws:', 'http:'),
    queue: gateway.queues['Timer'],
  });
  expect(outcome).toMatchObject({
    value: ['AccessDeniedException 400', 'AccessDeniedException 400', 'AccessDeniedException 403'],
  });
  const operator = new DynamoDBClient({
    endpoint: gateway.dynamodbEndpoint,
    region: 'us-east-1',
    credentials: gateway.operator,
  });
  await operator.send(new GetItemCommand({ TableName: 'app-Audit', Key: { pk: { S: 'x' }, sk: { S: 'x' } } }));
  operator.destroy();
  await gateway.close();
});

const rightsIn = (change: (fixture: Fixture) => void) =>
  createRoleRights(readBlueprint(readAssembly(writeAssembly(change)), 'http://127.0.0.1:9'));

describe('what the gateway cannot enforce is an error that names it', () => {
  test.each([
    {
      why: 'a condition',
      role: inline(allow('sqs:*', '*', { Condition: { Bool: {} } })),
      names: /Statement\.0.*Condition/,
    },
    {
      why: 'NotAction',
      role: inline({ Effect: 'Allow', NotAction: 'sqs:*', Resource: '*' }),
      names: /Statement\.0.*Action/,
    },
    {
      why: 'NotResource',
      role: inline({ Effect: 'Allow', Action: 'sqs:*', NotResource: '*' }),
      names: /Statement\.0.*Resource/,
    },
    {
      why: 'a policy that AWS keeps',
      role: { ManagedPolicyArns: ['arn:aws:iam::aws:policy/x'] },
      names: /ManagedPolicyArns/,
    },
  ])('$why', ({ role, names }) => {
    expect(() => rightsIn((fixture) => setRole(fixture, 'Reply', role))).toThrow(names);
  });

  test('a role that is not in the app', () => {
    expect(() =>
      rightsIn(({ template }) => Object.assign(template.Resources['Reply']?.Properties ?? {}, { Role: 'arn:other' })),
    ).toThrow(/arn:other/);
  });

  test("a queue's permission for somebody", () => {
    const Statement = [allow('sqs:*', '*', { Principal: { AWS: 'arn:aws:iam::000000000000:role/x' } })];
    expect(() =>
      rightsIn(({ template }) => {
        template.Resources['OfQueue'] = {
          Type: 'AWS::SQS::QueuePolicy',
          Properties: { PolicyDocument: { Statement } },
        };
      }),
    ).toThrow(/OfQueue.*Principal/);
  });
});

describe("a queue's own policy", () => {
  const timer = 'arn:aws:sqs:us-east-1:000000000000:app-Timer';
  const sends = (more: Json) => {
    const Statement = [{ Effect: 'Deny', Action: 'sqs:*', Resource: arnOf('Timer'), Principal: { AWS: '*' }, ...more }];
    const rights = rightsIn(({ template }) => {
      template.Resources['OfQueue'] = { Type: 'AWS::SQS::QueuePolicy', Properties: { PolicyDocument: { Statement } } };
    });
    const caller = { kind: 'function', functionName: 'app-Reply' } as const;
    const input = { QueueUrl: `http://127.0.0.1:9/000000000000/${timer.split(':').at(-1)}` };
    return rights.policy({ caller, service: 'sqs', action: 'SendMessage', input });
  };

  test('that demands TLS denies a function nothing, since functions call through TLS where they are deployed', () => {
    expect(sends({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } })).toBe(undefined);
  });

  test('that denies everybody keeps the mapping from starting', () => {
    expect(() => sends({})).toThrow(/OnTimer .* sqs:ReceiveMessage/);
  });

  test('that denies everybody something else denies it to functions', () => {
    expect(sends({ Action: 'sqs:SendMessage' })).toMatchObject({ status: 400 });
  });
});

test.each(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'])(
  'a queue is handed to a function only if its role allows %s',
  (missing) => {
    const others = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'].filter(
      (one) => one !== missing,
    );
    expect(() => rightsIn((fixture) => setRole(fixture, 'OnTimer', inline(allow(others, arnOf('Timer')))))).toThrow(
      new RegExp(`OnTimer .* ${missing}`),
    );
  },
);
