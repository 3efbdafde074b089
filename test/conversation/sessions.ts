/** What happens to a session: renewals, what is pinned, and its end. */

import type { Turn } from '../../bin/smoke/conversation.ts';
import { authSuccess, closing, errorReply, pong } from '../../bin/smoke/frames.ts';
import { hello } from '../../bin/smoke/messages.ts';
import {
  putMembership,
  removeMember,
  revokeMember,
  suspendMember,
} from '../../lambdas/dynamodb/membership-administration.ts';
import { cast } from './cast.ts';
import { connectionTypeOfVisitor, userIdOfVisitor, visitorOfTests } from './demo-visitor.ts';
import type { GatewayFixture } from './gateway-fixture.ts';
import { hourMs, type InsideConversation, type Insider } from './refusals.ts';
import { authenticated, authenticatedWith, endedOver, granted, verifiedRecord } from './traces.ts';
import { moment } from './until.ts';

const enters = (insider: Insider): Turn => ({ say: hello(insider), hear: authSuccess(insider) });

/** Seconds since 1970, so many from now; a token's times may have a fraction. */
const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000 + seconds);
const isoOf = (epochSeconds: number): string => new Date(epochSeconds * 1000).toISOString();

const tokenUntil = ({ fixture }: Insider, epochSeconds: number, sub = userIdOfVisitor): Promise<string> =>
  fixture.token(visitorOfTests, { exp: epochSeconds, sub });

const renewed = verifiedRecord('renewal', 'session_renewed', 'INFO', 'renewed');

const renewals: readonly InsideConversation[] = [
  {
    why: 'a renewal with a later token moves the end of the session',
    turns: async (insider) => {
      const [soonSeconds, laterSeconds] = [inSeconds(600), inSeconds(1200)];
      const first = await tokenUntil(insider, soonSeconds);
      const second = await tokenUntil(insider, laterSeconds);
      return [
        {
          say: hello(insider, { token: first }),
          hear: { ...authSuccess(insider), session_expires_at: isoOf(soonSeconds) },
        },
        {
          say: hello(insider, { token: second }),
          hear: { ...authSuccess(insider), session_expires_at: isoOf(laterSeconds) },
        },
        { say: { type: 'ping' }, hear: { ...pong, session_expires_at: isoOf(laterSeconds) } },
      ];
    },
    end: 'open',
    traces: authenticatedWith(renewed),
  },
  {
    why: 'a renewal with an earlier token shortens nothing',
    turns: async (insider) => {
      const [soonSeconds, laterSeconds] = [inSeconds(600), inSeconds(1200)];
      const hear = { ...authSuccess(insider), session_expires_at: isoOf(laterSeconds) };
      return [
        { say: hello(insider, { token: await tokenUntil(insider, laterSeconds) }), hear },
        { say: hello(insider, { token: await tokenUntil(insider, soonSeconds) }), hear },
      ];
    },
    end: 'open',
    traces: authenticatedWith(renewed),
  },
  {
    why: 'a renewal whose keys cannot be had leaves the session as it is',
    turns: (insider) => [
      enters(insider),
      {
        say: hello(insider, { token: insider.fixture.keepSecret(insider.fixture.issuers.dark.token()) }),
        hear: errorReply('unavailable'),
      },
      { say: { type: 'ping' }, hear: pong },
    ],
    end: 'open',
    traces: authenticatedWith(verifiedRecord('renewal', 'verification_unavailable', 'ERROR', 'keys_unreachable')),
  },
  {
    why: 'a malformed renewal is answered, and the session stays',
    turns: (insider) => [
      enters(insider),
      { say: hello(insider, { token: 5 }), hear: errorReply('malformed_message', undefined, 'token') },
      { say: { type: 'ping' }, hear: pong },
    ],
    end: 'open',
    traces: authenticated(),
  },
];

/** A renewal that ends the session. */
const ends = (
  why: string,
  reason: Parameters<typeof closing>[0],
  traces: ReturnType<typeof endedOver>,
  message: (insider: Insider) => Promise<Readonly<Record<string, unknown>>>,
): InsideConversation => ({
  why,
  turns: async (insider) => [enters(insider), { say: hello(insider, await message(insider)), hear: closing(reason) }],
  end: 'ended',
  traces,
});

const claimed = { restaurant_id: 'r-17', connection_type: connectionTypeOfVisitor };

const refusedRenewals: readonly InsideConversation[] = [
  ends(
    'a renewal without a token ends the session',
    'token_invalid',
    endedOver('token_invalid', 'ERROR', 'token_missing'),
    async () => ({ token: undefined }),
  ),
  ends(
    'a renewal with an expired token ends the session',
    'token_expired',
    endedOver('token_expired', 'WARNING', 'expired'),
    async (insider) => ({ token: await tokenUntil(insider, inSeconds(-5)) }),
  ),
  ends(
    'a renewal by another user ends the session',
    'access_denied',
    endedOver('identity_change_refused', 'CRITICAL', 'user_changed'),
    async ({ fixture }) => ({ token: await fixture.token(cast.office[0]) }),
  ),
  ends(
    "a renewal by another issuer's user of the same id ends the session",
    'access_denied',
    endedOver('identity_change_refused', 'CRITICAL', 'user_changed'),
    async ({ fixture }) => ({ token: fixture.keepSecret(fixture.issuers.pool.token({ sub: userIdOfVisitor })) }),
  ),
  ends(
    'a renewal as another connection type ends the session',
    'access_denied',
    endedOver('identity_change_refused', 'CRITICAL', 'connection_type_changed', {
      claimed: { ...claimed, connection_type: cast.sender[1] },
    }),
    async () => ({ connection_type: cast.sender[1] }),
  ),
  ends(
    'a renewal with the user_id 0 ends the session',
    'access_denied',
    endedOver('invalid_user_id', 'ERROR', 'user_id_not_canonical', { claimed: { ...claimed, user_id: '0' } }),
    async () => ({ user_id: 0 }),
  ),
];

type Member = Parameters<ReturnType<typeof removeMember>>[0];

/** Somebody enters, loses the membership, and renews. */
const afterwards = (
  why: string,
  reason: Parameters<typeof closing>[0],
  userId: string,
  traces: ReturnType<typeof endedOver>,
  deed: (fixture: GatewayFixture, member: Member) => Promise<unknown>,
): InsideConversation => ({
  why,
  turns: async (insider) => {
    const { fixture } = insider;
    const member = { restaurantId: 'r-17', issuer: 'demo', userId };
    await putMembership(fixture.memberships)({ ...member, role: cast.roles.member });
    const token = await fixture.token(visitorOfTests, { sub: userId });
    return [
      { say: hello(insider, { token }), hear: { ...authSuccess(insider), user_id: userId } },
      { first: () => deed(fixture, member), say: hello(insider, { token }), hear: closing(reason) },
    ];
  },
  end: 'ended',
  traces,
});

const lostMemberships: readonly InsideConversation[] = [
  afterwards(
    'a renewal by a member who was removed ends the session',
    'access_denied',
    'u-removed-later',
    endedOver('cross_tenant_attempt', 'CRITICAL', 'membership_missing', { user: 'demo/u-removed-later' }),
    ({ memberships }, member) => removeMember(memberships)(member),
  ),
  afterwards(
    'a renewal with a token from before the revocation ends the session',
    'revoked',
    'u-revoked-later',
    endedOver('session_revoked', 'WARNING', 'membership_revoked', {
      user: 'demo/u-revoked-later',
      end: { event: 'session_revoked', severity: 'WARNING', detail: 'membership_revoked' },
    }),
    ({ memberships }, member) => revokeMember(memberships)(member, Date.now() + hourMs),
  ),
  afterwards(
    'a renewal by a member who was suspended ends the session',
    'revoked',
    'u-suspended-later',
    endedOver('session_revoked', 'WARNING', 'membership_suspended', {
      user: 'demo/u-suspended-later',
      end: { event: 'session_revoked', severity: 'WARNING', detail: 'membership_revoked' },
    }),
    ({ memberships }, member) => suspendMember(memberships)(member, Date.now()),
  ),
];

/** A session is over when its token is, whatever is said then. */
const overdue: readonly InsideConversation[] = (
  [
    ['a ping', () => ({ type: 'ping' })],
    ['an unknown message', () => ({ type: 'dance' })],
    ['a malformed message', () => 'hello'],
    ['a renewal', (insider: Insider) => hello(insider)],
    ['a malformed renewal', (insider: Insider) => hello(insider, { token: 5 })],
  ] as const
).map(([what, message]) => ({
  why: `${what} after the session's time is answered by its end`,
  isSlow: true,
  turns: async (insider) => {
    // Long enough to enter on a loaded machine.
    const expSeconds = Date.now() / 1000 + 10;
    return [
      { say: hello(insider, { token: await tokenUntil(insider, expSeconds) }), hear: authSuccess(insider) },
      { first: () => moment(expSeconds * 1000), say: message(insider), hear: closing('session_expired') },
    ];
  },
  end: 'ended',
  traces: {
    row: 'closing',
    records: [granted(), verifiedRecord('end', 'session_expired', 'INFO', 'lifetime_over')],
  },
}));

/** Nothing is known of the connection any more, or a post was told that it is gone, which is not so. */
const unknown: readonly InsideConversation[] = (
  [
    ['a ping', 'without a row', 'deleteRow', () => ({ type: 'ping' })],
    ['an authenticate', 'without a row', 'deleteRow', (insider: Insider) => hello(insider)],
    ['a ping', 'that was said to be gone', 'declareGone', () => ({ type: 'ping' })],
    ['an authenticate', 'that was said to be gone', 'declareGone', (insider: Insider) => hello(insider)],
  ] as const
).map(([what, state, brings, message]) => ({
  why: `${what} on a connection ${state} is answered by its end`,
  turns: async (insider) => {
    const { fixture } = insider;
    let connectionId = '';
    const remembered = (id: unknown): boolean => {
      connectionId = String(id);
      return connectionId !== '';
    };
    return [
      { say: hello(insider), hear: { ...authSuccess(insider), connection_id: remembered } },
      { first: () => fixture[brings](connectionId), say: message(insider), hear: closing('unavailable') },
    ];
  },
  end: 'ended',
  traces: { row: undefined, records: [granted()] },
}));

export const sessionConversations: readonly InsideConversation[] = [
  ...renewals,
  ...refusedRenewals,
  ...lostMemberships,
  ...overdue,
  ...unknown,
];
