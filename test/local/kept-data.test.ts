import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { writeAssembly } from './fixture-assembly.ts';
import { type RunningGateway, runGateway } from './running-gateway.ts';

const signing = ({ operator }: RunningGateway) => ({ region: 'us-east-1', credentials: operator });

let dir: string;
let assemblyDir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'data-'));
  assemblyDir = writeAssembly();
});
afterEach(() => {
  rmSync(dir, { recursive: true });
  rmSync(assemblyDir, { recursive: true });
});

const inMemory = {};

const running = async (
  use: (gateway: RunningGateway) => Promise<void>,
  where: { dataDir?: string } = { dataDir: dir },
) => {
  const gateway = await runGateway({ assemblyDir, ...where });
  try {
    await use(gateway);
  } finally {
    await gateway.close();
  }
};

const membershipsIn = async (gateway: RunningGateway): Promise<string[]> => {
  const dynamodb = new DynamoDBClient({ ...signing(gateway), endpoint: gateway.dynamodbEndpoint });
  const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: gateway.tables.memberships }));
  dynamodb.destroy();
  return Items.map(({ pk, sk, role }) => `${pk?.S} ${sk?.S} ${role?.S}`).sort();
};

const demo = [
  'R#r-17 M#demo#u-cashier employee',
  'R#r-17 M#demo#u-chef employee',
  'R#r-17 M#demo#u-manager manager',
  'R#r-17 M#demo#u-owner restaurant_owner',
  'R#r-99 M#demo#u-rival restaurant_owner',
];

test('a new gateway knows the people of the demo', () =>
  running(async (gateway) => expect(await membershipsIn(gateway)).toEqual(demo), inMemory));

test('rows survive a restart, and a membership that was removed does not come back', async () => {
  await running(async (gateway) => {
    const dynamodb = new DynamoDBClient({ ...signing(gateway), endpoint: gateway.dynamodbEndpoint });
    const Key = { pk: { S: 'R#r-17' }, sk: { S: 'M#demo#u-chef' } };
    await dynamodb.send(new DeleteItemCommand({ TableName: gateway.tables.memberships, Key }));
    const Item = { pk: { S: 'R#r-17' }, sk: { S: 'M#demo#u-new' }, role: { S: 'employee' } };
    await dynamodb.send(new PutItemCommand({ TableName: gateway.tables.memberships, Item }));
    dynamodb.destroy();
  });
  const kept = demo.filter((one) => !one.includes('chef')).toSpliced(1, 0, 'R#r-17 M#demo#u-new employee');
  await running(async (gateway) => expect((await membershipsIn(gateway)).sort()).toEqual(kept.sort()));
});

test('without a data folder nothing survives', async () => {
  await running(async (gateway) => {
    const dynamodb = new DynamoDBClient({ ...signing(gateway), endpoint: gateway.dynamodbEndpoint });
    const Item = { connection_id: { S: 'x' } };
    await dynamodb.send(new PutItemCommand({ TableName: gateway.tables.connections, Item }));
    dynamodb.destroy();
  }, inMemory);
  await running(async (gateway) => {
    const dynamodb = new DynamoDBClient({ ...signing(gateway), endpoint: gateway.dynamodbEndpoint });
    const Key = { connection_id: { S: 'x' } };
    expect(await dynamodb.send(new GetItemCommand({ TableName: gateway.tables.connections, Key }))).not.toHaveProperty(
      'Item',
    );
    dynamodb.destroy();
  }, inMemory);
});

test('waiting and delayed messages survive a restart, with what is left of their delay', async () => {
  await running(async (gateway) => {
    const sqs = new SQSClient({ ...signing(gateway), endpoint: gateway.sqsEndpoint });
    const QueueUrl = gateway.queues['DeadLetters'];
    const MessageAttributes = { why: { DataType: 'String', StringValue: 'kept' } };
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'waiting', MessageAttributes }));
    await sqs.send(
      new SendMessageCommand({ QueueUrl: gateway.queues['Timer'], MessageBody: 'delayed', DelaySeconds: 2 }),
    );
    sqs.destroy();
  });
  await running(async (gateway) => {
    const sqs = new SQSClient({ ...signing(gateway), endpoint: gateway.sqsEndpoint });
    const receive = new ReceiveMessageCommand({
      QueueUrl: gateway.queues['DeadLetters'],
      MessageAttributeNames: ['All'],
    });
    const { Messages = [] } = await sqs.send(receive);
    expect(Messages.map(({ Body, MessageAttributes }) => [Body, MessageAttributes?.['why']?.StringValue])).toEqual([
      ['waiting', 'kept'],
    ]);
    const { Records } = await gateway.handled('OnTimer');
    expect(Records[0].body).toBe('delayed');
    sqs.destroy();
  });
});

test('the key survives a restart with the data, and only then', async () => {
  const tokens: string[] = [];
  await running(async (gateway) => void tokens.push(await gateway.token('chef')));
  await running(async (gateway) => {
    const keys = createRemoteJWKSet(new URL(`${gateway.issuerUrl}/.well-known/jwks.json`));
    expect((await jwtVerify(tokens[0] ?? '', keys)).payload.sub).toBe('u-chef');
  });
  await running(async (gateway) => {
    const keys = createRemoteJWKSet(new URL(`${gateway.issuerUrl}/.well-known/jwks.json`));
    await expect(jwtVerify(tokens[0] ?? '', keys)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
  }, inMemory);
});

test('with a data folder open connections are announced as disconnected when the gateway stops', async () => {
  const gateway = await runGateway({ assemblyDir, dataDir: dir });
  const client = await gateway.open();
  const closing = gateway.close();
  const { requestContext } = await gateway.handled('Disconnect');
  expect(requestContext).toMatchObject({ connectionId: client.id, disconnectStatusCode: 1001 });
  await closing;
  expect(await client.closed).toMatchObject({ code: 1001 });
});
