import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connect } from './client.ts';
import { type RunningGateway, runGateway } from './running-gateway.ts';

const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await runGateway({ clock: () => nowMs });
});
afterAll(() => gateway.close());

const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/);

const contextOf = (routeKey: string, eventType: string) => ({
  routeKey,
  eventType,
  requestId: uuid,
  extendedRequestId: uuid,
  requestTime: '02/Jan/2026:03:04:05 +0000',
  requestTimeEpoch: nowMs,
  messageDirection: 'IN',
  connectedAt: nowMs,
  connectionId: expect.stringMatching(/^[A-Za-z0-9+/]{15}=$/),
  stage: 'local',
  apiId: expect.stringMatching(/^[a-z0-9]{10}$/),
  domainName: expect.stringMatching(/^[a-z0-9]{10}\.execute-api\.us-east-1\.amazonaws\.com$/),
  identity: { sourceIp: '127.0.0.1', userAgent: 'till/1' },
});

test('the events of one connection have the shape of API Gateway, and the same connection in all', async () => {
  const headers = { 'User-Agent': 'till/1', 'x-CASE': 'Kept', 'X-Forwarded-For': '6.6.6.6' };
  const client = await connect(`${gateway.url}?a=1&a=2&b=%20`, { headers });
  client.send({ type: 'ping', text: 'ü' });
  await client.next();
  client.socket.close(4001, 'enough');

  const connected = await gateway.handled('Connect');
  expect(connected).toEqual({
    headers: expect.objectContaining({ 'x-CASE': 'Kept', 'X-Forwarded-For': '6.6.6.6, 127.0.0.1' }),
    multiValueHeaders: expect.objectContaining({ 'x-CASE': ['Kept'], 'X-Forwarded-For': ['6.6.6.6, 127.0.0.1'] }),
    queryStringParameters: { a: '2', b: ' ' },
    multiValueQueryStringParameters: { a: ['1', '2'], b: [' '] },
    requestContext: contextOf('$connect', 'CONNECT'),
    isBase64Encoded: false,
  });
  const { connectionId } = connected.requestContext;

  const said = await gateway.handled('Reply');
  expect(said).toEqual({
    requestContext: { ...contextOf('$default', 'MESSAGE'), messageId: uuid, connectionId },
    body: '{"type":"ping","text":"ü"}',
    isBase64Encoded: false,
  });

  const left = await gateway.handled('Disconnect');
  expect(left).toEqual({
    headers: expect.any(Object),
    multiValueHeaders: expect.any(Object),
    requestContext: {
      ...contextOf('$disconnect', 'DISCONNECT'),
      connectionId,
      disconnectStatusCode: 4001,
      disconnectReason: 'enough',
    },
    isBase64Encoded: false,
  });
});

test('without a query and a user agent the event has no fields for them', async () => {
  const client = await connect(gateway.url);
  const event = await gateway.handled('Connect');
  expect(event).not.toHaveProperty('queryStringParameters');
  expect(event).not.toHaveProperty('multiValueQueryStringParameters');
  expect(event.requestContext.identity).toEqual({ sourceIp: '127.0.0.1' });
  client.socket.terminate();
  const left = await gateway.handled('Disconnect');
  expect(left.requestContext).toMatchObject({ disconnectStatusCode: 1006 });
});

test('a query may hold names that objects inherit', async () => {
  const client = await connect(`${gateway.url}?__proto__=x&constructor=y`);
  const event = await gateway.handled('Connect');
  expect(Object.entries(event.queryStringParameters)).toEqual([
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ]);
  client.socket.terminate();
});
