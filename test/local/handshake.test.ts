import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Fate } from '../../local/faults.ts';
import { connect, refusalOf } from './client.ts';
import { type RunningGateway, runGateway } from './running-gateway.ts';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await runGateway();
});
afterAll(() => gateway.close());

test('the upgrade is held until $connect returns', async () => {
  const held = Promise.withResolvers<Fate>();
  const called = Promise.withResolvers<void>();
  gateway.faults.awsCall = () => {
    called.resolve();
    return held.promise;
  };
  let isOpen = false;
  const opening = connect(`${gateway.url}?do=call`).then((client) => {
    isOpen = true;
    return client;
  });
  await called.promise;
  expect(isOpen).toBe(false);
  held.resolve('pass');
  const client = await opening;
  gateway.faults.awsCall = () => 'pass';
  client.socket.terminate();
});

test.each([
  { why: '$connect says 403', query: 'do=status&status=403', status: 403 },
  { why: '$connect says 429', query: 'do=status&status=429', status: 429 },
  { why: '$connect throws', query: 'do=throw', status: 502 },
  { why: '$connect returns no status code', query: 'do=malformed', status: 502 },
  { why: '$connect returns a status no client understands', query: 'do=status&status=101', status: 502 },
  { why: '$connect does not return in time', query: 'do=hang', status: 504 },
])('the handshake fails with $status when $why', async ({ query, status }) => {
  expect(await refusalOf(`${gateway.url}?${query}`)).toBe(status);
});

test.each([
  { why: 'no stage', path: '/', status: 403 },
  { why: 'another stage', path: '/other', status: 403 },
  { why: 'a path that is no URL', path: '//', status: 403 },
  { why: 'a path below the stage', path: '/local/more', status: 403 },
  { why: 'a URL of more than 4,096 characters', path: `/local?${'x'.repeat(4100)}`, status: 414 },
])(
  '$why is refused with $status before any function is asked, and whoever watches hears why',
  async ({ path, status }) => {
    gateway.meter.reset();
    const { origin } = new URL(gateway.url.replace('ws:', 'http:'));
    expect(await refusalOf(`${origin.replace('http:', 'ws:')}${path}`)).toBe(status);
    expect(gateway.meter.invocations).toEqual({});
    expect(await gateway.event(({ type }) => type === 'misdirected')).toEqual({
      type: 'misdirected',
      status,
      ...(status === 403 ? { stagePath: '/local' } : { maxUrlBytes: 4096 }),
    });
  },
);

test('a refused client is not announced as disconnected', async () => {
  await refusalOf(`${gateway.url}?do=status&status=401`);
  gateway.meter.reset();
  const client = await connect(gateway.url);
  client.socket.close();
  await gateway.handled('Disconnect', ({ requestContext }) => requestContext.disconnectStatusCode === 1005);
  expect(gateway.meter.invocations).toEqual({ Connect: 1, Disconnect: 1 });
});

test('the subprotocol is the one $connect returned', async () => {
  const client = await connect(`${gateway.url}?do=protocol&protocol=maitred.v1`, {}, ['other', 'maitred.v1']);
  expect(client.socket.protocol).toBe('maitred.v1');
  client.socket.terminate();
});

test('without a subprotocol from $connect the handshake names none, and clients that offered one give up', async () => {
  await expect(connect(gateway.url, {}, ['maitred.v1'])).rejects.toThrow('Server sent no subprotocol');
});

test('a client that leaves while $connect is at work is announced as disconnected', async () => {
  const held = Promise.withResolvers<Fate>();
  const called = Promise.withResolvers<void>();
  gateway.faults.awsCall = () => {
    called.resolve();
    return held.promise;
  };
  const abort = connect(`${gateway.url}?do=call&who=leaver`, { handshakeTimeout: 100 });
  await called.promise;
  await expect(abort).rejects.toThrow('Opening handshake has timed out');
  held.resolve('pass');
  gateway.faults.awsCall = () => 'pass';
  const asked = await gateway.handled('Connect', (event) => event.queryStringParameters?.who === 'leaver');
  const { connectionId } = asked.requestContext;
  const told = await gateway.handled('Disconnect', (event) => event.requestContext.connectionId === connectionId);
  expect(told.requestContext.disconnectStatusCode).toBe(1006);
});
