import { describe, expect, test } from '@jest/globals';
import { trailOf } from '../memory/audit.ts';
import { enrol } from '../memory/memberships.ts';
import { type Conduct, down, when } from '../memory/port-call.ts';
import { hourMs, startMs, tokenOf } from '../memory/world.ts';
import { authenticated, authenticateText, type Room } from '../routes/conversation.ts';

/** A second token of the chef's, that lasts so long from the start on. */
const withToken = (room: Room, lastsMs: number, issuedAtMs = startMs): Room => {
  const identity = { issuer: 'demo', userId: 'u-chef', issuedAtMs, expiresAtMs: startMs + lastsMs };
  room.world.tokens.set('second', identity);
  return room;
};
const renewal = (fields: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({ type: 'reauth', data: { token: 'second', ...fields } });

const sessionOf = ({ door }: Room) => {
  const row = door.rowOf();
  if (row?.status !== 'authenticated') throw new Error(`the row is ${row?.status}`);
  return row.session;
};
const renewed = { trail: 'r-17', kind: 'renewal/request-3', event: 'session_renewed', detail: 'renewed' };
const ended = { trail: 'r-17', kind: 'end', event: 'session_ended', detail: 'closed_by_us' };

describe('a new token', () => {
  test('of the same user extends the session in place', async () => {
    const room = withToken(await authenticated(), 1.5 * hourMs, startMs + 60_000);
    room.wait(30 * 60_000);
    const before = sessionOf(room);
    await room.door.say(renewal());
    expect(room.door.readBy().at(-1)).toMatchObject({
      type: 'auth_success',
      user_id: 'u-chef',
      restaurant_id: 'r-17',
      connection_type: 'kitchen',
      session_expires_at: new Date(startMs + 1.5 * hourMs).toISOString(),
    });
    expect(sessionOf(room)).toEqual({
      ...before,
      sessionExpiresAtMs: startMs + 1.5 * hourMs,
      tokenIssuedAtMs: startMs + 60_000,
    });
    expect(trailOf(room.world.audit).slice(1)).toEqual([renewed]);
  });

  test.each([
    { why: 'by authenticate, all at the top', text: authenticateText({ token: 'second' }) },
    { why: 'by authenticate without a restaurant', text: '{"type":"authenticate","token":"second"}' },
    {
      why: 'by reauth, all in data',
      text: renewal({ restaurant_id: 'r-17', connection_type: 'kitchen', user_id: 'u-chef' }),
    },
  ])('may come $why', async ({ text }) => {
    const { door } = withToken(await authenticated(), 1.5 * hourMs);
    await door.say(text);
    expect(door.readBy().at(-1)).toMatchObject({ type: 'auth_success', connection_type: 'kitchen' });
  });

  test('that ends earlier shortens nothing', async () => {
    const room = withToken(await authenticated(), 60_000);
    await room.door.say(renewal());
    expect(room.door.readBy().at(-1)).toMatchObject({
      type: 'auth_success',
      session_expires_at: new Date(startMs + hourMs).toISOString(),
    });
    expect(sessionOf(room).sessionExpiresAtMs).toBe(startMs + hourMs);
  });

  test('extends nothing beyond two hours after connecting', async () => {
    const room = withToken(await authenticated(), 24 * hourMs);
    await room.door.say(renewal());
    expect(sessionOf(room).sessionExpiresAtMs).toBe(startMs + 2 * hourMs);
  });

  test('brings the role of today', async () => {
    const room = withToken(await authenticated(), 1.5 * hourMs);
    enrol(room.world.memberships, { issuer: 'demo', userId: 'u-chef', restaurantId: 'r-17', role: 'manager' });
    await room.door.say(renewal());
    expect(room.door.readBy().at(-1)).toMatchObject({ type: 'auth_success', role: 'manager' });
  });

  test('does not bring back a session that is over by the time it is judged', async () => {
    const room = withToken(await authenticated(), 1.5 * hourMs);
    room.wait(hourMs - 1);
    await room.door.say(renewal(), {
      conduct: (call) => {
        if (call === 'findMemberships') room.wait(1);
        return 'done';
      },
    });
    expect(room.door.readBy().at(-1)).toMatchObject({ type: 'closing', reason: 'session_expired' });
    expect(room.door.socketOf('c-1=').state).toBe('closed');
  });
});

describe('somebody or somewhere else', () => {
  test.each([
    { why: 'another user', detail: 'user_changed', fields: { token: tokenOf('u-cashier') } },
    { why: 'another restaurant', detail: 'restaurant_changed', fields: { restaurant_id: 'r-99' } },
    { why: 'another connection type', detail: 'connection_type_changed', fields: { connection_type: 'pos' } },
  ])('$why ends the session, recorded for what it is', async ({ detail, fields }) => {
    const { door, world } = withToken(await authenticated(), 1.5 * hourMs);
    await door.say(renewal(fields));
    expect(door.readBy().at(-1)).toMatchObject({ type: 'closing', reason: 'access_denied', reconnect: false });
    expect(door.socketOf('c-1=').state).toBe('closed');
    expect(door.rowOf()).toMatchObject({ status: 'closing', session: { userId: 'u-chef', restaurantId: 'r-17' } });
    expect(trailOf(world.audit).slice(1)).toEqual([
      { trail: 'r-17', kind: 'renewal/request-3', event: 'identity_change_refused', detail },
      ended,
    ]);
  });

  test('a user of the same name at another issuer ends the session, too', async () => {
    const { door, world } = await authenticated();
    const other = { issuer: 'other', userId: 'u-chef', issuedAtMs: startMs, expiresAtMs: startMs + hourMs };
    world.tokens.set('second', other);
    await door.say(renewal());
    expect(door.readBy().at(-1)).toMatchObject({ type: 'closing', reason: 'access_denied' });
  });

  test("a user id that is not the token's ends the session", async () => {
    const { door, world } = withToken(await authenticated(), 1.5 * hourMs);
    await door.say(renewal({ user_id: 'u-cashier' }));
    expect(door.readBy().at(-1)).toMatchObject({ type: 'closing', reason: 'access_denied' });
    expect(trailOf(world.audit)[1]).toMatchObject({ event: 'user_mismatch' });
  });
});

describe('a token that is refused', () => {
  test.each([
    { why: 'forged', token: 'forged', reason: 'token_invalid', event: 'token_invalid' },
    { why: 'missing', token: undefined, reason: 'token_invalid', event: 'token_invalid' },
    { why: 'expired', token: 'token-expired', reason: 'token_expired', event: 'token_expired' },
  ])('because it is $why ends the session by that reason', async ({ token, reason, event }) => {
    const { door, world } = await authenticated();
    await door.say(renewal({ token }));
    expect(door.readBy().at(-1)).toMatchObject({ type: 'closing', reason, reauthenticate: true });
    expect(door.socketOf('c-1=').state).toBe('closed');
    expect(trailOf(world.audit).slice(1)).toMatchObject([{ kind: 'renewal/request-3', event }, ended]);
  });

  test.each([
    { why: 'revoked', change: { revokedBeforeMs: startMs + 1 }, reason: 'revoked', event: 'session_revoked' },
    {
      why: 'beyond the role',
      change: { role: 'customer_display' },
      reason: 'access_denied',
      event: 'privilege_escalation_attempt',
    },
  ])('because it is $why ends the session as $reason', async ({ change, reason, event }) => {
    const { door, world } = withToken(await authenticated(), 1.5 * hourMs);
    enrol(world.memberships, { issuer: 'demo', userId: 'u-chef', restaurantId: 'r-17', role: 'employee', ...change });
    await door.say(renewal());
    expect(door.readBy().at(-1)).toMatchObject({ type: 'closing', reason, reconnect: false });
    expect(trailOf(world.audit)[1]).toMatchObject({ event });
  });

  test('because the membership is gone ends the session', async () => {
    const { door, world } = withToken(await authenticated(), 1.5 * hourMs);
    world.memberships.clear();
    await door.say(renewal());
    expect(door.readBy().at(-1)).toMatchObject({ type: 'closing', reason: 'access_denied' });
    expect(trailOf(world.audit)[1]).toMatchObject({ event: 'cross_tenant_attempt' });
  });
});

describe('when we fail', () => {
  test.each<{ why: string; token?: string; conduct?: () => Conduct }>([
    { why: 'no keys', token: 'token-unjudged' },
    { why: 'no audit table', conduct: () => down('putRecord') },
  ])('($why) the session keeps what it has and is told so', async ({ token = 'second', conduct }) => {
    const room = withToken(await authenticated(), 1.5 * hourMs);
    const before = sessionOf(room);
    await room.door.say(renewal({ token }), conduct ? { conduct: conduct() } : {});
    expect(room.door.readBy().at(-1)).toMatchObject({ type: 'error', reason: 'unavailable' });
    expect(sessionOf(room)).toEqual(before);
    expect(room.door.socketOf('c-1=').state).toBe('open');
  });

  test('a lease without an answer is asked again, and the session goes on', async () => {
    const room = withToken(await authenticated(), 1.5 * hourMs);
    await room.door.say(renewal(), { conduct: when('connections.acquireLease', 'lost') });
    expect(room.door.readBy().at(-1)).toMatchObject({ type: 'auth_success' });
    expect(trailOf(room.world.audit).slice(1)).toEqual([renewed]);
  });

  test.each(['findMemberships', 'connections.renew'])('at %s the session keeps what it has', async (call) => {
    const room = withToken(await authenticated(), 1.5 * hourMs);
    const before = sessionOf(room);
    await room.door.say(renewal(), { conduct: down(call) });
    expect(sessionOf(room)).toEqual(before);
    expect(room.door.socketOf('c-1=').state).toBe('open');
  });
});
