import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  GoneException,
  LimitExceededException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Fate } from '../../local/faults.ts';
import { type Client, connect } from './client.ts';
import { type RunningGateway, runGateway } from './running-gateway.ts';

let gateway: RunningGateway;
let api: ApiGatewayManagementApiClient;
beforeAll(async () => {
  gateway = await runGateway();
  api = new ApiGatewayManagementApiClient({
    endpoint: gateway.url.replace('ws:', 'http:'),
    region: 'us-east-1',
    credentials: gateway.operator,
    maxAttempts: 1,
  });
});
afterAll(() => gateway.close());

test('an id is base64 and ends in "="', async () => {
  const client = await gateway.open();
  const { id } = client;
  expect(id).toMatch(/^[A-Za-z0-9+/]{15}=$/);
  client.socket.terminate();
});

test('POST sends the text to the client', async () => {
  const client = await gateway.open();
  const { id } = client;
  await api.send(new PostToConnectionCommand({ ConnectionId: id, Data: '{"table":4}' }));
  expect(await client.next()).toEqual({ table: 4 });
  client.socket.terminate();
});

test('GET tells since when, when last and who', async () => {
  const client = await gateway.open('', { headers: { 'User-Agent': 'till/1' } });
  const { id } = client;
  const answer = await api.send(new GetConnectionCommand({ ConnectionId: id }));
  expect(answer.Identity).toEqual({ SourceIp: '127.0.0.1', UserAgent: 'till/1' });
  expect(answer.ConnectedAt?.getTime()).toBeLessThanOrEqual(answer.LastActiveAt?.getTime() ?? 0);
  client.socket.terminate();
});

test('DELETE closes with 1000 and $disconnect hears "Connection Closed Normally"', async () => {
  const client = await gateway.open();
  const { id } = client;
  const { $metadata } = await api.send(new DeleteConnectionCommand({ ConnectionId: id }));
  expect($metadata.httpStatusCode).toBe(204);
  expect(await client.closed).toEqual({ code: 1000, reason: '' });
  const told = await gateway.handled('Disconnect', ({ requestContext }) => requestContext.connectionId === id);
  expect(told.requestContext).toMatchObject({
    disconnectStatusCode: 1000,
    disconnectReason: 'Connection Closed Normally',
  });
});

test('a deleted connection is announced once, though its client answers the close', async () => {
  const deleted = await gateway.open();
  gateway.meter.reset();
  await api.send(new DeleteConnectionCommand({ ConnectionId: deleted.id }));
  await deleted.closed;
  const other = await gateway.open();
  other.socket.close();
  await gateway.handled('Disconnect', ({ requestContext }) => requestContext.connectionId === other.id);
  expect(gateway.meter.invocations['Disconnect']).toBe(2);
});

test('what is posted before a DELETE arrives before the close', async () => {
  const client = await gateway.open();
  const { id } = client;
  await api.send(new PostToConnectionCommand({ ConnectionId: id, Data: '{"last":true}' }));
  await api.send(new DeleteConnectionCommand({ ConnectionId: id }));
  expect(await client.next()).toEqual({ last: true });
  await client.closed;
});

test.each([
  { why: 'was deleted', end: (id: string) => api.send(new DeleteConnectionCommand({ ConnectionId: id })) },
  { why: 'was closed by its client', end: (_: string, client: Client) => client.socket.close() },
])('a connection that $why is gone for every method', async ({ end }) => {
  const client = await gateway.open();
  const { id } = client;
  await end(id, client);
  await gateway.event((event) => event.type === 'closed' && event.connectionId === id);
  await expect(api.send(new PostToConnectionCommand({ ConnectionId: id, Data: 'x' }))).rejects.toThrow(GoneException);
  await expect(api.send(new GetConnectionCommand({ ConnectionId: id }))).rejects.toThrow(GoneException);
  await expect(api.send(new DeleteConnectionCommand({ ConnectionId: id }))).rejects.toThrow(GoneException);
});

test('an id that was never given out is gone, too', async () => {
  const post = new PostToConnectionCommand({ ConnectionId: 'AAAAAAAAAAAAAAA=', Data: 'x' });
  await expect(api.send(post)).rejects.toThrow(GoneException);
});

test('before $connect has returned the connection is gone', async () => {
  const answered = Promise.withResolvers<unknown>();
  gateway.faults.awsCall = async (): Promise<Fate> => {
    const { requestContext } = await gateway.handled('Connect', (event) => event.queryStringParameters?.do === 'call');
    const post = new PostToConnectionCommand({ ConnectionId: requestContext.connectionId, Data: 'x' });
    await api.send(post).then(answered.resolve, answered.resolve);
    return 'pass';
  };
  const client = await connect(`${gateway.url}?do=call`);
  gateway.faults.awsCall = () => 'pass';
  expect(await answered.promise).toBeInstanceOf(GoneException);
  client.socket.terminate();
});

test('a function reaches its own connection: the post arrives, then the reply that tells of it', async () => {
  const client = await gateway.open();
  client.send({ do: 'connections', method: 'POST', data: '{"posted":true}' });
  expect(await client.next()).toEqual({ posted: true });
  expect(await client.next()).toMatchObject({ status: 200 });
  client.socket.terminate();
});

test('a malformed id is refused with 400', async () => {
  const client = await gateway.open();
  client.send({ do: 'connections', method: 'POST', id: 'no id', data: 'x' });
  expect(await client.next()).toMatchObject({ status: 400, errorType: 'BadRequestException' });
  client.socket.terminate();
});

test('a message over 128 KB is refused with 413', async () => {
  const client = await gateway.open();
  const { id } = client;
  const post = new PostToConnectionCommand({ ConnectionId: id, Data: 'x'.repeat(128 * 1024 + 1) });
  await expect(api.send(post)).rejects.toMatchObject({ name: 'PayloadTooLargeException' });
  client.socket.terminate();
});

test.each([
  { why: 'an unsigned request', headers: {} },
  { why: 'a request with a key that is nobody’s', headers: { authorization: 'AWS4-HMAC-SHA256 Credential=people/x' } },
])('$why is refused with 403', async ({ headers }) => {
  const url = `${gateway.url.replace('ws:', 'http:')}/@connections/${encodeURIComponent('AAAAAAAAAAAAAAA=')}`;
  expect((await fetch(url, { method: 'POST', body: 'x', headers })).status).toBe(403);
});

test('429 can be injected for a number of posts', async () => {
  const client = await gateway.open();
  const { id } = client;
  gateway.faults.throttledPosts = 1;
  const post = () => api.send(new PostToConnectionCommand({ ConnectionId: id, Data: '{"n":1}' }));
  await expect(post()).rejects.toThrow(LimitExceededException);
  await post();
  expect(await client.next()).toEqual({ n: 1 });
  client.socket.terminate();
});

test('a client that does not read is throttled once its buffer is full', async () => {
  const client = await gateway.open();
  const { id } = client;
  client.socket.pause();
  const Data = 'x'.repeat(128 * 1024);
  const fill = async (): Promise<unknown> => {
    for (let posts = 0; posts < 1000; posts += 1)
      await api.send(new PostToConnectionCommand({ ConnectionId: id, Data }));
    return 'never throttled';
  };
  await expect(fill()).rejects.toThrow(LimitExceededException);
  client.socket.terminate();
});
