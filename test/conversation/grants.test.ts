/** A grant that is missing in the template is missing here, too; one that nobody needs is found. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, expect, test } from '@jest/globals';
import { connect } from '../../bin/smoke/client.ts';
import { hello } from '../../bin/smoke/messages.ts';
import { type Gateway, startGateway } from '../../local/gateway.ts';
import { changedAssembly } from './assembly.ts';
import { connectionTypeOfVisitor, visitorOfTests } from './demo-visitor.ts';
import { until } from './until.ts';

type Statement = { Action: string | string[]; Resource: unknown };

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** The app with the statements of one function's policy changed. */
const gatewayWith = async (
  functionName: string,
  change: (statements: readonly Statement[]) => readonly Statement[],
): Promise<Gateway & { readonly lines: readonly string[] }> => {
  const dir = mkdtempSync(join(tmpdir(), 'maitred-grants-'));
  closers.push(() => rmSync(dir, { recursive: true }));
  const assemblyDir = await changedAssembly(dir, ({ Type, Properties }, logicalId) => {
    if (Type === 'AWS::IAM::Policy' && logicalId.includes(`${functionName}Role`))
      Properties.PolicyDocument.Statement = change(Properties.PolicyDocument.Statement);
  });
  const lines: string[] = [];
  const gateway = await startGateway({
    assemblyDir,
    onEvent: (event) => {
      if (event.type === 'log') lines.push(event.line);
    },
  });
  closers.push(gateway.close);
  return { ...gateway, lines };
};

const without =
  (action: string) =>
  (statements: readonly Statement[]): readonly Statement[] =>
    statements
      .map((statement) => ({ ...statement, Action: [statement.Action].flat().filter((one) => one !== action) }))
      .filter(({ Action }) => Action.length > 0);

const firstAnswer = async (gateway: Gateway): Promise<unknown> => {
  const client = await connect(gateway.url);
  client.send(
    hello({
      url: gateway.url,
      token: await gateway.token(visitorOfTests),
      restaurantId: 'r-17',
      connectionType: connectionTypeOfVisitor,
    }),
  );
  const answer = JSON.parse(await client.next());
  client.drop();
  return answer;
};

test('a function that lost the grant to read memberships lets nobody in, and its log says why', async () => {
  const gateway = await gatewayWith('Authenticate', without('dynamodb:BatchGetItem'));
  expect(await firstAnswer(gateway)).toMatchObject({ type: 'auth_error', reason: 'unavailable' });
  expect(gateway.lines.join('\n')).toMatch(/"failure":"verification","error":"AccessDeniedException"/);
});

test('one that lost the grant to write connections refuses the handshake', async () => {
  const gateway = await gatewayWith('Connect', without('dynamodb:PutItem'));
  await expect(connect(gateway.url)).rejects.toMatchObject({ code: 'HANDSHAKE_REFUSED', status: 500 });
  expect(gateway.lines.join('\n')).toMatch(/"failure":"connect","error":"AccessDeniedException"/);
});

test('one that lost the grant to post and close cannot say why it refuses', async () => {
  const gateway = await gatewayWith('Message', without('execute-api:ManageConnections'));
  const client = await connect(gateway.url);
  client.send({ type: 'ping' });
  // What is left is the platform's answer to a function that failed.
  expect(JSON.parse(await client.next())).toMatchObject({ message: 'Internal server error' });
  expect(gateway.lines.join('\n')).toMatch(/"failure":"last_message","error":"AccessDeniedException"/);
  client.drop();
});

test('one that lost the grant to hide messages leaves them to the queue, and its log says so', async () => {
  const gateway = await gatewayWith('FanOut', without('sqs:ChangeMessageVisibility'));
  gateway.faults.awsCall = ({ caller, action }) =>
    caller.kind === 'function' && caller.functionName.includes('FanOut') && action === 'GetItem'
      ? 'unavailable'
      : 'pass';
  const sqs = new SQSClient({ endpoint: gateway.sqsEndpoint, region: 'us-east-1', credentials: gateway.operator });
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: gateway.queues['EventQueue'],
      MessageGroupId: 'r-17',
      MessageDeduplicationId: 'o-1',
      MessageBody: '{"v":1,"type":"order.created","data":{}}',
    }),
  );
  sqs.destroy();
  const told = /"failure":"fan_out","error":"AccessDeniedException"/;
  expect(
    await until(
      async () => gateway.lines.join('\n'),
      (text) => told.test(text),
    ),
  ).toMatch(told);
}, 60_000);

test('a grant that nobody needs is among the unused ones', async () => {
  const planted = {
    Effect: 'Allow',
    Action: 'dynamodb:Scan',
    Resource: 'arn:aws:dynamodb:us-east-1:000000000000:table/t',
  };
  const gateway = await gatewayWith('Message', (statements) => [...statements, planted]);
  await firstAnswer(gateway);
  expect(gateway.unusedRights()).toContainEqual({
    functionName: 'MessageFunction',
    action: planted.Action,
    resource: planted.Resource,
  });
});
