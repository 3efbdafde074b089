import {
  accepted,
  after,
  close,
  closed,
  type Course,
  discard,
  due,
  enter,
  enterAgain,
  hears,
  open,
  publish,
  restored,
  start,
  stored,
  success,
  textOf,
  token,
} from '../course.ts';
import type { VectorPublication } from '../vector.ts';

const settings = { keeps: true };
const me = { user_id: 'u-1', issuer: 'login' };
const other = { user_id: 'u-2', issuer: 'login' };

/** As an earlier process left it, at 900,000. */
const left = (id: string, how: Partial<VectorPublication> = {}): VectorPublication => ({
  id,
  text: textOf(id),
  since: 900_000,
  user: me,
  ...how,
});

/** With a storage: nothing is sent that it does not have, and what it has is never sent for another user, nor too late. */
export const outbox: readonly Course[] = [
  {
    name: 'A publication is sent when the storage has that it may be sent',
    settings,
    acts: [publish('p-1'), stored, enter(), stored, accepted('p-1'), stored],
  },
  {
    name: 'A storage that does not answer is waited for five seconds, and the next ones do not wait',
    settings,
    acts: [enter(), publish('p-1'), publish('p-2'), due, accepted('p-1'), accepted('p-2')],
  },
  {
    name: 'A storage that answers after all is waited for again',
    settings,
    acts: [enter(), publish('p-1'), due, accepted('p-1'), stored, publish('p-2'), stored, accepted('p-2')],
  },
  {
    name: 'A session that ends before it was sent takes the mark back',
    settings,
    acts: [enter(), publish('p-1'), after(1_000, closed()), stored, due, enterAgain(), stored, accepted('p-1')],
  },
  {
    name: 'What an earlier process of this user left is sent, before what this one publishes',
    settings,
    acts: [publish('p-2'), restored([left('p-1')]), enter(), stored, accepted('p-1'), accepted('p-2'), stored],
  },
  {
    name: 'What was sent by an earlier process is sent again, within the retention',
    settings,
    acts: [restored([left('p-1', { sent_at: 900_500 })]), enter(), accepted('p-1')],
  },
  {
    name: 'What was sent longer ago than the gateway knows it comes back: it may have been accepted',
    settings,
    acts: [
      restored([left('p-1', { sent_at: 900_500 }), left('p-2')]),
      enter({
        retention_ms: 360_000,
        timestamp: '1970-01-01T00:21:00.000Z',
        session_expires_at: '1970-01-01T02:21:00.000Z',
      }),
      discard('p-1'),
    ],
  },
  {
    name: 'A gateway that does not tell its retention keeps ids for an hour',
    settings,
    acts: [
      restored([left('p-1', { sent_at: 900_049 }), left('p-2', { sent_at: 900_050 })]),
      enter({
        retention_ms: undefined,
        timestamp: new Date(4_200_050).toISOString(),
        session_expires_at: new Date(11_400_050).toISOString(),
      }),
    ],
  },
  {
    name: 'A mark from the future is not believed',
    settings,
    acts: [restored([left('p-1', { sent_at: 9_000_000 })]), enter()],
  },
  {
    name: "Another user's publications are never sent; they come back to the application",
    settings,
    acts: [restored([left('p-1', { user: other }), left('p-2')]), enter(), stored, accepted('p-2')],
  },
  {
    name: 'They are sent once their own user is let in',
    settings,
    acts: [
      restored([left('p-1', { user: other })]),
      enter(),
      after(20_000, closed()),
      due,
      enterAgain({ user_id: 'u-2' }),
      stored,
      accepted('p-1'),
    ],
  },
  {
    name: 'The same user id of another issuer is another user',
    settings,
    acts: [restored([left('p-1', { user: { user_id: 'u-1', issuer: 'partner' } })]), enter()],
  },
  {
    name: 'Without an issuer any will do: earlier gateways do not tell it',
    settings,
    acts: [restored([left('p-1', { user: { user_id: 'u-1' } })]), enter(), stored],
  },
  {
    name: 'What was left by nobody, as it was made before anybody was let in, comes back',
    settings,
    acts: [restored([{ id: 'p-1', text: textOf('p-1'), since: 900_000 }]), enter()],
  },
  {
    name: 'With a user in the settings what is made before the first session is known to be theirs',
    settings: { keeps: true, user: other },
    acts: [publish('p-1'), enter()],
  },
  {
    name: 'What an earlier process left and whose time is over comes back at the next session',
    settings,
    acts: [restored([left('p-1', { expires_at: 950_000 })]), enter()],
  },
  {
    name: 'What was given back stays so across restarts, until it is published again under its id or discarded',
    settings,
    acts: [
      restored([
        left('p-1', { returned: { code: 'timeout', reason: 'timeout' } }),
        left('p-2', { returned: { code: 'forbidden', reason: 'forbidden' } }),
      ]),
      enter(),
      publish('p-1'),
      stored,
      accepted('p-1'),
      discard('p-2'),
    ],
  },
  {
    name: 'An answer to what an earlier process left settles it, though nobody waits',
    settings,
    acts: [restored([left('p-1', { sent_at: 900_500 })]), enter(), accepted('p-1'), stored],
  },
  {
    name: 'The cursor of a storage is gone on from, for its user',
    settings,
    acts: [restored([], { epoch: 'e-1', seq: 10, user: me }), enter(), hears(11)],
  },
  {
    name: 'The cursor of another user says nothing: a gap tells where delivery begins',
    settings,
    acts: [restored([], { epoch: 'e-1', seq: 5, user: other }), enter(), hears(11)],
  },
  {
    name: 'At the end what waits is left in the storage for the next client',
    settings,
    acts: [start, token('token-1'), publish('p-1'), stored, open, success(), close],
  },
  {
    name: 'The last moment at which what was sent is sent again: five minutes before the retention ends',
    settings,
    acts: [
      restored([left('p-1', { sent_at: 900_049 }), left('p-2', { sent_at: 900_050 })]),
      enter({
        retention_ms: 3_600_000,
        timestamp: new Date(4_200_050).toISOString(),
        session_expires_at: new Date(11_400_050).toISOString(),
      }),
    ],
  },
  {
    name: 'A mark up to a minute from the future is believed',
    settings,
    acts: [restored([left('p-1', { sent_at: 1_060_051 }), left('p-2', { sent_at: 1_060_050 })]), enter()],
  },
  {
    name: 'What was given back and is published again before the storage has answered is the new publication',
    settings,
    acts: [
      publish('p-1'),
      restored([left('p-1', { returned: { code: 'timeout', reason: 'timeout' } })]),
      enter(),
      stored,
      accepted('p-1'),
    ],
  },
  {
    name: 'The cursor that the application gave counts before that of the storage',
    settings,
    cursor: { epoch: 'e-1', seq: 10 },
    acts: [restored([], { epoch: 'e-1', seq: 3, user: other }), enter(), hears(11)],
  },
];
