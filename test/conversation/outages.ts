/** Sessions during which something cannot be had: each is told so, stays, and goes on afterwards. */
import { authSuccess, errorReply, pong } from '../../bin/smoke/frames.ts';
import { hello } from '../../bin/smoke/messages.ts';
import { putMembership } from '../../lambdas/dynamodb/membership-administration.ts';
import { cast } from './cast.ts';
import { stepOf } from './crashes.ts';
import { visitorOfTests } from './demo-visitor.ts';
import type { InsideConversation } from './refusals.ts';
import { granted, verifiedRecord } from './traces.ts';

const unavailable = verifiedRecord('renewal', 'verification_unavailable', 'ERROR', 'tables_unreachable');
const renewed = verifiedRecord('renewal', 'session_renewed', 'INFO', 'renewed');

export const outages: readonly InsideConversation[] = (
  [
    ['a ping', 'the row cannot be read', 'GetItem', []],
    ['a renewal', 'the memberships cannot be read', 'BatchGetItem', [unavailable]],
    ['a renewal', 'its record cannot be written', 'PutItem', []],
    ['a renewal', 'its result cannot be written', 'UpdateItem authenticated', [renewed]],
  ] as const
).map(([what, why, step, records], index) => ({
  why: `${what} while ${why} is answered, and the session stays`,
  turns: async (insider) => {
    const { recorder } = insider.fixture;
    const sub = `u-outage-${index}`;
    await putMembership(insider.fixture.memberships)({
      restaurantId: 'r-17',
      issuer: 'demo',
      userId: sub,
      role: cast.roles.member,
    });
    const token = await insider.fixture.token(visitorOfTests, { sub });
    let connectionId = '';
    let end = (): unknown => undefined;
    const remembered = (id: unknown): boolean => {
      connectionId = String(id);
      return connectionId !== '';
    };
    const begin = async () => {
      end = recorder.interfere((call) =>
        (call.connectionId === connectionId || call.userId === sub) && stepOf(call) === step
          ? 'unavailable'
          : undefined,
      );
    };
    return [
      { say: hello(insider, { token }), hear: { ...authSuccess(insider), connection_id: remembered } },
      {
        first: begin,
        say: what === 'a ping' ? { type: 'ping' } : hello(insider, { token }),
        hear: errorReply('unavailable'),
      },
      { first: async () => end(), say: { type: 'ping' }, hear: pong },
    ];
  },
  end: 'open',
  traces: {
    row: 'authenticated',
    records: [granted(), ...records].map((record) => ({ ...record, user: `demo/u-outage-${index}` })),
  },
}));
