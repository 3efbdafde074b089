import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { type RunningGateway, runGateway } from './running-gateway.ts';
import { restaurantDemo } from '../restaurant-domain.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await runGateway();
});
afterAll(() => gateway.close());

const verified = async (token: string) => {
  const keys = createRemoteJWKSet(new URL(`${gateway.issuerUrl}/.well-known/jwks.json`));
  return jwtVerify(token, keys, { issuer: gateway.issuerUrl, audience: 'maitred-demo' });
};

const json = async (answer: Response) => (await answer.json()) as Record<string, unknown>;

const requestToken = (body: string) => fetch(`${gateway.issuerUrl}/token`, { method: 'POST', body });

test.each([
  { host: 'evil.example', status: 403 },
  { host: '127.0.0.1.evil.example', status: 403 },
  { host: 'gateway.local', status: 403 },
  { host: '10.0.2.2', status: 200 },
  { host: 'localhost', status: 200 },
  { host: '127.0.0.1', status: 200 },
])('whoever asks for a token at $host is answered $status', async ({ host, status }) => {
  const { port } = new URL(gateway.issuerUrl);
  const asked = request(`${gateway.issuerUrl}/token`, { method: 'POST', headers: { host: `${host}:${port}` } });
  asked.end('{"user":"chef"}');
  const [answer]: IncomingMessage[] = await once(asked, 'response');
  answer?.resume();
  expect(answer?.statusCode).toBe(status);
});

test('discovery leads to the keys', async () => {
  const discovery = await json(await fetch(`${gateway.issuerUrl}/.well-known/openid-configuration`));
  expect(discovery).toMatchObject({ issuer: gateway.issuerUrl, token_endpoint: `${gateway.issuerUrl}/token` });
  const { keys } = await json(await fetch(String(discovery['jwks_uri'])));
  expect(keys).toEqual([
    {
      kty: 'EC',
      crv: 'P-256',
      x: expect.any(String),
      y: expect.any(String),
      kid: expect.any(String),
      alg: 'ES256',
      use: 'sig',
    },
  ]);
});

test.each(restaurantDemo.users)('everybody gets a token for %s', async (user) => {
  const answer = await requestToken(JSON.stringify({ user }));
  expect(answer.status).toBe(200);
  const granted = await json(answer);
  expect(granted).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
  const { payload, protectedHeader } = await verified(String(granted['access_token']));
  expect(payload).toMatchObject({ sub: `u-${user}`, exp: (payload.iat ?? 0) + 3600 });
  expect(protectedHeader.alg).toBe('ES256');
});

test.each([
  { why: 'a user that is not of the demo', body: '{"user":"mallory"}' },
  { why: 'no user', body: '{}' },
  { why: 'no object', body: 'null' },
  { why: 'no JSON', body: 'user=chef' },
  { why: 'a body that does not end', body: `{"user":"${'x'.repeat(5000)}"}` },
])('$why gets no token', async ({ body }) => {
  expect((await requestToken(body)).status).toBe(400);
});

test('a token that has ended can be had, too', async () => {
  const granted = await json(await requestToken('{"user":"chef","expired":true}'));
  expect(granted).toMatchObject({ expires_in: 0 });
  await expect(verified(String(granted['access_token']))).rejects.toMatchObject({ code: 'ERR_JWT_EXPIRED' });
});

test('in the process any claim can be replaced, added or left out', async () => {
  const token = await gateway.token('chef', { sub: 'u-1', exp: undefined, extra: [1] });
  const { payload } = await verified(token);
  expect(payload).toMatchObject({ sub: 'u-1', extra: [1] });
  expect(payload).not.toHaveProperty('exp');
});

test.each([
  { method: 'GET', path: '/issuer/token', status: 404 },
  { method: 'GET', path: '/issuer/nothing', status: 404 },
  { method: 'POST', path: '/issuer/.well-known/jwks.json', status: 404 },
  { method: 'GET', path: '/', status: 426 },
  { method: 'GET', path: '/local', status: 426 },
])('$method $path is answered $status', async ({ method, path, status }) => {
  expect((await fetch(new URL(path, gateway.issuerUrl), { method })).status).toBe(status);
});
