import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Sockets } from '../../lambdas/ports.ts';
import { authError } from '../../protocol/server-messages.ts';
import { thinModule } from '../transport/thin-module.ts';
import * as overSdk from './sockets-over.ts';

const connectionId = 'Zm9v/YmFy+A=';
const frame = authError('token_expired', 0);
const ok = { status: 200, error: undefined as string | undefined };
const gone = { status: 410, error: 'GoneException' };

let server: Server;
let platform: Sockets;
let client: InstanceType<typeof overSdk.ApiGatewayManagementApiClient>;
let answer = ok;
let asked: { method: string | undefined; url: string | undefined; body: string }[] = [];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    asked.push({ method: request.method, url: request.url, body });
    response.writeHead(answer.status, answer.error ? { 'x-amzn-ErrorType': answer.error } : {});
    response.end(answer.status === 204 ? undefined : '{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.close();
});
beforeEach(() => {
  answer = ok;
  asked = [];
});

describe.each([
  { transport: 'sdk', load: async () => overSdk },
  { transport: 'thin', load: () => thinModule<typeof overSdk>('test/apigateway/sockets-over.ts') },
])('a socket, over $transport', ({ load }) => {
  beforeAll(async () => {
    const { ApiGatewayManagementApiClient, sockets } = await load();
    client = new ApiGatewayManagementApiClient({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/test`,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
    platform = sockets(client);
  });
  afterAll(() => client.destroy());

  const path = '/test/@connections/Zm9v%2FYmFy%2BA%3D';

  test('gets a frame as it is, under its encoded id', async () => {
    expect(await platform.post(connectionId, frame)).toBe('sent');
    expect(asked).toEqual([{ method: 'POST', url: path, body: frame }]);
  });

  test('gets characters beyond ASCII as UTF-8', async () => {
    await platform.post(connectionId, '{"type":"寿司"}' as typeof frame);
    expect(asked[0]?.body).toBe('{"type":"寿司"}');
  });

  test('is closed', async () => {
    answer = { ...ok, status: 204 };
    expect(await platform.disconnect(connectionId)).toBe('closed');
    expect(asked).toEqual([{ method: 'DELETE', url: path, body: '' }]);
  });

  test('that is gone is gone, which is no failure', async () => {
    answer = gone;
    expect(await platform.post(connectionId, frame)).toBe('gone');
    expect(await platform.disconnect(connectionId)).toBe('gone');
  });

  test.each([
    { why: 'not allowed', status: 403, error: 'ForbiddenException' },
    { why: 'too many requests', status: 429, error: 'LimitExceededException' },
    { why: 'too large', status: 413, error: 'PayloadTooLargeException' },
    { why: 'a malformed id', status: 400, error: 'BadRequestException' },
    { why: 'an error of the platform', status: 500, error: 'InternalServerError' },
    { why: 'an answer nobody knows', status: 418, error: undefined },
  ])('that could not be reached for another reason throws: $why', async ({ status, error }) => {
    answer = { status, error };
    await expect(platform.post(connectionId, frame)).rejects.toThrow();
    await expect(platform.disconnect(connectionId)).rejects.toThrow();
  });
});
