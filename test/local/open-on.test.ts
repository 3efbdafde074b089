/** The WebSocket port on another address than 127.0.0.1: sockets are there, and nothing else of this machine. */
import { connect as connectTcp } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connect } from './client.ts';
import { type RunningGateway, runGateway } from './running-gateway.ts';

const other = '127.0.0.2';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await runGateway({
    openOn: [other],
    http: (_, response) => response.writeHead(200).end('console') !== undefined,
  });
});
afterAll(() => gateway.close());

const portOf = (url: string): number => Number(new URL(url).port);
const elsewhere = (url: string): string => url.replace('127.0.0.1', other);

test('sockets are open on both', async () => {
  expect(gateway.openUrls).toEqual([elsewhere(gateway.url)]);
  for (const url of [gateway.url, ...gateway.openUrls]) {
    const client = await connect(url);
    client.socket.close();
    await client.closed;
  }
});

test.each([
  { why: 'the console', method: 'GET', path: '/' },
  { why: 'what the console asks', method: 'GET', path: '/console/demo' },
  { why: "the issuer's keys", method: 'GET', path: '/issuer/.well-known/jwks.json' },
  { why: "the issuer's tokens", method: 'POST', path: '/issuer/token' },
  { why: 'the callback URL', method: 'POST', path: '/local/@connections/abc' },
])('$why is not there', async ({ method, path }) => {
  const url = new URL(path, elsewhere(gateway.issuerUrl));
  const body = method === 'POST' ? '{"user":"chef"}' : null;
  for (const headers of [{}, { host: `127.0.0.1:${url.port}` }]) {
    const answer = await fetch(url, { method, body, headers });
    expect({ status: answer.status, body: await answer.text() }).toEqual({ status: 426, body: '' });
  }
});

test("AWS's endpoint does not listen there", async () => {
  const socket = connectTcp(portOf(gateway.dynamodbEndpoint), other);
  const [error] = await once(socket, 'error');
  expect(error).toMatchObject({ code: 'ECONNREFUSED' });
});

test('without it, nothing listens there', async () => {
  const closed = await runGateway();
  const socket = connectTcp(portOf(closed.url), other);
  const [error] = await once(socket, 'error');
  expect([error.code, closed.openUrls]).toEqual(['ECONNREFUSED', []]);
  await closed.close();
});

test('an address that this machine does not have is told in a sentence', async () => {
  // RFC 5737: nobody's.
  await expect(runGateway({ openOn: ['192.0.2.1'] })).rejects.toMatchObject({
    code: 'ADDRESS_UNKNOWN',
    message: '192.0.2.1 is no address of this machine.',
  });
});
