/** Services that do not answer at all: whoever waits hears so before the function's time is over. */
import { describe, expect, test } from '@jest/globals';
import { openCircuitTimeoutMs } from '../../lambdas/call-policy/call-policy.ts';
import { fanOut } from '../../lambdas/routes/fan-out.ts';
import { trailOf } from '../memory/audit.ts';
import { hanging, isRead, serviceOf } from '../memory/hanging.ts';
import { authenticated, authenticateText, connected, emptyRoom, pingText, type Room } from './conversation.ts';

const timeoutMs = 3_000;
const maxCalls = 14;
/** A call that hangs through its tries, with the pauses between them. */
const threeTriesMs = 1_500;

const renewalText = JSON.stringify({ type: 'authenticate', token: 'token-u-chef' });
const replayText = JSON.stringify({ type: 'replay', id: 'm-1', after: 0 });
const publishText = JSON.stringify({ type: 'order.status_changed', id: 'm-1', data: { order_id: 7, status: 'ready' } });

const messages: readonly Readonly<{ what: string; text: string; room: () => Promise<Room> }>[] = [
  { what: 'a first authenticate', text: authenticateText(), room: connected },
  { what: 'a forged one', text: authenticateText({ token: 'forged' }), room: connected },
  {
    what: 'an authenticate of a platform owner',
    text: authenticateText({ token: 'token-u-platform' }),
    room: connected,
  },
  { what: 'a ping before it', text: pingText, room: connected },
  { what: 'a renewal', text: renewalText, room: authenticated },
  { what: 'a ping of a session', text: pingText, room: authenticated },
  { what: 'a replay', text: replayText, room: authenticated },
  { what: 'an event', text: publishText, room: authenticated },
];

type Silence = Readonly<{ silent: string; isMeant: (call: string, nth: number) => boolean }>;

const silences: readonly Silence[] = [
  ...Array.from({ length: maxCalls }, (_, from) => ({
    silent: `the tables from call ${from + 1} on`,
    isMeant: (call: string, nth: number) => serviceOf(call) === 'tables' && nth > from,
  })),
  ...Array.from({ length: maxCalls }, (_, from) => ({
    silent: `tables and queues from call ${from + 1} on`,
    isMeant: (call: string, nth: number) => serviceOf(call) !== 'sockets' && nth > from,
  })),
  { silent: 'the reads', isMeant: (call) => serviceOf(call) === 'tables' && isRead(call) },
  { silent: 'the writes', isMeant: (call) => serviceOf(call) === 'tables' && !isRead(call) },
  { silent: 'the queues', isMeant: (call) => serviceOf(call) === 'queues' },
];

const saidWhile = async ({ text, room: open }: (typeof messages)[number], { isMeant }: Silence) => {
  const room = await open();
  const { door, world } = room;
  const heardBefore = door.readBy().length;
  const beganAtMs = world.clock.nowMs;
  let hung = 0;
  const conduct = hanging(world, timeoutMs, (call, nth) => {
    const isHanging = isMeant(call, nth);
    if (isHanging) hung += 1;
    return isHanging;
  });
  const ended = await door.say(text, { conduct });
  const socket = door.socketOf('c-1=');
  return {
    room,
    ended,
    hung,
    heard: socket.received.slice(heardBefore),
    socket,
    tookMs: world.clock.nowMs - beganAtMs,
  };
};

describe.each(messages)('$what', (said) => {
  test.each(silences)('is answered in time while $silent are silent', async (silence) => {
    const { room, ended, hung, heard, socket, tookMs } = await saidWhile(said, silence);
    const [answer, ...more] = heard;
    expect({ how: ended.how, more }).toEqual({ how: 'returned', more: [] });
    expect(answer?.via).not.toBe('platform');
    expect(tookMs).toBeLessThanOrEqual(timeoutMs - 500);
    const { type, reason } = answer?.message ?? {};
    if (hung === 0) expect(reason).not.toBe('unavailable');
    if (type === 'auth_error') {
      expect(['unavailable', 'token_invalid', 'expected_authentication']).toContain(reason);
      // A row that may be a grant is settled, and its socket closed, by the timer.
      if (!['verifying', 'granting'].includes(String(room.door.rowOf()?.status))) expect(socket.state).toBe('closed');
    } else if (type === 'error')
      expect({ reason, state: socket.state }).toEqual({ reason: 'unavailable', state: 'open' });
    else expect(type).toMatch(/^(auth_success|pong|replayed|accepted)$/);
  });
});

test.each([
  { said: messages[0], silence: silences[0], type: 'auth_error', withinMs: 2_300 },
  { said: messages[3], silence: silences[0], type: 'error', withinMs: threeTriesMs + openCircuitTimeoutMs },
  { said: messages[5], silence: silences[0], type: 'error', withinMs: threeTriesMs + openCircuitTimeoutMs },
  { said: messages[7], silence: silences.at(-1), type: 'error', withinMs: threeTriesMs },
])('$said.what hears `unavailable` at most $withinMs ms later while $silence.silent are silent', async (row) => {
  if (row.said === undefined || row.silence === undefined) throw new Error('there is no such row');
  const { heard, tookMs } = await saidWhile(row.said, row.silence);
  expect(heard.map(({ message }) => message)).toMatchObject([{ type: row.type, reason: 'unavailable' }]);
  expect(tookMs).toBeLessThanOrEqual(row.withinMs);
});

test.each(messages.slice(0, 4))('$what leaves one record of the attempt, whatever was silent', async (said) => {
  for (const silence of silences) {
    const { room } = await saidWhile(said, silence);
    await room.letTimersRun();
    const attempts = trailOf(room.world.audit).filter(({ kind }) => kind === 'attempt');
    expect({ silent: silence.silent, attempts: attempts.length }).toEqual({ silent: silence.silent, attempts: 1 });
    const isAuthenticated = room.door.rowOf()?.status === 'authenticated';
    if (!isAuthenticated) expect(room.door.socketOf('c-1=').state).toBe('closed');
  }
});

test.each([
  { silent: 'the writes', isMeant: (call: string) => serviceOf(call) === 'tables' && !isRead(call) },
  {
    silent: 'the tables after the lease',
    isMeant: (call: string, nth: number) => serviceOf(call) === 'tables' && nth > 1,
  },
])('a record that no table took can still be queued, silent: $silent', async (silence) => {
  const { room } = await saidWhile({ what: '', text: authenticateText({ token: 'forged' }), room: connected }, silence);
  expect(room.world.telemetry.records).toMatchObject([{ fate: 'queued' }]);
});

test('an attempt that can be neither leased nor read is closed and has its record at once', async () => {
  const isMeant = (call: string) => /^connections\./.test(call);
  const { room, heard, socket } = await saidWhile(
    { what: '', text: authenticateText(), room: connected },
    { silent: '', isMeant },
  );
  expect(heard.map(({ message }) => message)).toMatchObject([{ type: 'auth_error', reason: 'unavailable' }]);
  expect(socket.state).toBe('closed');
  expect(trailOf(room.world.audit)).toMatchObject([{ kind: 'attempt', detail: 'tables_unreachable' }]);
});

describe('the functions that nobody waits for end in time, too, and say what must come again', () => {
  const tablesFrom = Array.from({ length: 8 }, (_, from) => ({ from: from + 1 }));
  const isMeantFrom = (from: number) => (call: string, nth: number) => serviceOf(call) === 'tables' && nth >= from;

  test.each(tablesFrom)('the timer, while the tables are silent from call $from on', async ({ from }) => {
    const { door, world, wait, letTimersRun } = await connected();
    wait(6_000);
    const [due] = door.takeDue();
    if (due === undefined) throw new Error('no timer is due');
    const beganAtMs = world.clock.nowMs;
    await door.receive(due, hanging(world, 5_000, isMeantFrom(from)));
    expect(world.clock.nowMs - beganAtMs).toBeLessThanOrEqual(4_500);
    await letTimersRun();
    expect(trailOf(world.audit)).toHaveLength(1);
    expect(door.socketOf('c-1=').state).toBe('closed');
  });

  test.each(tablesFrom)('the fan-out, while the tables are silent from call $from on', async ({ from }) => {
    const { world } = await authenticated();
    const beganAtMs = world.clock.nowMs;
    const conduct = hanging(world, 10_000, isMeantFrom(from));
    const Records = ['r-17', 'r-99'].map((group) => ({
      messageId: group,
      receiptHandle: group,
      body: JSON.stringify({ v: 1, type: 'order.created', id: group, data: {} }),
      attributes: { MessageGroupId: group, SentTimestamp: '1', ApproximateReceiveCount: '1' },
    }));
    const { ports } = world.ports(conduct);
    const { batchItemFailures } = await fanOut({
      ...ports,
      pause: async (ms) => {
        world.clock.nowMs += ms;
      },
    })({ Records });
    expect(world.clock.nowMs - beganAtMs).toBeLessThanOrEqual(9_500);
    if (from <= 2) expect(batchItemFailures.length).toBeGreaterThan(0);
  });

  test.each([
    { silent: 'the tables', service: 'tables', statusCode: 500 },
    { silent: 'the queues', service: 'queues', statusCode: 500 },
    { silent: 'the counters', service: 'addressCounters', statusCode: 200 },
  ])('a handshake is answered $statusCode while $silent are silent', async ({ service, statusCode }) => {
    const { door, world } = emptyRoom();
    const beganAtMs = world.clock.nowMs;
    const conduct = hanging(world, 5_000, (call) => serviceOf(call) === service || call.startsWith(service));
    expect(await door.connect({}, conduct)).toMatchObject({ how: 'returned', value: { statusCode } });
    expect(world.clock.nowMs - beganAtMs).toBeLessThanOrEqual(4_500);
  });
});

test('a service that answers again is waited for as before', async () => {
  const { world } = await connected();
  const conduct = hanging(world, 10_000, (_, nth) => nth !== 2);
  const tookMs = (call: string, nth: number): number => {
    const beganAtMs = world.clock.nowMs;
    conduct(call, nth);
    return world.clock.nowMs - beganAtMs;
  };
  expect(
    ['connections.read', 'connections.read', 'connections.read', 'connections.read'].map((call, i) =>
      tookMs(call, i + 1),
    ),
  ).toEqual([threeTriesMs, 0, threeTriesMs, openCircuitTimeoutMs]);
});
