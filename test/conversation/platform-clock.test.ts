import { afterAll, describe, expect, test } from '@jest/globals';
import type { Client } from '../../bin/smoke/client.ts';
import { authError, authSuccess, closing, differenceFrom, type ExpectedFrame, pong } from '../../bin/smoke/frames.ts';
import { hello } from '../../bin/smoke/messages.ts';
import { visitorOfTests } from './demo-visitor.ts';
import { type NamedClient, openGatewayFixture } from './gateway-fixture.ts';
import { lookAt } from './row.ts';
import { granted, leftSession, refusedUnheard, verifiedRecord } from './traces.ts';
import { moment, until } from './until.ts';

const deadlineMs = 5_000;
const lifetimeOfSessionMs = 2 * 60 * 60 * 1000;

// The tests set the platform's clock, no timer ever comes, and the platform is quick to close.
let platformMs: number | undefined;
const fixture = await openGatewayFixture(
  {
    clock: () => platformMs ?? Date.now(),
    faults: { queueMessages: 'never' },
    idleTimeoutMs: 8_000,
    lifetimeMs: 12_000,
  },
  { authTimeoutSeconds: deadlineMs / 1000 },
);
const visitor = await fixture.orClose(fixture.visitor());
const nowMs = Date.now();

afterAll(() => fixture.close());

/** A connection that began at `beganMs` by the platform's clock, which from then on stands at `beganMs + laterMs`. */
const connectAt = async (beganMs: number, laterMs: number): Promise<NamedClient> => {
  platformMs = beganMs;
  const client = await fixture.connect();
  platformMs = beganMs + laterMs;
  return client;
};

const hears = async (client: Client, expected: ExpectedFrame): Promise<void> => {
  expect(differenceFrom(expected, await client.next())).toBe(undefined);
};

const pinging = async (client: Client): Promise<number> => {
  const timer = setInterval(() => client.send({ type: 'ping' }), 500);
  return client.closed().finally(() => clearInterval(timer));
};

/** Sessions that the platform closes, one for silence and one for its age: begun first, looked at last. */
const enter = async (): Promise<NamedClient> => {
  const client = await fixture.connect();
  client.send(hello(visitor));
  await hears(client, authSuccess(visitor));
  return client;
};
const [silent, old] = await fixture.orClose(Promise.all([enter(), enter()]));
const endOfOld = pinging(old);

describe('the deadline is data: arrival and row decide, and no timer is needed', () => {
  test.each([
    { why: 'a millisecond before the deadline', laterMs: deadlineMs - 1 },
    { why: 'at the very deadline', laterMs: deadlineMs },
  ])('an authenticate $why is judged', async ({ laterMs }) => {
    const client = await connectAt(nowMs, laterMs);
    client.send(hello(visitor));
    await hears(client, authSuccess(visitor));
    expect(await lookAt(fixture, client.connectionId)).toEqual({ row: 'authenticated', records: [granted()] });
    await client.leave();
  });

  test('another message at the very deadline is judged, too', async () => {
    const client = await connectAt(nowMs, deadlineMs);
    client.send({ type: 'ping' });
    await hears(client, authError('expected_authentication'));
    expect(await client.closed()).toBe(1000);
  });

  test('an authenticate that arrived in time is judged however late the functions are', async () => {
    const client = await connectAt(nowMs - 60_000, deadlineMs);
    client.send(hello(visitor));
    await hears(client, authSuccess(visitor));
    await client.leave();
  });

  test.each([
    { what: 'an authenticate', why: 'a millisecond after the deadline', laterMs: deadlineMs + 1, says: hello(visitor) },
    { what: 'an authenticate', why: 'a minute late', laterMs: 60_000, says: hello(visitor) },
    { what: 'a ping', why: 'a millisecond after the deadline', laterMs: deadlineMs + 1, says: { type: 'ping' } },
    { what: 'no JSON', why: 'a millisecond after the deadline', laterMs: deadlineMs + 1, says: 'hello' },
  ])('$what $why is told that time is up', async ({ laterMs, says }) => {
    const client = await connectAt(nowMs, laterMs);
    const release = fixture.holdDisconnectOf(client.name);
    client.send(says);
    await hears(client, authError('auth_timeout'));
    expect(await client.closed()).toBe(1000);
    expect(await lookAt(fixture, client.connectionId)).toEqual({
      ...refusedUnheard('auth_timeout', 'WARNING', 'late'),
      row: 'timed_out',
    });
    release();
  });
});

describe('authenticating against the timer, one of them wins', () => {
  /** The timer's function, as the queue would call it. */
  const timerFires = (connectionId: string, connectedAtMs: number) =>
    fixture.gateway.invoke('AuthTimeoutFunction', {
      Records: [
        {
          messageId: crypto.randomUUID(),
          receiptHandle: 'none',
          body: JSON.stringify({ v: 1, kind: 'deadline', connectionId, connectedAtMs }),
          attributes: {},
          messageAttributes: {},
          eventSource: 'aws:sqs',
        },
      ],
    });
  const done = { kind: 'returned', value: { batchItemFailures: [] } };

  test('when the timer is first, the message gets no session', async () => {
    const client = await connectAt(nowMs - 10_000, 100);
    const release = fixture.holdDisconnectOf(client.name);
    let isOver: Promise<unknown> | undefined;
    const end = fixture.recorder.interfere(({ connectionId, toStatus }) => {
      if (connectionId !== client.connectionId || toStatus !== 'verifying') return undefined;
      isOver ??= timerFires(client.connectionId, nowMs - 10_000);
      return isOver.then(() => 'pass');
    });
    client.send(hello(visitor));
    await hears(client, authError('auth_timeout'));
    expect(await client.closed()).toBe(1000);
    expect(await isOver).toEqual(done);
    const left = { ...refusedUnheard('auth_timeout', 'WARNING', 'silent'), row: 'timed_out' };
    expect(await lookAt(fixture, client.connectionId)).toEqual(left);
    end();
    release();
  });

  test('when the message is first, the timer changes nothing', async () => {
    const client = await connectAt(nowMs - 10_000, 100);
    const heard = Promise.withResolvers<void>();
    const end = fixture.recorder.interfere(({ connectionId, toStatus }) =>
      connectionId === client.connectionId && toStatus === 'timed_out' ? heard.promise.then(() => 'pass') : undefined,
    );
    const reachesForRow = fixture.recorder.seen(({ connectionId, toStatus }) => {
      return connectionId === client.connectionId && toStatus === 'timed_out';
    });
    const fired = timerFires(client.connectionId, nowMs - 10_000);
    await reachesForRow;
    client.send(hello(visitor));
    await hears(client, authSuccess(visitor));
    heard.resolve();
    expect(await fired).toEqual(done);
    client.send({ type: 'ping' });
    await hears(client, pong);
    expect(await lookAt(fixture, client.connectionId)).toEqual({ row: 'authenticated', records: [granted()] });
    end();
    await client.leave();
  });

  test('a timer that comes early leaves the connection alone, and is sent for again', async () => {
    const client = await connectAt(Date.now(), 0);
    const isSentForAgain = fixture.recorder.seen(({ functionName, action, connectionId }) => {
      return functionName === 'AuthTimeoutFunction' && action === 'SendMessage' && connectionId === client.connectionId;
    });
    const { connected_at_ms } = (await fixture.row(client.connectionId)) ?? {};
    expect(await timerFires(client.connectionId, Number(connected_at_ms))).toEqual(done);
    await isSentForAgain;
    client.send(hello(visitor));
    await hears(client, authSuccess(visitor));
    await client.leave();
  });

  test('a timer that meets an attempt being decided leaves it alone, and is sent for again', async () => {
    const client = await connectAt(nowMs - 10_000, 100);
    const isSentForAgain = fixture.recorder.seen(({ functionName, action, connectionId }) => {
      return functionName === 'AuthTimeoutFunction' && action === 'SendMessage' && connectionId === client.connectionId;
    });
    const end = fixture.recorder.interfere(({ connectionId, toStatus }) => {
      if (connectionId !== client.connectionId || toStatus !== 'granting') return undefined;
      return timerFires(client.connectionId, nowMs - 10_000).then(() => 'pass');
    });
    client.send(hello(visitor));
    await hears(client, authSuccess(visitor));
    await isSentForAgain;
    expect(await fixture.records(client.connectionId)).toEqual([granted()]);
    end();
    await client.leave();
  });

  test('at once, twenty times over, it is the one or the other', async () => {
    platformMs = nowMs - 10_000;
    const clients = await Promise.all(Array.from({ length: 20 }, () => fixture.connect()));
    const outcomes = await Promise.all(
      clients.map(async (client) => {
        const release = fixture.holdDisconnectOf(client.name);
        const firing = timerFires(client.connectionId, nowMs - 10_000);
        client.send(hello(visitor));
        const { type } = JSON.parse(await client.next());
        expect(await firing).toEqual(done);
        const { row, records } = await lookAt(fixture, client.connectionId);
        release();
        return { type, row, records };
      }),
    );
    const lost = { ...refusedUnheard('auth_timeout', 'WARNING', 'silent'), type: 'auth_error', row: 'timed_out' };
    const won = { type: 'auth_success', row: 'authenticated', records: [granted()] };
    for (const outcome of outcomes) expect([lost, won]).toContainEqual(outcome);
    for (const client of clients) client.drop();
  });
});

describe('no session outlives two hours', () => {
  test('a longer token is cut to them, a renewal does not go beyond, and then it is over', async () => {
    // Time for two messages on a loaded machine.
    const beganMs = Date.now() - lifetimeOfSessionMs + 5_000;
    const endsMs = beganMs + lifetimeOfSessionMs;
    const cut = { ...authSuccess(visitor), session_expires_at: new Date(endsMs).toISOString() };
    const token = await fixture.token(visitorOfTests, { exp: Math.floor(Date.now() / 1000) + 3 * 60 * 60 });
    const client = await connectAt(beganMs, 100);
    client.send(hello(visitor, { token }));
    await hears(client, cut);
    client.send(hello(visitor, { token }));
    await hears(client, cut);
    await moment(endsMs);
    client.send({ type: 'ping' });
    await hears(client, closing('session_expired'));
    expect(await client.closed()).toBe(1000);
    expect(await fixture.records(client.connectionId)).toEqual([
      granted(),
      verifiedRecord('renewal', 'session_renewed', 'INFO', 'renewed'),
      verifiedRecord('end', 'session_expired', 'INFO', 'lifetime_over'),
    ]);
  });
});

describe('the platform closes by itself', () => {
  test.each([
    { why: 'a silent socket', end: () => silent.closed(), client: silent },
    { why: 'a socket of too great an age, however busy', end: () => endOfOld, client: old },
  ])('$why gets 1001, and its session an end', async ({ end, client }) => {
    expect(await end()).toBe(1001);
    const ended = { row: undefined, records: [granted(), leftSession()] };
    const look = () => lookAt(fixture, client.connectionId);
    expect(await until(look, ({ row, records }) => row === undefined && records.length > 1)).toEqual(ended);
  });
});

test('no token is in a log line, a table or a queue, and no function fails', () => {
  expect(fixture.leaks()).toEqual([]);
  expect(fixture.failures()).toEqual([]);
});
