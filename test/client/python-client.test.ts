/**
 * The Python client of examples/ in conversation with the local gateway. `PYTHON` names an interpreter that has its package, as
 * .ci/python-client makes one. Whether its machine does what that of the SDK does, the vectors say.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { GatewayFixture } from '../conversation/gateway-fixture.ts';
import { restaurantDemo } from '../restaurant-domain.ts';

const interpreter = process.env['PYTHON'];
const script = join(import.meta.dirname, '../../examples/python-client/conversation.py');
/** Long enough for the conversation before, and short enough to see the renewal half-way. */
const lifetimeSeconds = 20;

let fixture: GatewayFixture;
let issuer: Server;
beforeAll(async () => {
  if (!interpreter) return;
  // Not before it is needed: it takes a second to load.
  const { openGatewayFixture } = await import('../conversation/gateway-fixture.ts');
  fixture = await openGatewayFixture();
  issuer = createServer(async (request, response) => {
    const { user } = JSON.parse(await text(request));
    if (!restaurantDemo.isUser(user)) throw new Error(`${user} is nobody of the demo`);
    const exp = Math.floor(Date.now() / 1000) + lifetimeSeconds;
    response.end(JSON.stringify({ access_token: await fixture.token(user, { exp }) }));
  });
  issuer.listen(0, '127.0.0.1');
  await once(issuer, 'listening');
}, 60_000);
afterAll(async () => {
  issuer?.close();
  await fixture?.close();
});

const testWithPython = interpreter ? test : test.skip;

testWithPython('it authenticates, publishes, hears, pings, goes on after a cut and renews its session', async () => {
  const address = issuer.address();
  if (address === null || typeof address === 'string') throw new Error('the issuer has no port');
  const args = [script, fixture.gateway.url, `http://127.0.0.1:${address.port}/`];
  const child = spawn(interpreter ?? '', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await ended;
  expect({
    said: out
      .trim()
      .split('\n')
      .map((line) => line.split(':')[0]),
    err,
  }).toEqual({
    said: ['authenticated', 'authenticated', 'accepted', 'heard', 'pong', 'cut', 'replayed', 'renewed', 'closed'],
    err: '',
  });
  expect(fixture.failures()).toEqual([]);
});
