import { afterAll, describe, expect, test } from '@jest/globals';
import type { Client } from '../../bin/smoke/client.ts';
import { authError, authSuccess, closing, differenceFrom, type ExpectedFrame, pong } from '../../bin/smoke/frames.ts';
import { hello } from '../../bin/smoke/messages.ts';
import { type Guest, openHouse } from './house.ts';
import { granted, leftSession, refusedUnheard, verifiedRecord } from './leaves.ts';
import { lookAt } from './row.ts';
import { moment, until } from './until.ts';

const deadlineMs = 5_000;
const lifetimeOfSessionMs = 2 * 60 * 60 * 1000;

// The tests set the platform's clock, no timer ever comes, and the platform is quick to close.
let platformMs: number | undefined;
const house = await openHouse({
  clock: () => platformMs ?? Date.now(),
  faults: { queueMessages: 'never' },
  idleTimeoutMs: 2_500,
  lifetimeMs: 4_000,
});
const visitor = await house.orClose(house.visitor());
const nowMs = Date.now();

afterAll(() => house.close());

/** A connection that began at `beganMs` by the platform's clock, which from then on stands at `beganMs + laterMs`. */
const connectAt = async (beganMs: number, laterMs: number): Promise<Guest> => {
  platformMs = beganMs;
  const guest = await house.connect();
  platformMs = beganMs + laterMs;
  return guest;
};

const hears = async (client: Client, expected: ExpectedFrame): Promise<void> => {
  expect(differenceFrom(expected, await client.next())).toBe(undefined);
};

const pinging = async (client: Client): Promise<number> => {
  const timer = setInterval(() => client.send({ type: 'ping' }), 300);
  return client.closed().finally(() => clearInterval(timer));
};

/** Sessions that the platform closes, one for silence and one for its age: begun first, looked at last. */
const enter = async (): Promise<Guest> => {
  const guest = await house.connect();
  guest.send(hello(visitor));
  await hears(guest, authSuccess(visitor));
  return guest;
};
const [silent, old] = await house.orClose(Promise.all([enter(), enter()]));
const endOfOld = pinging(old);

describe('the deadline is data: arrival and row decide, and no timer is needed', () => {
  test.each([
    { why: 'a millisecond before the deadline', laterMs: deadlineMs - 1 },
    { why: 'at the very deadline', laterMs: deadlineMs },
  ])('an authenticate $why is judged', async ({ laterMs }) => {
    const guest = await connectAt(nowMs, laterMs);
    guest.send(hello(visitor));
    await hears(guest, authSuccess(visitor));
    expect(await lookAt(house, guest.connectionId)).toEqual({ row: 'authenticated', records: [granted()] });
    await guest.leave();
  });

  test('another message at the very deadline is judged, too', async () => {
    const guest = await connectAt(nowMs, deadlineMs);
    guest.send({ type: 'ping' });
    await hears(guest, authError('expected_authentication'));
    expect(await guest.closed()).toBe(1000);
  });

  test('an authenticate that arrived in time is judged however late the functions are', async () => {
    const guest = await connectAt(nowMs - 60_000, deadlineMs);
    guest.send(hello(visitor));
    await hears(guest, authSuccess(visitor));
    await guest.leave();
  });

  test.each([
    { what: 'an authenticate', why: 'a millisecond after the deadline', laterMs: deadlineMs + 1, says: hello(visitor) },
    { what: 'an authenticate', why: 'a minute late', laterMs: 60_000, says: hello(visitor) },
    { what: 'a ping', why: 'a millisecond after the deadline', laterMs: deadlineMs + 1, says: { type: 'ping' } },
    { what: 'no JSON', why: 'a millisecond after the deadline', laterMs: deadlineMs + 1, says: 'hello' },
  ])('$what $why is told that time is up', async ({ laterMs, says }) => {
    const guest = await connectAt(nowMs, laterMs);
    const release = house.holdDisconnectOf(guest.name);
    guest.send(says);
    await hears(guest, authError('auth_timeout'));
    expect(await guest.closed()).toBe(1000);
    expect(await lookAt(house, guest.connectionId)).toEqual({
      ...refusedUnheard('auth_timeout', 'WARNING', 'late'),
      row: 'timed_out',
    });
    release();
  });
});

describe('authenticating against the timer, one of them wins', () => {
  /** The timer's function, as the queue would call it. */
  const timerFires = (connectionId: string, connectedAtMs: number) =>
    house.gateway.invoke('AuthTimeoutFunction', {
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
    const guest = await connectAt(nowMs - 10_000, 100);
    const release = house.holdDisconnectOf(guest.name);
    let isOver: Promise<unknown> | undefined;
    const end = house.witness.interfere(({ connectionId, toStatus }) => {
      if (connectionId !== guest.connectionId || toStatus !== 'verifying') return undefined;
      isOver ??= timerFires(guest.connectionId, nowMs - 10_000);
      return isOver.then(() => 'pass');
    });
    guest.send(hello(visitor));
    await hears(guest, authError('auth_timeout'));
    expect(await guest.closed()).toBe(1000);
    expect(await isOver).toEqual(done);
    const left = { ...refusedUnheard('auth_timeout', 'WARNING', 'silent'), row: 'timed_out' };
    expect(await lookAt(house, guest.connectionId)).toEqual(left);
    end();
    release();
  });

  test('when the message is first, the timer changes nothing', async () => {
    const guest = await connectAt(nowMs - 10_000, 100);
    const heard = Promise.withResolvers<void>();
    const end = house.witness.interfere(({ connectionId, toStatus }) =>
      connectionId === guest.connectionId && toStatus === 'timed_out' ? heard.promise.then(() => 'pass') : undefined,
    );
    const reachesForRow = house.witness.seen(({ connectionId, toStatus }) => {
      return connectionId === guest.connectionId && toStatus === 'timed_out';
    });
    const fired = timerFires(guest.connectionId, nowMs - 10_000);
    await reachesForRow;
    guest.send(hello(visitor));
    await hears(guest, authSuccess(visitor));
    heard.resolve();
    expect(await fired).toEqual(done);
    guest.send({ type: 'ping' });
    await hears(guest, pong);
    expect(await lookAt(house, guest.connectionId)).toEqual({ row: 'authenticated', records: [granted()] });
    end();
    await guest.leave();
  });

  test('a timer that comes early leaves the connection alone, and is sent for again', async () => {
    const guest = await connectAt(Date.now(), 0);
    const isSentForAgain = house.witness.seen(({ functionName, action, connectionId }) => {
      return functionName === 'AuthTimeoutFunction' && action === 'SendMessage' && connectionId === guest.connectionId;
    });
    const { connected_at_ms } = (await house.row(guest.connectionId)) ?? {};
    expect(await timerFires(guest.connectionId, Number(connected_at_ms))).toEqual(done);
    await isSentForAgain;
    guest.send(hello(visitor));
    await hears(guest, authSuccess(visitor));
    await guest.leave();
  });

  test('a timer that meets an attempt being decided leaves it alone, and is sent for again', async () => {
    const guest = await connectAt(nowMs - 10_000, 100);
    const isSentForAgain = house.witness.seen(({ functionName, action, connectionId }) => {
      return functionName === 'AuthTimeoutFunction' && action === 'SendMessage' && connectionId === guest.connectionId;
    });
    const end = house.witness.interfere(({ connectionId, toStatus }) => {
      if (connectionId !== guest.connectionId || toStatus !== 'granting') return undefined;
      return timerFires(guest.connectionId, nowMs - 10_000).then(() => 'pass');
    });
    guest.send(hello(visitor));
    await hears(guest, authSuccess(visitor));
    await isSentForAgain;
    expect(await house.records(guest.connectionId)).toEqual([granted()]);
    end();
    await guest.leave();
  });

  test('at once, twenty times over, it is the one or the other', async () => {
    platformMs = nowMs - 10_000;
    const guests = await Promise.all(Array.from({ length: 20 }, () => house.connect()));
    const outcomes = await Promise.all(
      guests.map(async (guest) => {
        const release = house.holdDisconnectOf(guest.name);
        const firing = timerFires(guest.connectionId, nowMs - 10_000);
        guest.send(hello(visitor));
        const { type } = JSON.parse(await guest.next());
        expect(await firing).toEqual(done);
        const { row, records } = await lookAt(house, guest.connectionId);
        release();
        return { type, row, records };
      }),
    );
    const lost = { ...refusedUnheard('auth_timeout', 'WARNING', 'silent'), type: 'auth_error', row: 'timed_out' };
    const won = { type: 'auth_success', row: 'authenticated', records: [granted()] };
    for (const outcome of outcomes) expect([lost, won]).toContainEqual(outcome);
    for (const guest of guests) guest.drop();
  });
});

describe('no session outlives two hours', () => {
  test('a longer token is cut to them, a renewal does not go beyond, and then it is over', async () => {
    const beganMs = Date.now() - lifetimeOfSessionMs + 900;
    const endsMs = beganMs + lifetimeOfSessionMs;
    const cut = { ...authSuccess(visitor), session_expires_at: new Date(endsMs).toISOString() };
    const token = await house.token('chef', { exp: Math.floor(Date.now() / 1000) + 3 * 60 * 60 });
    const guest = await connectAt(beganMs, 100);
    guest.send(hello(visitor, { token }));
    await hears(guest, cut);
    guest.send(hello(visitor, { token }));
    await hears(guest, cut);
    await moment(endsMs);
    guest.send({ type: 'ping' });
    await hears(guest, closing('session_expired'));
    expect(await guest.closed()).toBe(1000);
    expect(await house.records(guest.connectionId)).toEqual([
      granted(),
      verifiedRecord('renewal', 'session_renewed', 'INFO', 'renewed'),
      verifiedRecord('end', 'session_expired', 'INFO', 'lifetime_over'),
    ]);
  });
});

describe('the platform closes by itself', () => {
  test.each([
    { why: 'a silent socket', end: () => silent.closed(), guest: silent },
    { why: 'a socket of too great an age, however busy', end: () => endOfOld, guest: old },
  ])('$why gets 1001, and its session an end', async ({ end, guest }) => {
    expect(await end()).toBe(1001);
    const ended = { row: undefined, records: [granted(), leftSession()] };
    const look = () => lookAt(house, guest.connectionId);
    expect(await until(look, ({ row, records }) => row === undefined && records.length > 1)).toEqual(ended);
  });
});

test('no token is in a log line, a table or a queue, and no function fails', () => {
  expect(house.leaks()).toEqual([]);
  expect(house.failures()).toEqual([]);
});
