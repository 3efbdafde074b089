/**
 * Who may send to the event queue may publish events, and nothing else: no message there changes what anybody may. That no function
 * could is in `test/lib/permissions.test.ts`.
 */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fanOut } from '../../lambdas/routes/fan-out.ts';
import { runs } from '../harness/runs.ts';
import { membershipItem } from '../../lambdas/dynamodb/membership-administration.ts';
import { authenticated, authenticateText, pingText, type Room } from './conversation.ts';
import { tokenOf } from '../memory/world.ts';
import { roles } from '../restaurant-domain.ts';

const stranger = { restaurantId: 'r-17', issuer: 'demo', userId: 'u-stranger', role: 'platform_owner' };

/** What somebody would try who would like to be let in, to be more, or to have somebody else put out. */
const wish = fc.record({
  type: fc.constantFrom(
    ...['member.set', 'member.removed', 'membership.created', 'session.revoked', 'system.grant', 'order.created'],
    ...['authenticate', 'auth_success', 'closing', 'member'],
  ),
  data: fc.oneof(
    fc.constant(membershipItem(stranger)),
    fc.constant({ Put: { TableName: 'memberships', Item: membershipItem(stranger) } }),
    fc.record({
      role: fc.constantFrom(...roles),
      user_id: fc.constantFrom('u-chef', 'u-stranger'),
      restaurant_id: fc.constant('r-17'),
    }),
    fc.record({ type: fc.constant('closing'), reason: fc.constant('revoked') }),
    fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }),
  ),
});
const extras = fc.record(
  {
    v: fc.constantFrom(1, 2, '1'),
    id: fc.constantFrom('a', 'b', 'R#r-17', 'M#demo#u-chef', 'HEAD'),
    audience: fc.subarray(['pos', 'kitchen', 'platform', 'member']),
    from: fc.constantFrom(
      { user_id: 'u-owner', connection_type: 'management' },
      { user_id: 'u-chef', connection_type: 'platform' },
    ),
    role: fc.constantFrom(...roles),
    restaurant_id: fc.constantFrom('r-17', '*'),
    connection_id: fc.constant('c-1='),
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(wish, extras).map(([said, more]) => JSON.stringify({ v: 1, ...said, ...more })) },
  { weight: 1, arbitrary: fc.constant(authenticateText()) },
  { weight: 1, arbitrary: fc.string() },
);
const message = fc.record({
  body,
  group: fc.constantFrom('r-17', 'r-17', 'r-99', '*', 'R#*', 'r-nope'),
  sender: fc.constantFrom('AROAMESSAGE:message', 'AROABACKEND:publisher'),
});

/** All that says what somebody may: the memberships, and the sessions that came of them. */
const rights = ({ world, door }: Room) =>
  structuredClone({ memberships: [...world.memberships], session: door.rowOf(), sockets: door.socketOf('c-1=').state });

test('whatever the messages are, everybody may what they might before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 10 }), async (messages) => {
      const room = await authenticated();
      const { world, door } = room;
      const before = rights(room);
      const Records = messages.map(({ body: text, group, sender }, nth) => ({
        messageId: `m-${nth}`,
        receiptHandle: `r-${nth}`,
        body: text,
        attributes: { MessageGroupId: group, SentTimestamp: '1', ApproximateReceiveCount: '1', SenderId: sender },
      }));
      await fanOut(world.ports().ports)({ Records });
      expect(rights(room)).toEqual(before);
      await door.say(pingText);
      expect(door.readBy().at(-1)).toMatchObject({ type: 'pong' });
      await door.connect({ connectionId: 'c-2=' });
      await door.say(authenticateText({ token: tokenOf('u-rival') }), {}, 'c-2=');
      expect(door.readBy('c-2=').at(-1)).toMatchObject({ type: 'auth_error', reason: 'access_denied' });
    }),
    { numRuns: runs(200) },
  );
});
