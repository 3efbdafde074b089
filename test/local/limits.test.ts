import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { forbidden } from '../forbidden.ts';
import { type Client, connect } from './client.ts';
import { type RunningGateway, runGateway } from './running-gateway.ts';

const maxFrame = 32 * 1024;
const maxMessage = 128 * 1024;

/** Sends one message in frames of the given sizes. */
const sendFrames = ({ socket }: Client, sizes: readonly number[]): void =>
  sizes.forEach((size, i) => {
    const isLast = i === sizes.length - 1;
    socket.send(i === 0 ? '"'.padEnd(size, 'x') : isLast ? '"'.padStart(size, 'x') : 'x'.repeat(size), { fin: isLast });
  });

/** What `ws` writes to, for bytes it would not write itself. */
const rawSocketOf = ({ socket }: Client): Socket => {
  const { _socket }: { _socket: Socket } = forbidden(socket);
  return _socket;
};

describe('sizes', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await runGateway();
  });
  afterAll(() => gateway.close());

  test.each([
    { why: 'a frame of 32 KB', sizes: [maxFrame - 2, 2] },
    { why: 'a message of 128 KB in frames of 32 KB', sizes: [maxFrame, maxFrame, maxFrame, maxFrame] },
  ])('$why passes', async ({ sizes }) => {
    const client = await connect(gateway.url);
    sendFrames(client, sizes);
    const reply = await new Promise<string>((resolve) => client.socket.once('message', (data) => resolve(`${data}`)));
    expect(reply).toHaveLength(sizes.reduce((sum, size) => sum + size));
    client.socket.terminate();
  });

  test.each([
    { why: 'a frame of 32 KB and one byte', sizes: [maxFrame + 1] },
    { why: 'a second frame that is too large', sizes: [100, maxFrame + 1, 100] },
    { why: 'a frame of 128 KB and one byte', sizes: [maxMessage + 1] },
    { why: 'a message of 128 KB and one byte', sizes: [maxFrame, maxFrame, maxFrame, maxFrame, 1] },
  ])('$why closes with 1009', async ({ sizes }) => {
    const client = await gateway.open();
    gateway.meter.reset();
    sendFrames(client, sizes);
    expect(await client.closed).toMatchObject({ code: 1009 });
    const told = await gateway.handled('Disconnect', (event) => event.requestContext.connectionId === client.id);
    expect(told.requestContext.disconnectStatusCode).toBe(1009);
    expect(gateway.meter.invocations).toEqual({ Disconnect: 1 });
  });

  test('a binary frame closes with 1003 and reaches no function', async () => {
    const client = await gateway.open();
    gateway.meter.reset();
    client.socket.send(Buffer.from('{"type":"ping"}'));
    expect(await client.closed).toMatchObject({ code: 1003 });
    await gateway.handled('Disconnect', (event) => event.requestContext.connectionId === client.id);
    expect(gateway.meter.invocations).toEqual({ Disconnect: 1 });
  });

  test.each([
    { why: 'text that is no UTF-8', bytes: [0x81, 0x81, 0, 0, 0, 0, 0xff], code: 1007 },
    { why: 'a frame without a mask', bytes: [0x81, 0x01, 0x78], code: 1002 },
  ])('$why closes with $code', async ({ bytes, code }) => {
    const client = await gateway.open();
    rawSocketOf(client).write(Buffer.from(bytes));
    expect(await client.closed).toMatchObject({ code });
    const told = await gateway.handled('Disconnect', (event) => event.requestContext.connectionId === client.id);
    expect(told.requestContext.disconnectStatusCode).toBe(code);
  });

  test('a client whose network breaks is announced with 1006', async () => {
    const client = await gateway.open();
    rawSocketOf(client).resetAndDestroy();
    const told = await gateway.handled('Disconnect', (event) => event.requestContext.connectionId === client.id);
    expect(told.requestContext.disconnectStatusCode).toBe(1006);
  });

  test('several messages in one packet are told apart', async () => {
    const client = await connect(gateway.url);
    const messages = Array.from({ length: 50 }, (_, n) => ({ n, filler: 'x'.repeat(n * 20) }));
    for (const message of messages) client.send(message);
    const replies = await Promise.all(messages.map(() => client.next()));
    expect(replies.map(({ n }) => Number(n)).sort((a, b) => a - b)).toEqual(messages.map(({ n }) => n));
    client.socket.terminate();
  });
});

describe('time', () => {
  test('a silent connection is closed with 1001 after the idle time', async () => {
    const gateway = await runGateway({ idleTimeoutMs: 100 });
    const client = await connect(gateway.url);
    expect(await client.closed).toMatchObject({ code: 1001 });
    const { requestContext } = await gateway.handled('Disconnect');
    expect(requestContext).toMatchObject({ disconnectStatusCode: 1001, disconnectReason: 'Going away' });
    await gateway.close();
  });

  test('traffic puts the idle time off, but not the end of the lifetime', async () => {
    // Without traffic it would end a while before its lifetime; what is said meanwhile may be a second late.
    const gateway = await runGateway({ idleTimeoutMs: 1_500, lifetimeMs: 2_000 });
    const startedAt = performance.now();
    const client = await connect(gateway.url);
    const talk = setInterval(() => client.send({ still: 'here' }), 50);
    expect(await client.closed).toMatchObject({ code: 1001 });
    clearInterval(talk);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(1_990);
    await gateway.close();
  });
});
