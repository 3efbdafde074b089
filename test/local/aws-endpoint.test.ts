import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { DynamoDBClient, GetItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Client } from './client.ts';
import { type RunningGateway, runGateway } from './running-gateway.ts';
import { type SignOptions, signed } from './signed.ts';

let gateway: RunningGateway;
let client: Client & { readonly id: string };
beforeAll(async () => {
  gateway = await runGateway({}, ({ sources }) => {
    // A function with the real SDK, over whichever way the sandbox gives it.
    sources['Quiet'] = `
import { createRequire } from 'node:module';
const load = createRequire(${JSON.stringify(import.meta.url)});
const { DynamoDBClient, GetItemCommand, PutItemCommand } = load('@aws-sdk/client-dynamodb');
const { ApiGatewayManagementApiClient, PostToConnectionCommand } = load('@aws-sdk/client-apigatewaymanagementapi');
const dynamodb = new DynamoDBClient({ maxAttempts: 1, requestHandler: { connectionTimeout: 100, requestTimeout: 300, throwOnRequestTimeout: true } });
export const handler = async ({ put, get, post, endpoint }) => {
  try {
    if (put) return await dynamodb.send(new PutItemCommand(put));
    if (get) return await dynamodb.send(new GetItemCommand(get));
    return await new ApiGatewayManagementApiClient({ endpoint }).send(new PostToConnectionCommand(post));
  } catch (error) {
    return { name: error.name };
  }
};`;
  });
  client = await gateway.open();
});
afterAll(() => gateway.close());
beforeEach(() => {
  gateway.meter.reset();
  gateway.faults.awsCall = () => 'pass';
});

const asked = async (service: string, action: string, input: object) => {
  client.send({ do: service, action, input });
  return client.next();
};

const table = 'app-Connections';
const Key = { connection_id: { S: 'x' } };

test('what functions use is counted by function, action and unit', async () => {
  await asked('dynamodb', 'PutItem', { TableName: table, Item: { ...Key, text: { S: 'x'.repeat(1500) } } });
  await asked('dynamodb', 'GetItem', { TableName: table, Key });
  await asked('dynamodb', 'GetItem', { TableName: table, Key, ConsistentRead: true });
  await asked('dynamodb', 'BatchGetItem', {
    RequestItems: { [table]: { Keys: [Key] }, 'app-Audit': { Keys: [{ pk: { S: 'x' }, sk: { S: 'x' } }] } },
  });
  await asked('sqs', 'SendMessage', { QueueUrl: gateway.queues['DeadLetters'], MessageBody: 'x' });
  expect({ ...gateway.meter }).toMatchObject({
    invocations: { Reply: 5 },
    dynamodbRequests: { PutItem: 1, GetItem: 2, BatchGetItem: 1 },
    writeUnits: 2,
    readUnits: 0.5 + 1 + 0.5 + 0.5,
    sqsRequests: { SendMessage: 1 },
    managementCalls: {},
  });
});

test('a write that loses its condition is paid like one of the smallest size', async () => {
  await asked('dynamodb', 'PutItem', { TableName: table, Item: Key });
  gateway.meter.reset();
  const lost = await asked('dynamodb', 'PutItem', {
    TableName: table,
    Item: Key,
    ConditionExpression: 'attribute_not_exists(connection_id)',
  });
  expect(lost).toMatchObject({
    status: 400,
    body: { __type: expect.stringContaining('ConditionalCheckFailedException') },
  });
  expect(gateway.meter.writeUnits).toBe(1);
});

test.each([
  { asks: undefined, gets: undefined },
  { asks: 'NONE', gets: undefined },
  { asks: 'TOTAL', gets: { CapacityUnits: 0.5, TableName: table } },
])('a function that asks for $asks is told the capacity: $gets', async ({ asks, gets }) => {
  const { body } = await asked('dynamodb', 'GetItem', { TableName: table, Key, ReturnConsumedCapacity: asks });
  expect((body as { ConsumedCapacity?: unknown }).ConsumedCapacity).toEqual(gets);
  expect(gateway.meter.readUnits).toBe(0.5);
});

test('calls of @connections are counted by method', async () => {
  client.send({ do: 'connections', method: 'GET' });
  await client.next();
  expect(gateway.meter.managementCalls).toEqual({ GET: 1 });
});

test('what operators do is answered, but not counted', async () => {
  const dynamodb = new DynamoDBClient({
    endpoint: gateway.dynamodbEndpoint,
    region: 'us-east-1',
    credentials: gateway.operator,
  });
  gateway.faults.awsCall = () => 'unavailable';
  await dynamodb.send(new GetItemCommand({ TableName: table, Key }));
  expect(gateway.meter).toMatchObject({ dynamodbRequests: {}, readUnits: 0 });
  await expect(dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [] }))).rejects.toMatchObject({
    name: 'UnknownOperationException',
  });
  dynamodb.destroy();
});

const signedCall = (target: string, credentials: SignOptions['credentials']) =>
  signed(
    {
      method: 'POST',
      path: '/',
      headers: { host: new URL(gateway.dynamodbEndpoint).host, 'x-amz-target': target },
      body: '{}',
    },
    { credentials },
  );

test.each([
  { why: 'no signature', credentials: () => undefined, type: 'MissingAuthenticationTokenException' },
  {
    why: 'a key that is nobody’s',
    credentials: () => ({ accessKeyId: 'people', secretAccessKey: 'x' }),
    type: 'UnrecognizedClientException',
  },
  {
    why: 'a key that its function’s name would tell',
    credentials: () => ({
      accessKeyId: `ASIA${createHash('sha256').update('app-Connect').digest('hex').slice(0, 16).toUpperCase()}`,
      secretAccessKey: 'x',
    }),
    type: 'UnrecognizedClientException',
  },
  {
    why: 'an unknown service',
    credentials: () => gateway.operator,
    target: 'S3.Get',
    type: 'UnknownOperationException',
  },
])('a request with $why is refused', async ({ credentials, target = 'DynamoDB_20120810.ListTables', type }) => {
  const signing = credentials();
  const headers = signing === undefined ? { 'x-amz-target': target } : (await signedCall(target, signing)).headers;
  const answer = await fetch(gateway.dynamodbEndpoint, { method: 'POST', body: '{}', headers });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ __type: expect.stringContaining(type) });
});

/** `fetch` does not let its caller name another host. */
const statusFor = async (url: string, host: string, service: string, target = ''): Promise<number | undefined> => {
  const { pathname: path } = new URL(url);
  const { operator: credentials } = gateway;
  const one = { method: 'POST', path, headers: { host, 'x-amz-target': target }, body: '{}' };
  const { headers } = await signed(one, { credentials, service });
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: 'POST', headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.on('error', reject);
    asked.end('{}');
  });
};

test.each([
  { host: 'another site', named: (port: string) => `evil.example:${port}`, status: 403 },
  { host: 'another site without a port', named: () => 'evil.example', status: 403 },
  {
    host: 'a name that begins like this machine’s',
    named: (port: string) => `127.0.0.1.evil.example:${port}`,
    status: 403,
  },
  { host: 'another port of this machine', named: () => '127.0.0.1:1', status: 403 },
  { host: 'this machine', named: (port: string) => `127.0.0.1:${port}`, status: 200 },
  { host: 'this machine by its other name', named: (port: string) => `LOCALHOST:${port}`, status: 200 },
])('a request that is for $host is answered $status, whoever signed it', async ({ named, status }) => {
  const { port } = new URL(gateway.dynamodbEndpoint);
  expect(await statusFor(gateway.dynamodbEndpoint, named(port), 'dynamodb', 'DynamoDB_20120810.ListTables')).toBe(
    status,
  );
  const connection = `${gateway.managementUrl}/@connections/${encodeURIComponent(client.id)}`;
  expect(await statusFor(connection, named(new URL(connection).port), 'execute-api')).toBe(status);
});

test('credentials are made anew at each start', async () => {
  const other = await runGateway();
  await other.close();
  expect(other.operator.accessKeyId).not.toBe(gateway.operator.accessKeyId);
  expect(other.operator.secretAccessKey).not.toBe(gateway.operator.secretAccessKey);
});

test('the SDK in a function reads and writes tables', async () => {
  await gateway.invoke('Quiet', { put: { TableName: table, Item: { ...Key, text: { S: 'ü' } } } });
  expect(await gateway.invoke('Quiet', { get: { TableName: table, Key } })).toMatchObject({
    kind: 'returned',
    value: { Item: { ...Key, text: { S: 'ü' } } },
  });
  expect(gateway.meter.dynamodbRequests).toEqual({ PutItem: 1, GetItem: 1 });
});

test("the SDK's own timeout ends a call that is not answered", async () => {
  const never = Promise.withResolvers<'pass'>();
  gateway.faults.awsCall = () => never.promise;
  expect(await gateway.invoke('Quiet', { get: { TableName: table, Key } })).toEqual({
    kind: 'returned',
    value: { name: 'TimeoutError' },
  });
  never.resolve('pass');
});

test('the SDK in a function knows a connection that is gone', async () => {
  const endpoint = gateway.url.replace('ws:', 'http:');
  const post = { ConnectionId: 'AAAAAAAAAAAAAAA=', Data: 'x' };
  expect(await gateway.invoke('Quiet', { post, endpoint })).toEqual({
    kind: 'returned',
    value: { name: 'GoneException' },
  });
});
