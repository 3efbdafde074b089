import { afterAll, describe, expect, test } from '@jest/globals';
import { atOnce } from '../../bin/smoke/at-once.ts';
import type { Client } from '../../bin/smoke/client.ts';
import { authError, authSuccess, differenceFrom, type ExpectedFrame, pong } from '../../bin/smoke/frames.ts';
import { hello } from '../../bin/smoke/messages.ts';
import { setMember } from '../../lambdas/dynamodb/membership-administration.ts';
import { cast } from './cast.ts';
import { attempts, type Crash, crashes, failing, stepOf } from './crashes.ts';
import { openGatewayFixture } from './gateway-fixture.ts';
import { type Left, lookAt } from './row.ts';
import { granted, refusedUnheard } from './traces.ts';
import { until } from './until.ts';

// Each queue message is delivered twice: the second finds nothing to do.
// About real time, one of the two suites that are: some services never answer, and the timer comes when the calendar says so.
// Both have twice what they have with the usual deadline, so that it is the timer that they meet and not a busy machine.
const deadlineSeconds = 10;
const fixture = await openGatewayFixture(
  { timeScale: 2, faults: { queueMessages: 'twice' } },
  { authTimeoutSeconds: deadlineSeconds },
);
const table = crashes();
for (const { userId } of table)
  await fixture.orClose(
    setMember(fixture.memberships)({ restaurantId: 'r-17', issuer: 'demo', userId, role: cast.roles.member }),
  );
const visitor = await fixture.orClose(fixture.visitor());

afterAll(() => fixture.close());

const hears = async (client: Client, expected: ExpectedFrame): Promise<void> => {
  expect(differenceFrom(expected, await client.next())).toBe(undefined);
};

/** Resolves when the timer of a connection has looked at its row `times` times; its function does that first. */
const timersOf = (connectionId: string, times: number): Promise<void> => {
  let count = 0;
  return fixture.recorder.seen((call) => {
    // Several that come together are read in one request.
    const isRead = call.action === 'GetItem' || call.action === 'BatchGetItem';
    const isTimer = call.functionName === 'AuthTimeoutFunction' && isRead;
    if (isTimer && call.text.includes(`"${connectionId}"`)) count += 1;
    return count === times;
  });
};

type Ended = Readonly<{ frames: readonly string[]; isAuthenticated: boolean; closeCode: number | undefined }>;

/** Listens until there is a session, or else until the close. */
const endOf = async (client: Client, first: string | undefined): Promise<Ended> => {
  const frames: string[] = [];
  for (let frame = first; frame !== undefined; frame = await nextOf(client)) {
    frames.push(frame);
    if (JSON.parse(frame).type === 'auth_success') return { frames, isAuthenticated: true, closeCode: undefined };
  }
  return { frames, isAuthenticated: false, closeCode: await client.closed() };
};
const nextOf = (client: Client): Promise<string | undefined> => client.next().catch(() => undefined);

/** Resolves with the first answer; what follows may take until the timer. */
const begin = async (crash: Crash) => {
  const client = await fixture.connect({ timeoutMs: 40_000 });
  const end = fixture.recorder.interfere(failing(crash, client.connectionId));
  client.send(crash.attempt.says(await fixture.visitor(undefined, { sub: crash.userId })));
  const first = await nextOf(client);
  return { client, end: endOf(client, first).finally(end) };
};

/** What waits for the real timer, all of it begun before the tests look. */
const silences = await fixture.orClose(Promise.all([1, 2, 3].map(() => beginSilence())));
const { authenticated, sessionTimers } = await fixture.orClose(beginSession());
const begun = atOnce(4, table, begin);

async function beginSilence() {
  const openedMs = Date.now();
  const client = await fixture.connect();
  const release = fixture.holdDisconnectOf(client.name);
  const bothTimers = timersOf(client.connectionId, 2);
  const end = client.next().then(async (frame) => {
    const closeCode = await client.closed();
    const tookMs = Date.now() - openedMs;
    const left = await lookAt(fixture, client.connectionId);
    await bothTimers;
    release();
    return { frame, closeCode, tookMs, left };
  });
  end.catch(() => {});
  return { client, end };
}

async function beginSession() {
  const client = await fixture.connect();
  const timers = timersOf(client.connectionId, 2);
  client.send(hello(visitor));
  await hears(client, authSuccess(visitor));
  return { authenticated: client, sessionTimers: timers };
}

describe('a step that fails leaves no session without its record, no attempt without one, and no socket open', () => {
  test.each(attempts)('the steps of $what are all of its calls', async ({ functionName, says, steps }) => {
    const client = await fixture.connect();
    const taken: string[] = [];
    const end = fixture.recorder.interfere((call) => {
      const isAbout = call.connectionId === client.connectionId || call.userId === 'u-complete';
      if (call.functionName === functionName && isAbout) taken.push(stepOf(call));
      return undefined;
    });
    const member = { restaurantId: 'r-17', issuer: 'demo', userId: 'u-complete' };
    await setMember(fixture.memberships)({ ...member, role: cast.roles.member });
    client.send(says(await fixture.visitor(undefined, { sub: member.userId })));
    await client.next();
    await client.leave();
    end();
    expect(taken).toEqual(steps);
  });

  test.each(table)('$why', async (crash) => {
    const { attempt, failure, userId } = crash;
    const playing = await begun.get(crash);
    if (playing === undefined) throw new Error(`nobody plays "${crash.why}"`);
    const { client, end } = playing;
    const { frames, isAuthenticated, closeCode } = await end;
    const records = attempt.records(userId);
    if (failure.lasts === 'once') {
      // The second try made it good.
      expect(frames.map((frame) => differenceFrom(attempt.hears({ ...visitor }), frame))).toEqual([undefined]);
      expect(isAuthenticated).toBe(records[0]?.event === 'access_granted');
    }
    if (isAuthenticated) {
      expect(await lookAt(fixture, client.connectionId)).toEqual({ row: 'authenticated', records });
      client.send({ type: 'ping' });
      await hears(client, pong);
      await client.leave();
      return;
    }
    expect(closeCode).toBe(1000);
    const left = await recordedEndOf(client.connectionId);
    expect(left.row).toBe(undefined);
    expect(left.records.filter(({ kind }) => kind === 'attempt').length).toBe(1);
    const wasGranted = left.records.some(({ event }) => event === 'access_granted');
    expect(left.records.map(({ kind, detail }) => [kind, detail]).slice(1)).toEqual(
      wasGranted ? [['end', 'never_seated']] : [],
    );
    for (const frame of frames) expect(answers).toContain(JSON.parse(frame).type ?? JSON.parse(frame).message);
  });

  // A record that the table did not take waits in the queue.
  const recordedEndOf = (connectionId: string): Promise<Left> =>
    until(
      () => lookAt(fixture, connectionId),
      ({ row, records }) => row === undefined && records.length > 0,
      20_000,
    );
  // Where `$default` cannot read the row it does not know whom it answers, and says only that it is unavailable.
  const answers = ['auth_error', 'error'];
});

describe('the timer', () => {
  test.each(silences)('closes a silent socket after its deadline, and once', async ({ client, end }) => {
    const { frame, closeCode, tookMs, left } = await end;
    expect(differenceFrom(authError('auth_timeout'), frame)).toBe(undefined);
    expect(closeCode).toBe(1000);
    expect(tookMs).toBeGreaterThanOrEqual(deadlineSeconds * 1_000);
    const silent = refusedUnheard('auth_timeout', 'WARNING', 'silent');
    expect(left).toEqual({ ...silent, row: 'timed_out' });
    expect(await fixture.records(client.connectionId)).toEqual(silent.records);
    expect(client.untaken()).toEqual([]);
  });

  test('leaves a session alone, both times', async () => {
    await sessionTimers;
    authenticated.send({ type: 'ping' });
    await hears(authenticated, pong);
    expect(await lookAt(fixture, authenticated.connectionId)).toEqual({ row: 'authenticated', records: [granted()] });
    await authenticated.leave();
  });
});

test('no connection has two records of a kind', async () => {
  for (const records of (await fixture.allRecords()).values()) {
    const kinds = records.map(({ kind }) => kind);
    expect(kinds).toEqual([...new Set(kinds)]);
  }
});

test('no token is in a log line, a table or a queue', () => {
  expect(fixture.leaks()).toEqual([]);
});
