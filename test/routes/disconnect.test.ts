import { describe, expect, test } from '@jest/globals';
import type { Status } from '../../lambdas/connection/connection.ts';
import { disconnect } from '../../lambdas/routes/disconnect.ts';
import { rowIn, someHandshake, knownStatuses } from '../contract/rows.ts';
import { trailOf } from '../memory/audit.ts';
import { down, when } from '../memory/port-call.ts';
import { authenticated, connected } from './conversation.ts';

/** A client has left a connection whose row is in that state. */
const left = async (status: Exclude<Status, 'ended'>) => {
  const room = await connected();
  room.world.connections.rows.set('c-1=', rowIn(status, { ...someHandshake(), connectionId: 'c-1=' }));
  room.door.leave();
  return room;
};

const attempt = { trail: 'unverified', kind: 'attempt' };
const granted = { trail: 'r-17', kind: 'attempt', event: 'access_granted', detail: 'verified' };
const end = { trail: 'r-17', kind: 'end' };

const recorded: Readonly<Record<Exclude<Status, 'ended'>, readonly object[]>> = {
  pending: [],
  verifying: [],
  granting: [granted, { ...end, event: 'session_ended', detail: 'never_seated' }],
  authenticated: [{ ...end, event: 'session_ended', detail: 'client_left' }],
  refused: [],
  timed_out: [{ ...attempt, event: 'auth_timeout', detail: 'silent' }],
  lapsed: [{ ...attempt, event: 'verification_unavailable', detail: 'lease_lapsed' }],
  unseated: [granted, { ...end, event: 'session_ended', detail: 'never_seated' }],
  closing: [{ ...end, event: 'session_expired', detail: 'lifetime_over' }],
};

describe.each(knownStatuses)('a client that leaves while its row is %s', (status) => {
  test('takes the row along, and leaves the record that its state promises', async () => {
    const { door, world } = await left(status);
    const ended = await door.disconnected();
    expect(ended).toEqual({ how: 'returned', value: { statusCode: 200 } });
    expect(door.rowOf()).toBeUndefined();
    expect(trailOf(world.audit)).toEqual(recorded[status]);
  });

  test('changes nothing the second time', async () => {
    const { door, world } = await left(status);
    await door.disconnected();
    const told = world.telemetry.records.length;
    await door.disconnected();
    expect(door.rowOf()).toBeUndefined();
    expect(trailOf(world.audit)).toEqual(recorded[status]);
    expect(world.telemetry.records).toHaveLength(told);
  });

  test('is told to the log when its record can be written nowhere else', async () => {
    const { door, world } = await left(status);
    await door.disconnected(down('putRecord', 'timer.send'));
    expect(door.rowOf()).toBeUndefined();
    const { records } = world.telemetry;
    expect(records.filter(({ fate }) => fate === 'logged_only')).toHaveLength(
      Math.max(recorded[status].length, status === 'pending' || status === 'verifying' ? 1 : 0),
    );
  });
});

test.each<Exclude<Status, 'ended'>>(['pending', 'verifying'])(
  'leaving while %s is told to the log and counted, not audited',
  async (status) => {
    const { door, world } = await left(status);
    await door.disconnected();
    expect(world.telemetry.records).toMatchObject([
      { fate: 'logged_only', record: { event: 'connection_abandoned', detail: 'client_left' } },
    ]);
  },
);

describe('a connection that the platform closed for a frame it does not take', () => {
  const frames = [
    { code: 1003, detail: 'binary_frame' },
    { code: 1007, detail: 'encoding_invalid' },
    { code: 1009, detail: 'frame_too_large' },
  ];
  const others = [null, 0, 1000, 1001, 1002, 1005, 1006, 1008, 1011, 4003].map((code) => ({
    code,
    detail: 'client_left',
  }));

  test.each([...frames, ...others])('ends its session as $detail (code $code)', async ({ code, detail }) => {
    const { door, world } = await left('authenticated');
    await door.disconnected(undefined, undefined, code);
    expect(trailOf(world.audit)).toEqual([{ ...end, event: 'session_ended', detail }]);
  });

  test.each(frames)('was an attempt where that was its first one ($detail), and once', async ({ code, detail }) => {
    const { door, world } = await left('pending');
    for (let times = 0; times < 2; times++) await door.disconnected(undefined, undefined, code);
    expect(trailOf(world.audit)).toEqual([{ ...attempt, event: 'malformed_message', detail }]);
    expect(world.telemetry.records).toHaveLength(1);
    expect(world.calls).not.toContain('addressCounters.countHostileFailure');
  });

  test.each(frames)('leaves the record to whoever judges another message ($detail)', async ({ code, detail }) => {
    const { door, world } = await left('verifying');
    await door.disconnected(undefined, undefined, code);
    expect(trailOf(world.audit)).toEqual([]);
    expect(world.telemetry.records).toMatchObject([{ record: { event: 'connection_abandoned', detail } }]);
  });

  test.each(others)('is told as left where the code says nothing of a frame ($code)', async ({ code }) => {
    const { door, world } = await left('pending');
    await door.disconnected(undefined, undefined, code);
    expect(trailOf(world.audit)).toEqual([]);
    expect(world.telemetry.records).toMatchObject([
      { record: { event: 'connection_abandoned', detail: 'client_left' } },
    ]);
  });

  test.each(frames)('is recorded as what it was where it had been decided ($detail)', async ({ code }) => {
    for (const status of ['refused', 'timed_out', 'lapsed', 'unseated', 'closing', 'granting'] as const) {
      const { door, world } = await left(status);
      await door.disconnected(undefined, undefined, code);
      expect(trailOf(world.audit)).toEqual(recorded[status]);
    }
  });
});

test('a removal whose answer was lost loses no record', async () => {
  for (const fate of ['lost', 'answer_lost', 'retried'] as const) {
    const { door, world } = await authenticated();
    door.leave();
    await door.disconnected(when('connections.end', fate));
    expect(trailOf(world.audit).at(-1)).toEqual(recorded.authenticated[0]);
  }
});

test('a row that is never as it was read is read six times, and then somebody is told', async () => {
  const { world } = await left('closing');
  const { ports } = world.ports(undefined, '$disconnect');
  let reads = 0;
  const restless: typeof ports = {
    ...ports,
    connections: {
      ...ports.connections,
      read: (key) => {
        reads += 1;
        return ports.connections.read(key);
      },
      end: async () => 'changed',
    },
  };
  const { connectionId, connectedAtMs } = rowIn('closing', { ...someHandshake(), connectionId: 'c-1=' });
  const requestContext = {
    connectionId,
    connectedAt: connectedAtMs,
    requestTimeEpoch: world.clock.nowMs,
    requestId: 'request-1',
    domainName: 'door.example',
    identity: { sourceIp: '203.0.113.7' },
  };
  await expect(disconnect(restless)({ requestContext })).rejects.toThrow('kept changing');
  expect(reads).toBe(6);
});

test('a late $disconnect leaves a newer connection of the same id', async () => {
  const { door, world, wait } = await authenticated();
  const connectedAtMs = door.rowOf()?.connectedAtMs;
  door.leave();
  wait(60_000);
  await door.connect();
  const newer = door.rowOf();
  await door.disconnected(undefined, connectedAtMs);
  expect(newer).toMatchObject({ status: 'pending', connectedAtMs: world.clock.nowMs });
  expect(door.rowOf()).toEqual(newer);
});
