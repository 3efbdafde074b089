import { describe, expect, test } from '@jest/globals';
import type { FindMemberships } from '../../lambdas/ports.ts';
import { errors } from '../../protocol/reasons.ts';
import { reentryPassPattern } from '../../protocol/reentry-pass.ts';
import { rowIn, someHandshake } from '../contract/rows.ts';
import { trailOf } from '../memory/audit.ts';
import { down } from '../memory/port-call.ts';
import { startMs, tokenOf } from '../memory/world.ts';

import { authenticated, authenticateText, connected, deadlineMs, emptyRoom } from './conversation.ts';

const isoOf = (ms: number): string => new Date(ms).toISOString();

describe('a good first message', () => {
  test('is answered with the verified ids, recorded, and leaves a session', async () => {
    const { door, world, wait } = await connected({ userAgent: 'till/2' });
    wait(1_500);
    await door.say(authenticateText({ batch: true, user_id: 'u-chef', note: 'ignored' }));
    const sessionExpiresAtMs = startMs + 3_600_000;
    expect(door.readBy()).toEqual([
      {
        type: 'auth_success',
        user_id: 'u-chef',
        issuer: 'demo',
        retention_ms: 86_400_000,
        ping_interval_ms: 120_000,
        restaurant_id: 'r-17',
        connection_id: 'c-1=',
        connection_type: 'kitchen',
        role: 'employee',
        session_expires_at: isoOf(sessionExpiresAtMs),
        epoch: null,
        head_seq: 0,
        protocol: 1,
        reentry_pass: expect.stringMatching(reentryPassPattern),
        timestamp: isoOf(startMs + 1_500),
      },
    ]);
    expect(door.rowOf()).toEqual({
      status: 'authenticated',
      connectionId: 'c-1=',
      connectedAtMs: startMs,
      authDeadlineMs: deadlineMs,
      sourceIp: '203.0.113.7',
      userAgent: 'till/2',
      hints: {},
      ownerId: 'request-2',
      session: {
        issuer: 'demo',
        userId: 'u-chef',
        restaurantId: 'r-17',
        connectionType: 'kitchen',
        role: 'employee',
        membershipSource: 'table',
        sessionExpiresAtMs,
        tokenIssuedAtMs: startMs,
        grantedAtMs: startMs + 1_500,
        batch: true,
      },
    });
    expect(trailOf(world.audit)).toEqual([
      { trail: 'r-17', kind: 'attempt', event: 'access_granted', detail: 'verified' },
    ]);
    expect(door.socketOf('c-1=').state).toBe('open');
  });

  test('makes no management call and sends no queue message', async () => {
    const { world } = await authenticated();
    expect(world.calls.filter((call) => call.startsWith('sockets.'))).toEqual([]);
    expect(world.queue.sent).toBe(1);
  });

  test.each([
    { unread: 'throttled', reads: 0, head: null },
    { unread: 'failed', reads: 1, head: 0 },
  ] as const)(
    'is one where the head did not come with its memberships, which is told: $unread',
    async ({ unread, reads, head }) => {
      const { world, door } = await connected();
      const { ports } = world;
      const withoutHead: typeof ports = (...of) => {
        const run = ports(...of);
        const findMemberships: FindMemberships = async (...asked) => ({
          ...(await run.ports.findMemberships(...asked)),
          head: { unread, error: new TypeError() },
        });
        return { ...run, ports: { ...run.ports, findMemberships } };
      };
      Object.assign(world, { ports: withoutHead });
      await door.say(authenticateText());
      expect(door.readBy().at(-1)).toMatchObject({ type: 'auth_success', head_seq: head });
      expect(world.calls.filter((call) => call === 'streams.readHead')).toHaveLength(reads);
      expect(world.telemetry.failures).toMatchObject([{ what: 'head', error: expect.any(TypeError) }]);
    },
  );

  test('at a restaurant that has no events yet remembers it; it gets its session, whether that succeeds or not', async () => {
    const { world, door } = await connected();
    await door.say(authenticateText(), { conduct: down('streams.remember') });
    expect(door.readBy().at(-1)).toMatchObject({ type: 'auth_success', epoch: null, head_seq: 0 });
    expect(world.telemetry.failures).toMatchObject([{ what: 'head', key: { connectionId: 'c-1=' } }]);
    expect(world.streams.get('r-17')?.isRemembered).toBe(undefined);
    // A renewal, which may be the first to find a table that works again.
    await door.say(authenticateText());
    expect(world.streams.get('r-17')?.isRemembered).toBe(true);
  });

  test('at a restaurant that has events writes nothing there', async () => {
    const { world, door } = await connected();
    const head = { epoch: 'e', headSeq: 1, headSeqOf: {} };
    world.streams.set('r-17', { head, events: new Map(), marks: new Map() });
    await door.say(authenticateText());
    expect(door.readBy().at(-1)).toMatchObject({ type: 'auth_success', epoch: 'e' });
    expect(world.calls.filter((call) => call.startsWith('streams.'))).toEqual([]);
  });

  test('makes one verification, one read and four writes of the row', async () => {
    const { world } = await authenticated();
    expect(world.calls).toEqual([
      'addressCounters.countConnect',
      'connections.open',
      'timer.send',
      'connections.read',
      'connections.acquireLease',
      'verifyToken',
      'findMemberships',
      'connections.grant',
      'putRecord',
      'connections.activate',
      'streams.remember',
    ]);
  });

  test.each([
    { why: 'the hints alone', query: { restaurant_id: 'r-17', connection_type: 'kitchen' }, said: {} },
    {
      why: 'hints that agree',
      query: { restaurant_id: 'r-17', user_id: 'u-chef' },
      said: { connection_type: 'kitchen', restaurant_id: 'r-17' },
    },
    { why: 'no user id', query: {}, said: { connection_type: 'kitchen', restaurant_id: 'r-17', user_id: null } },
  ])('may say where with $why', async ({ query, said }) => {
    const { door } = await connected({ query });
    await door.say(JSON.stringify({ type: 'authenticate', token: tokenOf('u-chef'), ...said }));
    expect(door.readBy()).toMatchObject([{ type: 'auth_success', restaurant_id: 'r-17', connection_type: 'kitchen' }]);
  });

  test('of a platform owner is recorded as the access it is, too', async () => {
    const { door, world } = await connected();
    await door.say(authenticateText({ token: tokenOf('u-platform'), connection_type: 'platform' }));
    expect(door.readBy()).toMatchObject([{ type: 'auth_success', restaurant_id: 'r-17', role: 'platform_owner' }]);
    expect(trailOf(world.audit)).toEqual([
      { trail: 'r-17', kind: 'attempt', event: 'access_granted', detail: 'verified' },
      { trail: 'r-17', kind: 'platform_owner', event: 'platform_owner_access', detail: 'verified' },
    ]);
  });

  test('gets no longer session than two hours after connecting', async () => {
    const { door, world, wait } = await connected();
    wait(2_000);
    world.tokens.set('long', {
      issuer: 'demo',
      userId: 'u-chef',
      issuedAtMs: startMs,
      expiresAtMs: startMs + 86_400_000,
    });
    await door.say(authenticateText({ token: 'long' }));
    expect(door.readBy()).toMatchObject([{ session_expires_at: isoOf(startMs + 7_200_000) }]);
  });

  test('whose token ends while it is being authenticated is closed instead of welcomed', async () => {
    const { door, world, wait } = await connected();
    world.tokens.set('brief', { issuer: 'demo', userId: 'u-chef', issuedAtMs: startMs, expiresAtMs: startMs + 1_000 });
    world.watchers.push(({ to }) => {
      if (to === 'authenticated') wait(1_000);
    });
    await door.say(authenticateText({ token: 'brief' }));
    expect(door.readBy()).toMatchObject([{ type: 'closing', reason: 'session_expired' }]);
    expect(door.socketOf('c-1=').state).toBe('closed');
  });
});

describe('the deadline', () => {
  test.each([
    { arrivedAfterMs: 5_000, handledAfterMs: 5_000, status: 'authenticated' },
    { arrivedAfterMs: 5_000, handledAfterMs: 5_900, status: 'authenticated' },
    { arrivedAfterMs: 5_001, handledAfterMs: 5_001, status: 'timed_out' },
    // The platform's clock decides, even where this function's is behind it.
    { arrivedAfterMs: 5_001, handledAfterMs: 4_000, status: 'timed_out' },
  ])(
    'a message that arrived after $arrivedAfterMs ms and is handled after $handledAfterMs ms leaves $status',
    async ({ arrivedAfterMs, handledAfterMs, status }) => {
      const { door, wait } = await connected();
      wait(handledAfterMs);
      await door.say(authenticateText(), { arrivedAtMs: startMs + arrivedAfterMs });
      expect(door.rowOf()?.status).toBe(status);
      expect(door.readBy()).toHaveLength(1);
    },
  );

  test('is what the stage says it is', async () => {
    const { door, wait } = emptyRoom({ authTimeoutSeconds: 30 });
    await door.connect();
    wait(30_000);
    await door.say(authenticateText());
    expect(door.rowOf()?.status).toBe('authenticated');
  });
});

describe('a second message', () => {
  test.each(['verifying', 'granting', 'refused', 'timed_out', 'lapsed', 'unseated'] as const)(
    'while the connection is %s changes nothing and is not answered',
    async (status) => {
      const { door, world } = await connected();
      const inState = rowIn(status, { ...someHandshake(), connectionId: 'c-1=' });
      world.connections.rows.set('c-1=', inState);
      const before = { read: door.readBy().length, trail: trailOf(world.audit) };
      const ended = await door.say(authenticateText({ token: tokenOf('u-platform') }));
      await door.say(JSON.stringify({ type: 'ping' }));
      expect(ended).toEqual({ how: 'returned', value: { statusCode: 200 } });
      expect(door.rowOf()).toEqual(inState);
      expect({ read: door.readBy().length, trail: trailOf(world.audit) }).toEqual(before);
    },
  );

  test('run again by the platform answers the same and records nothing more', async () => {
    const { door, world } = await connected();
    await door.say(authenticateText(), { requestId: 'request-a' });
    const before = { row: door.rowOf(), trail: trailOf(world.audit) };
    await door.say(authenticateText(), { requestId: 'request-a' });
    expect(door.readBy()[1]).toEqual(door.readBy()[0]);
    expect({ row: door.rowOf(), trail: trailOf(world.audit) }).toEqual(before);
  });
});

describe('an event that came to this route, though no platform brings one here', () => {
  const id = 'm-1';
  test.each([
    { why: 'data as its schema says', event: { id, data: { order_id: 'o-1', status: 'ready' } }, blamed: { id } },
    // The schemas are not in this function: they would be a tenth of it, for an answer that nobody gets.
    { why: 'data against its schema', event: { id, data: { order_id: [], status: 7 } }, blamed: { id } },
    { why: 'data that is no object', event: { id, data: 7 }, blamed: { id, field: 'data' } },
    { why: 'an id that cannot be kept', event: { id: '<b>', data: {} }, blamed: { field: 'id' } },
  ])('is no message to a session, and published by nobody: $why', async ({ event, blamed }) => {
    const { door, world } = await authenticated();
    await door.say(JSON.stringify({ type: 'order.status_changed', ...event }), { route: 'authenticate' });
    const { error } = errors.malformed_message;
    expect(door.readBy().slice(1)).toEqual([
      { type: 'error', ...blamed, error, reason: 'malformed_message', timestamp: isoOf(startMs) },
    ]);
    expect(world.events.waiting).toEqual([]);
    expect(door.socketOf('c-1=').state).toBe('open');
    expect(trailOf(world.audit)).toHaveLength(1);
  });
});

describe('a connection without a row', () => {
  test.each([
    { why: 'authenticates', text: authenticateText() },
    { why: 'says anything else', text: '{"type":"ping"}' },
  ])('that $why is told to come back, and closed', async ({ text }) => {
    const { door, world } = await authenticated();
    world.connections.rows.clear();
    await door.say(text);
    expect(door.readBy().at(-1)).toMatchObject({ type: 'closing', reason: 'unavailable', reconnect: true });
    expect(door.socketOf('c-1=')).toMatchObject({ state: 'closed', closedBy: 'gateway' });
    expect(world.connections.rows.size).toBe(0);
  });
});
