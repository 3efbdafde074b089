import { describe, expect, test } from '@jest/globals';
import { settleDueMessages } from '../../lambdas/routes/auth-timeout.ts';
import { trailOf } from '../memory/audit.ts';
import { recordOf } from '../memory/platform.ts';
import { type Conduct, down, when } from '../memory/port-call.ts';
import { startMs } from '../memory/world.ts';
import { authenticated, authenticateText, connected, deadlineMs, emptyRoom, pingText } from './conversation.ts';

const closedAfterDeadlineMs = (closedAtMs: number | undefined) => (closedAtMs ?? Number.NaN) - deadlineMs;
const timeout = { trail: 'unverified', kind: 'attempt', event: 'auth_timeout', detail: 'silent' };

describe('a silent connection', () => {
  test('is told, closed and recorded within two seconds of its deadline', async () => {
    const { door, world, letTimersRun } = await connected();
    await letTimersRun();
    expect(door.readBy()).toMatchObject([{ type: 'auth_error', reason: 'auth_timeout', reconnect: true }]);
    const socket = door.socketOf('c-1=');
    expect(socket).toMatchObject({ state: 'closed', closedBy: 'gateway' });
    expect(closedAfterDeadlineMs(socket.closedAtMs)).toBeGreaterThan(0);
    expect(closedAfterDeadlineMs(socket.closedAtMs)).toBeLessThanOrEqual(2_000);
    expect(trailOf(world.audit)).toEqual([timeout]);
    expect(world.telemetry.lagsMs).toEqual([closedAfterDeadlineMs(socket.closedAtMs)]);
  });

  test('whose timer is lost is let in by nothing that comes later', async () => {
    const { door, world, wait } = await connected();
    world.queue.waiting = [];
    wait(5_001);
    await door.say(authenticateText());
    expect(door.rowOf()?.status).toBe('timed_out');
    expect(door.readBy()).toMatchObject([{ type: 'auth_error', reason: 'auth_timeout' }]);
    expect(door.socketOf('c-1=').state).toBe('closed');
    expect(trailOf(world.audit)).toEqual([{ ...timeout, detail: 'late' }]);
  });

  test('whose timer comes early is left alone until the deadline has passed', async () => {
    const { door, world, wait, letTimersRun } = await connected();
    const [early] = world.queue.waiting.splice(0, 1);
    if (early === undefined) throw new Error('no timer was armed');
    wait(5_000);
    expect(await door.receive(early)).toBe('done');
    expect(door.rowOf()?.status).toBe('pending');
    expect(world.queue.waiting).toMatchObject([{ dueAtMs: startMs + 6_000 }]);
    await letTimersRun();
    expect(door.rowOf()?.status).toBe('timed_out');
  });

  test('that has left and is gone is no work', async () => {
    const { door, world, letTimersRun } = await connected();
    door.leave();
    await door.disconnected();
    await letTimersRun();
    expect(trailOf(world.audit)).toEqual([]);
    expect(door.rowOf()).toBeUndefined();
  });

  test('of an id that is used again is not mistaken for the new one', async () => {
    const { door, world, wait } = await connected();
    const [old] = world.queue.waiting.splice(0, 1);
    door.leave();
    wait(6_000);
    await door.connect();
    if (old) await door.receive(old);
    expect(door.rowOf()).toMatchObject({ status: 'pending', connectedAtMs: startMs + 6_000 });
    expect(door.socketOf('c-1=').state).toBe('open');
  });
});

describe('several timers at once', () => {
  const twoSilent = async () => {
    const room = await connected();
    await room.door.connect({ connectionId: 'c-2=' });
    room.wait(6_000);
    return room;
  };
  const run = async (
    { world }: Awaited<ReturnType<typeof twoSilent>>,
    conduct?: Conduct,
    more: readonly string[] = [],
  ) => {
    const Records = [...world.queue.waiting.map(recordOf), ...more.map((body) => ({ messageId: body, body }))];
    const { ports } = world.ports(conduct, 'timer');
    world.calls.splice(0);
    return settleDueMessages(ports)({
      Records: Records as Parameters<ReturnType<typeof settleDueMessages>>[0]['Records'],
    });
  };
  const reads = (calls: readonly string[]) => calls.filter((call) => /^connections\.read/.test(call));

  test('read their rows once', async () => {
    const room = await twoSilent();
    expect(await run(room)).toEqual({ batchItemFailures: [] });
    expect(reads(room.world.calls)).toEqual(['connections.readEach']);
    expect(['c-1=', 'c-2='].map((id) => room.door.rowOf(id)?.status)).toEqual(['timed_out', 'timed_out']);
  });

  test('read each its own where they cannot be read together, and a message that is none keeps no other from it', async () => {
    const room = await twoSilent();
    const { batchItemFailures } = await run(room, down('connections.readEach'), ['no JSON']);
    expect(batchItemFailures).toEqual([{ itemIdentifier: 'no JSON' }]);
    expect(reads(room.world.calls)).toEqual(['connections.readEach', 'connections.read', 'connections.read']);
    expect(['c-1=', 'c-2='].map((id) => room.door.rowOf(id)?.status)).toEqual(['timed_out', 'timed_out']);
  });
});

describe('a message that is being decided when the timer comes', () => {
  test.each([0, 999, 1_000, 4_999, 5_000, 5_500, 5_999])(
    'and whose function dies, having the lease after %i ms, is closed within six seconds of the deadline',
    async (claimedAfterMs) => {
      const { door, world, wait, letTimersRun } = await connected();
      wait(claimedAfterMs);
      const arrivedAtMs = Math.min(deadlineMs, world.clock.nowMs);
      await door.say(authenticateText(), { arrivedAtMs, conduct: when('verifyToken', 'stops_before') });
      await letTimersRun();
      const socket = door.socketOf('c-1=');
      expect(door.rowOf()?.status).toBe('lapsed');
      expect(door.readBy().at(-1)).toMatchObject({ type: 'auth_error', reason: 'unavailable' });
      expect(closedAfterDeadlineMs(socket.closedAtMs)).toBeLessThanOrEqual(6_000);
      expect(trailOf(world.audit)).toEqual([
        { trail: 'unverified', kind: 'attempt', event: 'verification_unavailable', detail: 'lease_lapsed' },
      ]);
    },
  );

  test.each([
    { status: 'verifying', stopsAt: 'verifyToken', left: 'lapsed' },
    { status: 'granting', stopsAt: 'putRecord', left: 'unseated' },
  ])('keeps its lease while it is $status, to the millisecond', async ({ status, stopsAt, left }) => {
    const { door, world, wait } = await connected();
    wait(2_000);
    await door.say(authenticateText(), { conduct: when(stopsAt, 'stops_before') });
    const [timer] = world.queue.waiting.splice(0, 1);
    if (timer === undefined) throw new Error('no timer was armed');
    wait(4_000);
    expect(await door.receive(timer)).toBe('done');
    expect(door.rowOf()?.status).toBe(status);
    wait(1);
    expect(await door.receive(timer)).toBe('done');
    expect(door.rowOf()?.status).toBe(left);
  });

  test('whose row is never as it was read is looked at six times, and then its timer comes again', async () => {
    const { door, world, wait } = await connected();
    await door.say(authenticateText(), { conduct: when('verifyToken', 'stops_before') });
    wait(60_000);
    const { ports } = world.ports(undefined, 'timer');
    let reads = 0;
    const read: typeof ports.connections.read = (key) => {
      reads += 1;
      return ports.connections.read(key);
    };
    const restless = { ...ports.connections, read, lapse: async () => ({ moved: false, found: undefined }) as const };
    const Records = world.queue.waiting.map(recordOf);
    const { batchItemFailures } = await settleDueMessages({ ...ports, connections: restless })({ Records });
    expect([batchItemFailures.length, reads]).toEqual([Records.length, 6 * Records.length]);
  });

  test('and granted but not authenticated gets both its records from the timer', async () => {
    const { door, world, letTimersRun } = await connected();
    await door.say(authenticateText(), { conduct: when('putRecord', 'stops_before') });
    expect(trailOf(world.audit)).toEqual([]);
    await letTimersRun();
    expect(door.rowOf()?.status).toBe('unseated');
    expect(door.readBy().at(-1)).toMatchObject({ type: 'auth_error', reason: 'unavailable' });
    expect(trailOf(world.audit)).toEqual([
      { trail: 'r-17', kind: 'attempt', event: 'access_granted', detail: 'verified' },
      { trail: 'r-17', kind: 'end', event: 'session_ended', detail: 'never_seated' },
    ]);
    const [grant] = world.audit.values();
    expect(grant?.occurredAtMs).toBe(startMs);
  });
});

describe('what is settled', () => {
  test('is left alone when it is a session', async () => {
    const { door, letTimersRun } = await authenticated();
    const before = door.rowOf();
    await letTimersRun();
    expect(door.rowOf()).toEqual(before);
    expect(door.socketOf('c-1=').state).toBe('open');
  });

  test('is told and closed again when it was refused and the close failed', async () => {
    const { door, letTimersRun } = await connected();
    await door.say(pingText, { conduct: down('sockets.post', 'sockets.disconnect') });
    expect(door.socketOf('c-1=').state).toBe('open');
    await letTimersRun();
    expect(door.readBy().at(-1)).toMatchObject({ type: 'auth_error', reason: 'expected_authentication' });
    expect(door.socketOf('c-1=').state).toBe('closed');
  });

  test.each([
    { why: 'the record', conduct: (): Conduct => when('putRecord', 'stops_before') },
    { why: 'the last message', conduct: (): Conduct => when('sockets.post', 'stops_before') },
    { why: 'the close', conduct: (): Conduct => when('sockets.disconnect', 'stops_before') },
    { why: 'the close, which throws', conduct: (): Conduct => down('sockets.disconnect') },
  ])('is finished by the next delivery when the first did not live to see $why', async ({ conduct }) => {
    const { door, world, wait, letTimersRun } = await connected();
    wait(6_000);
    const [due] = door.takeDue();
    if (due === undefined) throw new Error('no timer is due');
    expect(await door.receive(due, conduct())).toBe('failed');
    await letTimersRun();
    expect(door.rowOf()?.status).toBe('timed_out');
    expect(door.socketOf('c-1=').state).toBe('closed');
    expect(trailOf(world.audit)).toEqual([timeout]);
  });
});

describe('a poisoned message', () => {
  const good = { v: 1, kind: 'deadline', connectionId: 'c-1=', connectedAtMs: startMs };
  const record = {
    kind: 'attempt',
    event: 'token_invalid',
    detail: 'signature_bad',
    occurredAtMs: startMs,
    connectionId: 'c-1=',
    connectedAtMs: startMs,
    sourceIp: '203.0.113.7',
  };

  test.each([
    { why: 'is no JSON', body: 'x' },
    { why: 'is empty', body: '' },
    { why: 'is null', body: 'null' },
    { why: 'is of another version', body: JSON.stringify({ ...good, v: 2 }) },
    { why: 'is of another kind', body: JSON.stringify({ ...good, kind: 'promote' }) },
    { why: 'names no connection', body: JSON.stringify({ ...good, connectionId: undefined }) },
    { why: 'has a text for a time', body: JSON.stringify({ ...good, connectedAtMs: 'now' }) },
    {
      why: 'holds a record without an event',
      body: JSON.stringify({ v: 1, kind: 'record', record: { ...record, event: undefined } }),
    },
    {
      why: 'holds a record without a kind',
      body: JSON.stringify({ v: 1, kind: 'record', record: { ...record, kind: undefined } }),
    },
    { why: 'holds no record', body: JSON.stringify({ v: 1, kind: 'record' }) },
  ])('that $why fails alone and ends among the dead', async ({ body }) => {
    const { door, world, wait } = emptyRoom();
    await door.connect();
    world.queue.waiting.push({ messageId: 'poison', body, dueAtMs: startMs, receives: 0 });
    while (world.queue.waiting.length > 0) {
      wait(30_000);
      for (const due of door.takeDue()) await door.receive(due);
    }
    expect(world.queue.deadLetters).toMatchObject([{ messageId: 'poison', receives: 10 }]);
    expect(door.rowOf()?.status).toBe('timed_out');
    expect(world.telemetry.failures).toContainEqual(expect.objectContaining({ what: 'timer_message', key: {} }));
  });

  test('in a batch leaves the others done', async () => {
    const { world, door, wait } = await connected();
    wait(6_000);
    const [due] = door.takeDue();
    if (due === undefined) throw new Error('no timer is due');
    const failed = await door.receiveBatch([{ ...due, messageId: 'poison', body: 'x' }, due]);
    expect(failed).toEqual(['poison']);
    expect(door.rowOf()?.status).toBe('timed_out');
    expect(world.queue.waiting).toMatchObject([{ messageId: 'poison', receives: 1 }]);
  });
});
