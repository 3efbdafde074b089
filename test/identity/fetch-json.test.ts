import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fetchJson, fetchTimeoutMs } from '../../lambdas/identity/fetch-json.ts';
import { type KeySetFailure, keySetFailureOf } from '../../lambdas/identity/key-set-failure.ts';

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
  '/slow': (_, response) => setTimeout(() => response.end(JSON.stringify(keySet)), 1_500),
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

  test('comes in whatever time is left, were it no whole number of milliseconds', async () => {
    expect(await fetchJson(`${origin}/good`, 1_234.567)).toEqual(keySet);
  });

  test('may take one and a half seconds to come', async () => {
    expect(await fetchJson(`${origin}/slow`)).toEqual(keySet);
  });

  test('may have 256 KB', async () => {
    expect(await fetchJson(`${origin}/largest`)).toHaveLength(maxBytes - 2);
  });
});

const failureAt = async (path: string, timeoutMs?: number): Promise<KeySetFailure | 'none'> => {
  try {
    await fetchJson(`${origin}${path}`, timeoutMs);
    return 'none';
  } catch (error) {
    return keySetFailureOf(error);
  }
};

describe('no key set', () => {
  test.each<{ why: string; path: string; failure: KeySetFailure }>([
    { why: 'a byte more than 256 KB', path: '/too-large', failure: { cause: 'too_large', found: maxBytes } },
    { why: 'a body without an end', path: '/endless', failure: { cause: 'too_large', found: maxBytes } },
    { why: 'no JSON', path: '/no-json', failure: { cause: 'not_json' } },
    { why: 'no body', path: '/empty', failure: { cause: 'not_json' } },
    { why: 'bytes that are no text', path: '/no-text', failure: { cause: 'not_json' } },
    { why: 'a body that breaks off', path: '/cut-off', failure: { cause: 'connection', found: 'UND_ERR_SOCKET' } },
    ...[400, 403, 404, 429, 500, 503].map((code) => ({
      why: `status ${code}`,
      path: `/${code}`,
      failure: { cause: 'status', found: code } as const,
    })),
  ])('comes of $why, and that is told', async ({ path, failure }) => {
    expect(await failureAt(path)).toEqual(failure);
  });

  test.each([301, 302, 303, 307, 308])('comes of a redirect, and nobody goes there: %i', async (code) => {
    asked.length = 0;
    expect(await failureAt(`/${code}`)).toEqual({ cause: 'redirect', found: code });
    expect(asked).toEqual([`/${code}`]);
  });

  test.each([
    { why: 'never answers', path: '/silent' },
    { why: 'answers and never ends', path: '/dripping' },
  ])('comes of an endpoint that $why: it has the time it is given', async ({ path }) => {
    expect(fetchTimeoutMs).toBe(2_000);
    expect(await failureAt(path, 100)).toEqual({ cause: 'timeout' });
  });

  test('comes of an endpoint that never answers, though nobody says how long it has', async () => {
    expect(await failureAt('/silent')).toEqual({ cause: 'timeout' });
  });

  test('comes of a port where nobody listens', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as AddressInfo;
    gone.close();
    await once(gone, 'close');
    const error = await fetchJson(`http://127.0.0.1:${port}/`).catch((thrown: unknown) => thrown);
    expect(keySetFailureOf(error)).toEqual({ cause: 'connection', found: 'ECONNREFUSED' });
  });
});
