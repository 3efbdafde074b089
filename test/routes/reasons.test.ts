/** Every reason of the protocol's table, by every way that leads there: what the client reads, what stays, what is recorded. */
import { describe, expect, test } from '@jest/globals';
import { type RefusalReason, refusals } from '../../protocol/reasons.ts';
import { isHostile } from '../../lambdas/rate-limit/hostility.ts';
import { trailOf } from '../memory/audit.ts';
import type { Visitor } from '../memory/platform.ts';
import { down } from '../memory/port-call.ts';
import { tokenOf } from '../memory/world.ts';
import { authenticateText, connected, pingText, type Room } from './conversation.ts';

type Refused = Readonly<{
  why: string;
  reason: RefusalReason;
  event: string;
  detail: string;
  visitor?: Visitor;
  does: (room: Room) => Promise<unknown>;
}>;

const says = (text: string) => (room: Room) => room.door.say(text);
const authenticates = (fields: Readonly<Record<string, unknown>>) => says(authenticateText(fields));
const anonymous = { user_id: undefined };

const table: readonly Refused[] = [
  {
    why: 'no token and no user id',
    event: 'access_denied',
    detail: 'token_missing',
    does: authenticates({ token: undefined }),
  },
  {
    why: 'no token, but a user id',
    event: 'token_invalid',
    detail: 'token_missing',
    does: authenticates({ token: undefined, user_id: 'u-chef' }),
  },
  {
    why: 'a forged token with a user id',
    event: 'token_invalid',
    detail: 'signature_bad',
    does: authenticates({ token: 'forged', user_id: 'u-chef' }),
  },
  {
    why: 'a forged token and no user id',
    event: 'access_denied',
    detail: 'signature_bad',
    does: authenticates({ token: 'forged', ...anonymous }),
  },
  {
    why: 'a forged token with a user id in the query',
    event: 'token_invalid',
    detail: 'signature_bad',
    visitor: { query: { user_id: 'u-chef' } },
    does: authenticates({ token: 'forged' }),
  },
].map((row) => ({ reason: 'token_invalid' as const, ...row }));

const expired: readonly Refused[] = [
  {
    why: 'an expired token',
    reason: 'token_expired',
    event: 'token_expired',
    detail: 'expired',
    does: authenticates({ token: 'token-expired' }),
  },
];

const denied: readonly Refused[] = [
  {
    why: 'another user id',
    event: 'user_mismatch',
    detail: 'user_id_differs',
    does: authenticates({ user_id: 'u-1' }),
  },
  {
    why: 'another user id in the query',
    event: 'user_mismatch',
    detail: 'user_id_differs',
    visitor: { query: { user_id: 'u-1' } },
    does: authenticates({}),
  },
  ...[0, '0', '', '00', -1, 1.5, ' u-chef', 'u-chef ', '1e0', 'u\u0000'].map((user_id) => ({
    why: `user id ${JSON.stringify(user_id)}`,
    event: 'invalid_user_id',
    detail: 'user_id_not_canonical',
    does: authenticates({ user_id }),
  })),
  {
    why: 'user id 0 in the query',
    event: 'invalid_user_id',
    detail: 'user_id_not_canonical',
    visitor: { query: { user_id: '0' } },
    does: authenticates({}),
  },
  {
    why: 'no membership',
    event: 'cross_tenant_attempt',
    detail: 'membership_missing',
    does: authenticates({ token: tokenOf('u-stranger') }),
  },
  {
    why: 'a membership elsewhere',
    event: 'cross_tenant_attempt',
    detail: 'membership_missing',
    does: authenticates({ token: tokenOf('u-rival') }),
  },
  {
    why: 'a restaurant that does not exist',
    event: 'cross_tenant_attempt',
    detail: 'membership_missing',
    does: authenticates({ restaurant_id: 'r-404' }),
  },
  {
    why: 'every restaurant',
    event: 'cross_tenant_attempt',
    detail: 'restaurant_id_invalid',
    does: authenticates({ restaurant_id: '*' }),
  },
  {
    why: 'every restaurant, asked by a platform owner',
    event: 'cross_tenant_attempt',
    detail: 'restaurant_id_invalid',
    does: authenticates({ restaurant_id: '*', token: tokenOf('u-platform') }),
  },
  {
    why: 'another restaurant than in the query',
    event: 'cross_tenant_attempt',
    detail: 'hint_differs',
    visitor: { query: { restaurant_id: 'r-99' } },
    does: authenticates({}),
  },
  {
    why: 'a connection type beyond the role',
    event: 'privilege_escalation_attempt',
    detail: 'connection_type_not_allowed',
    does: authenticates({ connection_type: 'management' }),
  },
  {
    why: 'a connection type beyond the membership',
    event: 'privilege_escalation_attempt',
    detail: 'connection_type_not_allowed',
    does: authenticates({ connection_type: 'pos' }),
  },
  {
    why: 'an unknown connection type',
    event: 'privilege_escalation_attempt',
    detail: 'connection_type_unknown',
    does: authenticates({ connection_type: 'toaster' }),
  },
  {
    why: 'a revoked token',
    event: 'session_revoked',
    detail: 'membership_revoked',
    does: ({ world, door }: Room) => {
      for (const [key, membership] of world.memberships)
        world.memberships.set(key, { ...membership, revokedBeforeMs: world.clock.nowMs + 1 });
      return door.say(authenticateText());
    },
  },
  {
    why: 'somebody who is suspended, whatever the token says',
    event: 'session_revoked',
    detail: 'membership_suspended',
    does: ({ world, door }: Room) => {
      for (const [key, membership] of world.memberships)
        world.memberships.set(key, { ...membership, suspendedAtMs: 0 });
      return door.say(authenticateText());
    },
  },
  {
    why: 'a login from before the revocation, however young its token',
    event: 'session_revoked',
    detail: 'membership_revoked',
    does: ({ world, door }: Room) => {
      for (const [key, membership] of world.memberships)
        world.memberships.set(key, { ...membership, revokedBeforeMs: world.clock.nowMs - 1 });
      for (const [token, identity] of world.tokens)
        world.tokens.set(token, { ...identity, loggedInAtMs: world.clock.nowMs - 2 });
      return door.say(authenticateText());
    },
  },
  {
    why: 'a role nobody knows',
    event: 'privilege_escalation_attempt',
    detail: 'role_unknown',
    does: ({ world, door }: Room) => {
      for (const [key, membership] of world.memberships)
        world.memberships.set(key, { ...membership, role: 'constructor' });
      return door.say(authenticateText());
    },
  },
].map((row) => ({ reason: 'access_denied' as const, ...row }));

const unexpected: readonly Refused[] = [
  '{"type":"ping"}',
  '{"type":"order.created"}',
  '{"type":"replay","after":0}',
  '{"type":"replay","after":-1}',
  '{"type":"auth_success"}',
].map((text) => ({
  why: text,
  reason: 'expected_authentication',
  event: 'expected_authentication',
  detail: 'not_authenticate',
  does: says(text),
}));

const malformed: readonly Refused[] = [
  { why: 'no JSON', detail: 'not_json', does: says('hello') },
  { why: 'nothing', detail: 'not_json', does: says('') },
  { why: 'an array', detail: 'not_an_object', does: says('[]') },
  { why: 'a type that is no text', detail: 'type_not_text', does: says('{"type":1}') },
  { why: 'a token that is no text', detail: 'wrong_field_type', does: authenticates({ token: 7 }) },
  { why: 'a token too long', detail: 'token_too_large', does: authenticates({ token: 'x'.repeat(8 * 1024 + 1) }) },
  { why: 'a frame too long', detail: 'too_large', does: authenticates({ padding: 'x'.repeat(16 * 1024) }) },
  { why: 'no restaurant at all', detail: 'restaurant_id_missing', does: authenticates({ restaurant_id: undefined }) },
  {
    why: 'a ping on the route of authenticate',
    detail: 'route_differs',
    does: (room: Room) => room.door.say(pingText, { route: 'authenticate' }),
  },
  ...[{ order_id: 'o-1', status: 'ready' }, { order_id: [], status: 7 }, 7].map((data) => ({
    why: `an event on the route of authenticate, whatever its data: ${JSON.stringify(data)}`,
    detail: 'route_differs',
    does: (room: Room) =>
      room.door.say(JSON.stringify({ type: 'order.status_changed', data }), { route: 'authenticate' as const }),
  })),
  {
    why: 'an authenticate on the route of everything else',
    detail: 'route_differs',
    does: (room: Room) => room.door.say(authenticateText(), { route: 'message' }),
  },
].map((row) => ({ reason: 'malformed_message' as const, event: 'malformed_message', ...row }));

const timedOut: readonly Refused[] = [
  { why: 'silence', detail: 'silent', does: (room: Room) => room.letTimersRun() },
  {
    why: 'a good token that came late',
    detail: 'late',
    does: ({ door, wait }: Room) => {
      wait(5_001);
      return door.say(authenticateText());
    },
  },
  {
    why: 'anything else that came late',
    detail: 'late',
    does: ({ door, wait }: Room) => {
      wait(5_001);
      return door.say(pingText);
    },
  },
].map((row) => ({ reason: 'auth_timeout' as const, event: 'auth_timeout', ...row }));

const unavailable: readonly Refused[] = [
  { why: 'keys nobody can fetch', detail: 'keys_unreachable', does: authenticates({ token: 'token-unjudged' }) },
  {
    why: 'memberships nobody can read',
    detail: 'tables_unreachable',
    does: (room: Room) => room.door.say(authenticateText(), { conduct: down('findMemberships') }),
  },
  {
    why: 'a verification that throws',
    detail: 'tables_unreachable',
    does: (room: Room) => room.door.say(authenticateText(), { conduct: down('verifyToken') }),
  },
].map((row) => ({ reason: 'unavailable' as const, event: 'verification_unavailable', ...row }));

const everyWay = [...table, ...expired, ...denied, ...unexpected, ...malformed, ...timedOut, ...unavailable];

test('a key that is not fetched yet is worth a wait until it may be, rings no alarm of its issuer and costs its address nothing', async () => {
  for (const [retryAfterMs, told] of [
    [9_500, 9_500],
    [1, 5_000],
  ] as const) {
    const room = await connected();
    room.world.tokens.set('young', { reason: 'unavailable', detail: 'key_not_fetched_yet', retryAfterMs });
    await room.door.say(authenticateText({ token: 'young' }));
    expect(room.door.readBy()).toMatchObject([
      { type: 'auth_error', reason: 'unavailable', reconnect: true, reauthenticate: false, retry_after_ms: told },
    ]);
    expect(trailOf(room.world.audit)).toMatchObject([
      { event: 'verification_unavailable', detail: 'key_not_fetched_yet' },
    ]);
    expect(isHostile('verification_unavailable', 'key_not_fetched_yet')).toBe(false);
  }
});

describe.each(everyWay)('$reason: $why', ({ reason, event, detail, visitor, does }) => {
  test('is the last message, the end of the connection, its row and its one record', async () => {
    const room = await connected(visitor);
    await does(room);
    const { door, world } = room;
    const { error, code, reconnect, reauthenticate, retryAfterMs } = refusals[reason];
    expect(door.readBy()).toEqual([
      {
        type: 'auth_error',
        error,
        code,
        reason,
        reconnect,
        reauthenticate,
        retry_after_ms: retryAfterMs,
        data: { error },
        timestamp: new Date(world.clock.nowMs).toISOString(),
      },
    ]);
    expect(door.socketOf('c-1=')).toMatchObject({ state: 'closed', closedBy: 'gateway' });
    expect(door.rowOf()).toMatchObject(
      reason === 'auth_timeout' ? { status: 'timed_out' } : { status: 'refused', reason },
    );
    expect(trailOf(world.audit)).toEqual([{ trail: 'unverified', kind: 'attempt', event, detail }]);
    expect(world.telemetry.records).toMatchObject([{ fate: 'written' }]);
  });

  test('is told once: the timer adds nothing to it', async () => {
    const room = await connected(visitor);
    await does(room);
    const { length } = room.door.readBy();
    await room.letTimersRun();
    expect(room.door.readBy()).toHaveLength(length);
    expect(trailOf(room.world.audit)).toHaveLength(1);
  });
});

describe('all refusals of one reason', () => {
  test.each(['token_invalid', 'access_denied', 'malformed_message'] as const)(
    '%s are the same bytes',
    async (reason) => {
      const bytes = new Set<string>();
      for (const { does, visitor } of everyWay.filter((row) => row.reason === reason)) {
        const room = await connected(visitor);
        await does(room);
        for (const { text } of room.door.socketOf('c-1=').received) bytes.add(text);
      }
      expect(bytes.size).toBe(1);
    },
  );

  test('access_denied look the membership up, whether or not the ids match', async () => {
    for (const { does, visitor, why } of denied) {
      const room = await connected(visitor);
      const before = room.world.calls.length;
      await does(room);
      expect({ why, calls: room.world.calls.slice(before) }).toEqual({
        why,
        calls: [
          'connections.read',
          'connections.acquireLease',
          'verifyToken',
          'findMemberships',
          'addressCounters.countRefusal',
          'putRecord',
          'connections.refuse',
          'sockets.post',
          'sockets.disconnect',
        ],
      });
    }
  });
});

describe('what a refusal records', () => {
  test("is the verified user apart from the claims, never in a restaurant's trail", async () => {
    const { door, world } = await connected();
    await door.say(authenticateText({ token: tokenOf('u-rival'), user_id: 'u-rival' }));
    expect([...world.audit.values()]).toMatchObject([
      {
        verifiedUser: { issuer: 'demo', userId: 'u-rival' },
        claimed: { claimedRestaurantId: 'r-17', claimedUserId: 'u-rival', claimedConnectionType: 'kitchen' },
      },
    ]);
  });

  test('holds no token and no more than 64 bytes of any claim', async () => {
    const secret = 'eyJ.secret.token';
    const { door, world } = await connected({ query: { token: secret, restaurant_id: 'é'.repeat(100) } });
    await door.say(authenticateText({ token: secret, user_id: 'x'.repeat(500), connection_type: '\n'.repeat(500) }));
    const recorded = JSON.stringify([[...world.audit.values()], world.telemetry, [...world.connections.rows]]);
    expect(recorded).not.toContain(secret);
    for (const { claimed = {} } of world.audit.values())
      for (const claim of Object.values(claimed)) expect(Buffer.byteLength(claim)).toBeLessThanOrEqual(64);
    expect([...world.audit.values()]).toMatchObject([{ claimed: { claimedUserId: 'x'.repeat(64) } }]);
  });
});
