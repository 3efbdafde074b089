/** How many sessions there may be, and who goes beyond it. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Authenticated } from '../../lambdas/connection/connection.ts';
import { sessionsBeyond } from '../../lambdas/delivery/session-limits.ts';

const at = (connectedAtMs: number, userId: string, connectionId = `c-${connectedAtMs}`): Authenticated => ({
  status: 'authenticated',
  ownerId: 'o',
  connectionId,
  connectedAtMs,
  authDeadlineMs: connectedAtMs + 5_000,
  sourceIp: '203.0.113.7',
  hints: {},
  session: {
    issuer: 'demo',
    userId,
    restaurantId: 'r-17',
    connectionType: 'kitchen',
    role: 'employee',
    sessionExpiresAtMs: connectedAtMs + 3_600_000,
    tokenIssuedAtMs: connectedAtMs,
    grantedAtMs: connectedAtMs,
    batch: false,
  },
});
const otherIssuer = (connection: Authenticated): Authenticated => ({
  ...connection,
  session: { ...connection.session, issuer: 'other' },
});
const limits = { sessionsPerUser: 2, sessionsPerRestaurant: 4 };
const beyond = (sessions: readonly Authenticated[]) =>
  [...sessionsBeyond(sessions, limits)].map(({ connectedAtMs }) => connectedAtMs).sort((a, b) => a - b);

test.each<{ why: string; sessions: readonly Authenticated[]; go: readonly number[] }>([
  { why: 'as many as a user may have', sessions: [at(1, 'a'), at(2, 'a')], go: [] },
  { why: 'one more: the oldest of that user', sessions: [at(3, 'a'), at(1, 'a'), at(2, 'a')], go: [1] },
  { why: 'many more: all but the newest', sessions: [at(3, 'a'), at(1, 'a'), at(2, 'a'), at(4, 'a')], go: [1, 2] },
  {
    why: 'the same user id of another issuer is another user',
    sessions: [at(1, 'a'), at(2, 'a'), otherIssuer(at(3, 'a'))],
    go: [],
  },
  {
    why: 'more than a restaurant may have: the newest of them',
    sessions: [at(1, 'a'), at(2, 'b'), at(3, 'c'), at(4, 'd'), at(5, 'e')],
    go: [5],
  },
  {
    why: 'whoever goes for the user limit makes room for others',
    sessions: [at(1, 'a'), at(2, 'a'), at(3, 'a'), at(4, 'b'), at(5, 'c')],
    go: [1],
  },
  { why: 'nobody there', sessions: [], go: [] },
])('$why', ({ sessions, go }) => {
  expect(beyond(sessions)).toEqual(go);
});

describe('whatever the sessions are', () => {
  const sessions = fc
    .array(fc.record({ user: fc.constantFrom('a', 'b', 'c', 'd'), atMs: fc.nat(8) }), { maxLength: 20 })
    .map((all) => all.map(({ user, atMs }, nth) => at(atMs, user, `c-${nth}`)));

  test('those who stay are within both limits, and nobody goes for nothing', () => {
    fc.assert(
      fc.property(sessions, (all) => {
        const gone = sessionsBeyond(all, limits);
        const stay = all.filter((connection) => !gone.has(connection));
        const ofUser = (userId: string, of: readonly Authenticated[]) =>
          of.filter(({ session }) => session.userId === userId);
        expect(stay.length).toBeLessThanOrEqual(limits.sessionsPerRestaurant);
        for (const userId of ['a', 'b', 'c', 'd'])
          expect(ofUser(userId, stay).length).toBeLessThanOrEqual(limits.sessionsPerUser);
        const withinUser = ['a', 'b', 'c', 'd'].reduce(
          (sum, userId) => sum + Math.min(ofUser(userId, all).length, limits.sessionsPerUser),
          0,
        );
        expect(stay.length).toBe(Math.min(withinUser, limits.sessionsPerRestaurant));
      }),
    );
  });

  test('the order in which they are found decides nothing', () => {
    fc.assert(
      fc.property(sessions, (all) => {
        const ids = (of: ReadonlySet<Authenticated>) => [...of].map(({ connectionId }) => connectionId).sort();
        expect(ids(sessionsBeyond(all.toReversed(), limits))).toEqual(ids(sessionsBeyond(all, limits)));
      }),
    );
  });
});
