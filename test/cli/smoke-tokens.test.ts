/** `npm run smoke` prints no token, whatever a gateway says to it: here it is one that repeats every word, and more. */
import { writeFileSync } from 'node:fs';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { type RawData, WebSocketServer } from 'ws';
import { withoutTokens } from '../../bin/smoke/without-tokens.ts';
import { base64url } from '../identity/tokens.ts';
import { createCheckout } from './checkout.ts';

const checkout = createCheckout();
afterAll(() => checkout.remove());

const canary = 'c4nary0123456789';
const signed = [`{"alg":"ES256","kid":"k"}`, `{"sub":"${canary}"}`, `${canary}-signature`].map(base64url).join('.');
const opaque = `${canary}-opaque+/=`;
const pass = `mrp_${'A'.repeat(56)}`;

/** Says to each message what `repeat` makes of it, and closes; whoever is silent hears the address they called, with its query. */
const repeating = async (repeat: (said: string) => string) => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: ([first]) => first ?? false });
  server.on('connection', (socket, request) => {
    // Longer than those wait who only come and go.
    const silent = setTimeout(() => {
      socket.send(repeat(request.url ?? ''));
      socket.close(1000);
    }, 200);
    socket.on('close', () => clearTimeout(silent));
    socket.on('error', () => {});
    socket.on('message', (data: RawData) => {
      const said = data.toString();
      if (said.length > 20_000) return socket.close(1009);
      socket.send(repeat(said));
      socket.send(repeat(said));
      socket.close(1000);
    });
  });
  await once(server, 'listening');
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/local`,
    end: () => {
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
};

let nth = 0;
const fileWith = (token: string): string => {
  const name = join(checkout.dir, `smoke-token-${nth++}.txt`);
  writeFileSync(name, `${token}\n`);
  return name;
};

test.each([
  { why: 'as JSON', token: signed, repeat: (said: string) => JSON.stringify({ type: 'echo', said, pass }) },
  { why: 'in words', token: signed, repeat: (said: string) => `you said ${said}, and here is ${pass}` },
  { why: 'as it came', token: opaque, repeat: (said: string) => said },
  {
    why: 'as a session',
    token: opaque,
    repeat: (said: string) => JSON.stringify({ type: 'auth_success', said, pass }),
  },
])('a gateway that repeats what it hears $why makes nobody print a token', async ({ token, repeat }) => {
  const gateway = await repeating(repeat);
  try {
    const { code, stdout, stderr } = await checkout.run(
      'smoke',
      ...['--url', `${gateway.url}?token=${encodeURIComponent(token)}`],
      ...['--token-file', fileWith(token), '--expired-token-file', fileWith(`${token}.expired`)],
    );
    expect(code).toBe(1);
    expect(stdout).toContain('FAILED');
    expect(stdout).toContain('[token]');
    for (const part of [canary, base64url(canary).slice(0, 15), ...token.split('.'), pass])
      expect(stdout + stderr).not.toContain(part);
  } finally {
    gateway.end();
  }
});

describe('what is printed', () => {
  test.each([
    { why: 'a token that was given', text: `{"token":"${signed}"}`, said: '{"token":"[token]"}' },
    { why: 'one that was not', text: 'Bearer eyJhbGciOiJub25lIn0.e30.', said: 'Bearer [token]' },
    { why: 'one that was cut', text: 'got eyJhbGciOiJ', said: 'got [token]' },
    {
      why: 'an opaque one in an address',
      text: `?token=${encodeURIComponent(opaque)}&a=1`,
      said: '?token=[token]&a=1',
    },
    { why: 'a pass', text: `pass ${pass}`, said: 'pass [pass]' },
  ])('is without $why', ({ text, said }) => {
    expect(withoutTokens([signed, opaque])(text)).toBe(said);
  });

  test('keeps an address, which has dots, too', () => {
    const address = 'wss://abcdefghij.execute-api.eu-central-1.amazonaws.com/dev';
    expect(withoutTokens([signed])(address)).toBe(address);
  });

  test('keeps its words where the token is one letter', () => {
    expect(withoutTokens(['x', ''])('an expired token')).toBe('an expired token');
  });
});
