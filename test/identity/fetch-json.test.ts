import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fetchJson } from '../../lambdas/identity/fetch-json.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const keySet = { keys: [{ kid: 'a', kty: 'OKP' }] };
const maxBytes = 256 * 1024;
/** A JSON text of exactly so many bytes. */
const jsonOf = (bytes: number) => `"${'x'.repeat(bytes - 2)}"`;
const redirect =
  (status: number): Answer =>
  (_, response) =>
    response.writeHead(status, { location: '/good' }).end();
const status =
  (code: number): Answer =>
  (_, response) =>
    response.writeHead(code).end(JSON.stringify(keySet));

const answers: Readonly<Record<string, Answer>> = {
  '/good': (_, response) => response.end(JSON.stringify(keySet)),
  '/in-pieces': (_, response) => {
    const bytes = Buffer.from('{"name":"寿司"}');
    response.write(bytes.subarray(0, 10));
    setTimeout(() => response.end(bytes.subarray(10)), 50);
  },
  '/largest': (_, response) => response.end(jsonOf(maxBytes)),
  '/too-large': (_, response) => response.end(jsonOf(maxBytes + 1)),
  '/endless': (_, response) => {
    const piece = 'x'.repeat(64 * 1024);
    const pour = () => {
      while (!response.destroyed && response.write(piece));
    };
    response.on('drain', pour);
    pour();
  },
  '/no-json': (_, response) => response.end('<html>'),
  '/empty': (_, response) => response.end(),
  '/no-text': (_, response) => response.end(Buffer.from([0x22, 0xff, 0xfe, 0x22])),
  '/cut-off': (_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"keys":[');
    setImmediate(() => response.destroy());
  },
  '/silent': () => undefined,
  '/dripping': (_, response) => {
    response.write('{"keys":[');
    const drip = setInterval(() => response.write(' '), 50);
    response.on('close', () => clearInterval(drip));
  },
  ...Object.fromEntries([301, 302, 303, 307, 308].map((code) => [`/${code}`, redirect(code)])),
  ...Object.fromEntries([400, 403, 404, 429, 500, 503].map((code) => [`/${code}`, status(code)])),
};

let server: Server;
let origin: string;
const asked: string[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answers[request.url ?? '']?.(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('a key set', () => {
  test('is what the endpoint answers', async () => {
    expect(await fetchJson(`${origin}/good`)).toEqual(keySet);
  });

  test('may come in pieces, also of one character', async () => {
    expect(await fetchJson(`${origin}/in-pieces`)).toEqual({ name: '寿司' });
  });

  test('may have 256 KB', async () => {
    expect(await fetchJson(`${origin}/largest`)).toHaveLength(maxBytes - 2);
  });
});

describe('no key set', () => {
  test.each([
    { why: 'a byte more than 256 KB', path: '/too-large' },
    { why: 'a body without an end', path: '/endless' },
    { why: 'no JSON', path: '/no-json' },
    { why: 'no body', path: '/empty' },
    { why: 'bytes that are no text', path: '/no-text' },
    { why: 'a body that breaks off', path: '/cut-off' },
    ...[400, 403, 404, 429, 500, 503].map((code) => ({ why: `status ${code}`, path: `/${code}` })),
  ])('comes of $why', async ({ path }) => {
    await expect(fetchJson(`${origin}${path}`)).rejects.toThrow();
  });

  test.each([301, 302, 303, 307, 308])('comes of a redirect, and nobody goes there: %i', async (code) => {
    asked.length = 0;
    await expect(fetchJson(`${origin}/${code}`)).rejects.toThrow();
    expect(asked).toEqual([`/${code}`]);
  });

  test.each([
    { why: 'never answers', path: '/silent' },
    { why: 'answers and never ends', path: '/dripping' },
  ])('comes of an endpoint that $why: it has one second', async ({ path }) => {
    // Timers of one process end in the order of their times, however late it is.
    const order: string[] = [];
    const sooner = delay(900).then(() => order.push('0.9 s'));
    const later = delay(1_500).then(() => order.push('1.5 s'));
    const failure = await fetchJson(`${origin}${path}`).catch((error: Error) => error.name);
    order.push(String(failure));
    await Promise.all([sooner, later]);
    expect(order).toEqual(['0.9 s', 'TimeoutError', '1.5 s']);
  });

  test('comes of a port where nobody listens', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as AddressInfo;
    gone.close();
    await once(gone, 'close');
    await expect(fetchJson(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  });
});
