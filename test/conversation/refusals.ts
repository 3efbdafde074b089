/** The rows of the reason table that need more than a token to reach: other members, other claims, tables that fail. */

import type { Conversation, Visitor } from '../../bin/smoke/conversation.ts';
import { authError, authSuccess, type RefusalReason } from '../../bin/smoke/frames.ts';
import { hello } from '../../bin/smoke/messages.ts';
import {
  putMembership,
  revokeMember,
  setMember,
  suspendMember,
} from '../../lambdas/dynamodb/membership-administration.ts';
import { cast } from './cast.ts';
import { connectionTypeOfVisitor, userIdOfVisitor, visitorOfTests } from './demo-visitor.ts';
import type { GatewayFixture } from './gateway-fixture.ts';
import { authenticated, deniedAs, granted, refusedAs, refusedUnheard, type Traces } from './traces.ts';

export type Insider = Visitor & Readonly<{ fixture: GatewayFixture }>;
export type InsideConversation = Conversation<Insider> & Readonly<{ traces: Traces; isSlow?: true }>;

/** People the table talks about, beside those of the demo. */
export const admitMore = async ({ memberships }: GatewayFixture): Promise<void> => {
  const member = (userId: string) => ({ restaurantId: 'r-17', issuer: 'demo', userId });
  await setMember(memberships)({ ...member('u-narrow'), role: cast.roles.manager, connectionTypes: [cast.office[1]] });
  await setMember(memberships)({ ...member('u-display'), role: cast.roles.display });
  await setMember(memberships)({ ...member('u-revoked'), role: cast.roles.member });
  await revokeMember(memberships)(member('u-revoked'), Date.now() + hourMs);
  await setMember(memberships)({ ...member('u-suspended'), role: cast.roles.member });
  await suspendMember(memberships)(member('u-suspended'), Date.now());
  await suspendMember(memberships)(member('u-everywhere-but-here'), Date.now());
  await putMembership(memberships)({ ...member('u-janitor'), role: 'janitor' });
  await putMembership(memberships)({ ...member('u-misplaced'), role: cast.roles.everywhere });
  for (const owner of ['u-everywhere', 'u-everywhere-but-here'])
    await setMember(memberships)({ ...member(owner), restaurantId: '*', role: cast.roles.everywhere });
  await setMember(memberships)({ restaurantId: 'r-17', issuer: 'pool', userId: 'u-till', role: cast.roles.member });
};

/** Beyond whatever the tests take: a token of today is from before. */
export const hourMs = 3_600_000;

type Fields = Readonly<Record<string, unknown>>;

/** One message, one refusal. `message` are fields of the first message. */
export const refusal = (
  why: string,
  reason: RefusalReason,
  traces: Traces,
  message: (insider: Insider) => Fields | Promise<Fields>,
): InsideConversation => ({
  why,
  turns: async (insider) => [{ say: hello(insider, await message(insider)), hear: authError(reason) }],
  end: 'ended',
  traces,
});

const badUserIds: readonly InsideConversation[] = ['0', '', '00', '-0', '1e0', '01', '1.0', ' 7', '7 ', '+7'].map(
  (userId) =>
    refusal(
      `the user_id ${JSON.stringify(userId)} is refused`,
      'access_denied',
      deniedAs('invalid_user_id', 'ERROR', 'user_id_not_canonical', { user_id: userId }),
      () => ({ user_id: userId }),
    ),
);

const badNumbers: readonly InsideConversation[] = ['-0', '1e0', '1.0', '0.0', '9007199254740993'].map((spelling) => ({
  why: `the number ${spelling} is refused as user_id`,
  turns: (insider) => {
    const said = JSON.stringify(hello(insider, { user_id: 1 })).replace('"user_id":1', `"user_id":${spelling}`);
    return [{ say: said, hear: authError('access_denied') }];
  },
  end: 'ended',
  traces: deniedAs('invalid_user_id', 'ERROR', 'user_id_not_canonical', {
    user_id: spelling === '9007199254740993' ? '' : spelling,
  }),
}));

const as =
  (userId: string) =>
  async ({ fixture }: Insider) => ({ token: await fixture.token(visitorOfTests, { sub: userId }) });

const denied: readonly InsideConversation[] = [
  refusal(
    "somebody else's user_id is refused",
    'access_denied',
    deniedAs('user_mismatch', 'CRITICAL', 'user_id_differs', { user_id: 'u-owner' }),
    () => ({ user_id: 'u-owner' }),
  ),
  refusal(
    'a member of nothing is refused',
    'access_denied',
    deniedAs('cross_tenant_attempt', 'CRITICAL', 'membership_missing', { user: 'demo/u-stranger' }),
    async ({ fixture }) => ({ token: await fixture.token('stranger') }),
  ),
  refusal(
    'a member of another restaurant is refused',
    'access_denied',
    deniedAs('cross_tenant_attempt', 'CRITICAL', 'membership_missing', { user: 'demo/u-rival' }),
    async ({ fixture }) => ({ token: await fixture.token('rival') }),
  ),
  refusal(
    "another issuer's user of the same id is refused",
    'access_denied',
    deniedAs('cross_tenant_attempt', 'CRITICAL', 'membership_missing', { user: `pool/${userIdOfVisitor}` }),
    ({ fixture }) => ({ token: fixture.keepSecret(fixture.issuers.pool.token({ sub: userIdOfVisitor })) }),
  ),
  refusal(
    'a connection type that the role does not have is refused',
    'access_denied',
    deniedAs('privilege_escalation_attempt', 'ERROR', 'connection_type_not_allowed', {
      connection_type: cast.office[1],
    }),
    () => ({ connection_type: cast.office[1] }),
  ),
  refusal(
    'a connection type that the membership traces out is refused',
    'access_denied',
    deniedAs('privilege_escalation_attempt', 'ERROR', 'connection_type_not_allowed', { user: 'demo/u-narrow' }),
    as('u-narrow'),
  ),
  refusal(
    'a screen that only shows is no kitchen display',
    'access_denied',
    deniedAs('privilege_escalation_attempt', 'ERROR', 'connection_type_not_allowed', { user: 'demo/u-display' }),
    as('u-display'),
  ),
  refusal(
    'a role that is not known is refused',
    'access_denied',
    deniedAs('privilege_escalation_attempt', 'ERROR', 'role_unknown', { user: 'demo/u-janitor' }),
    as('u-janitor'),
  ),
  refusal(
    'a platform owner of one restaurant only is refused',
    'access_denied',
    deniedAs('privilege_escalation_attempt', 'ERROR', 'connection_type_not_allowed', { user: 'demo/u-misplaced' }),
    as('u-misplaced'),
  ),
  refusal(
    'a token from before the revocation is refused',
    'access_denied',
    deniedAs('session_revoked', 'WARNING', 'membership_revoked', { user: 'demo/u-revoked' }),
    as('u-revoked'),
  ),
  refusal(
    'a member who is suspended is refused, however young the token',
    'access_denied',
    deniedAs('session_revoked', 'WARNING', 'membership_suspended', { user: 'demo/u-suspended' }),
    as('u-suspended'),
  ),
  refusal(
    'a platform owner who is suspended at one restaurant is refused there',
    'access_denied',
    deniedAs('session_revoked', 'WARNING', 'membership_suspended', { user: 'demo/u-everywhere-but-here' }),
    as('u-everywhere-but-here'),
  ),
];

const hints: readonly InsideConversation[] = [
  {
    ...refusal(
      'the hint user_id=0 is refused though the message has a good one',
      'access_denied',
      deniedAs('invalid_user_id', 'ERROR', 'user_id_not_canonical', { user_id: userIdOfVisitor }),
      () => ({ user_id: userIdOfVisitor }),
    ),
    query: { user_id: '0' },
  },
  {
    ...refusal(
      "the hint of somebody else's user_id is refused",
      'access_denied',
      deniedAs('user_mismatch', 'CRITICAL', 'user_id_differs', { user_id: 'u-owner' }),
      () => ({}),
    ),
    query: { user_id: 'u-owner' },
  },
  {
    ...refusal(
      'the hint of another connection type is refused',
      'access_denied',
      deniedAs('privilege_escalation_attempt', 'ERROR', 'hint_differs'),
      () => ({}),
    ),
    query: { connection_type: cast.office[1] },
  },
  {
    why: 'hints that agree with the message change nothing',
    query: { user_id: userIdOfVisitor, restaurant_id: 'r-17', connection_type: connectionTypeOfVisitor },
    turns: (insider) => [{ say: hello(insider, { user_id: userIdOfVisitor }), hear: authSuccess(insider) }],
    end: 'open',
    traces: authenticated(),
  },
];

const unserved: readonly InsideConversation[] = [
  refusal(
    'an issuer whose keys cannot be had is our fault',
    'unavailable',
    refusedAs('verification_unavailable', 'ERROR', 'keys_unreachable'),
    ({ fixture }) => ({ token: fixture.keepSecret(fixture.issuers.dark.token()) }),
  ),
  {
    why: 'a membership table that cannot be had is our fault',
    turns: async (insider) => {
      const { fixture } = insider;
      fixture.recorder.interfere(({ userId }) => (userId === 'u-unlucky' ? 'unavailable' : undefined));
      const token = await fixture.token(visitorOfTests, { sub: 'u-unlucky' });
      return [{ say: hello(insider, { token }), hear: authError('unavailable') }];
    },
    end: 'ended',
    traces: refusedUnheard('verification_unavailable', 'ERROR', 'tables_unreachable'),
  },
];

const welcome: readonly InsideConversation[] = [
  {
    why: "one's own user_id is accepted",
    turns: (insider) => [{ say: hello(insider, { user_id: userIdOfVisitor }), hear: authSuccess(insider) }],
    end: 'open',
    traces: authenticated(),
  },
  {
    why: 'a token like that of a Cognito user pool is accepted',
    turns: (insider) => [
      {
        say: hello(insider, { token: insider.fixture.keepSecret(insider.fixture.issuers.pool.token()) }),
        hear: authSuccess(insider),
      },
    ],
    end: 'open',
    traces: authenticated({ user: 'pool/u-till' }),
  },
  {
    why: 'without a connection type a client is a till',
    turns: (insider) => [
      {
        say: hello(insider, { connection_type: undefined }),
        hear: authSuccess({ ...insider, connectionType: cast.domain.defaultConnectionType }),
      },
    ],
    end: 'open',
    traces: authenticated({ connectionType: cast.domain.defaultConnectionType }),
  },
  {
    why: 'a platform owner enters any restaurant, and each time it is an event of its own',
    turns: async (insider) => {
      const token = await insider.fixture.token(visitorOfTests, { sub: 'u-everywhere' });
      const there = { ...insider, connectionType: cast.everywhere };
      return [{ say: hello(there, { token }), hear: authSuccess(there) }];
    },
    end: 'open',
    traces: {
      row: 'authenticated',
      records: [
        granted({ user: 'demo/u-everywhere', connectionType: cast.everywhere }),
        {
          ...granted({ user: 'demo/u-everywhere', connectionType: cast.everywhere }),
          kind: 'platform_owner',
          event: 'platform_owner_access',
        },
      ],
    },
  },
];

export const insideConversations: readonly InsideConversation[] = [
  ...welcome,
  ...badUserIds,
  ...badNumbers,
  ...denied,
  ...hints,
  ...unserved,
];
