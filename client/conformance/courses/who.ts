import {
  accepted,
  after,
  awake,
  closed,
  close,
  type Course,
  due,
  enter,
  enterAgain,
  error,
  final,
  on,
  open,
  pong,
  present,
  publish,
  says,
  saysText,
  start,
  success,
  token,
  who,
} from '../course.ts';

const office = { connection_type: 'management', device_id: 'office-1' };

/** What the device calls itself, and who is there. */
export const whoCourses: readonly Course[] = [
  {
    name: 'The device says what it calls itself in its first message, at each connection, and in no renewal',
    settings: office,
    acts: [enter({ livesMs: 20_000 }), due, token('token-2'), success({ livesMs: 7_180_000 }), closed(), due, open],
  },
  {
    name: 'Who is there is asked at once, and told',
    settings: office,
    acts: [enter(), who, present(['office-1', 'k-2'])],
  },
  { name: 'Nobody may be there', acts: [enter(), who, present([])] },
  {
    name: 'What a page does not say is empty, and a session without a name has none',
    acts: [enter(), who, present([], { sessions: [{ user_id: 'u-1' }, { device_id: 5 }, null, 'u-2', []] })],
  },
  { name: 'Sessions that are no list are none', acts: [enter(), who, present([], { sessions: 'u-1' })] },
  {
    name: 'Page after page is asked for, each from where the one before ended, and all are told together',
    acts: [
      enter(),
      who,
      present(['k-1', 'k-2'], { next: 'place-1', more: true }),
      present(['k-3'], { next: 'place-2', more: true }),
      present(['k-4'], { next: 'place-3' }),
    ],
  },
  {
    name: 'A page that has to be waited for is asked for then, and not sooner',
    acts: [
      enter(),
      who,
      present(['k-1'], { next: 'place-1', more: true, retry_after_ms: 20_000 }),
      pong(),
      due,
      present(['k-2']),
    ],
  },
  {
    name: 'A first page that has to be waited for names no place, and is asked for as before',
    acts: [enter(), who, present([], { more: true, retry_after_ms: 5_000 }), due, present(['k-1'])],
  },
  {
    name: 'Whoever asks meanwhile hears the same answer, and later there is another question',
    acts: [enter(), who, who, present(['k-1']), who, present(['k-2'])],
  },
  {
    name: 'Where nobody is connected nothing is asked',
    acts: [who, start, who, token('token-1'), who, open, who, success(), who],
  },
  {
    name: 'A connection that goes away is asked nothing',
    acts: [enter(), after(20_000, final('closing', 'going_away')), who],
  },
  { name: 'A connection that is lost has no answer', acts: [enter(), who, closed(), who] },
  {
    name: "A session that is closed has none, and a late page is nobody's",
    acts: [enter(), who, final('closing', 'revoked', { reconnect: false }), who],
  },
  { name: 'A client that is closed has none', acts: [enter(), who, close, who] },
  {
    name: "An answer that does not come in ten seconds is given up, and is nobody's when it comes",
    acts: [enter(), who, due, present(['k-1'])],
  },
  {
    name: "An answer to another question is not this one's",
    acts: [
      enter(),
      who,
      present(['k-1'], { id: 'who-of-somebody' }),
      present(['k-2'], { id: undefined }),
      present(['k-3']),
    ],
  },
  ...['forbidden', 'rate_limited', 'unavailable', 'unknown_type'].map(
    (reason): Course => ({
      name: `A question that is answered ${reason} is not asked again`,
      acts: [
        enter(),
        who,
        says((last) => ({ type: 'error', error: 'Not served', reason, id: last.who })),
        after(60_000, pong()),
      ],
    }),
  ),
  {
    name: 'An error without an id is not that of a question, which is given up when its time is over',
    acts: [enter(), who, error('unavailable'), due],
  },
  {
    name: 'An error of a later page gives up all of it',
    acts: [
      enter(),
      who,
      present(['k-1'], { next: 'place-1', more: true }),
      says((last) => ({ type: 'error', error: 'Not served', reason: 'unavailable', id: last.who })),
    ],
  },
  {
    name: 'A trouble of the platform leaves the question where it is',
    acts: [
      enter(),
      who,
      saysText(JSON.stringify({ message: 'Internal server error', connectionId: 'L0SM', requestId: 'L0SN' })),
      present(['k-1']),
    ],
  },
  {
    name: 'A publication beside a question is answered as ever',
    acts: [enter(), publish('p-1'), who, accepted('p-1'), present(['k-1'])],
  },
  {
    name: 'Questions come no faster than the gateway allows',
    acts: [enter(), ...Array.from({ length: 16 }, () => [after(0, who), after(0, present(['k-1']))]).flat(), due],
  },
  {
    name: 'A question on the old connection of a hand-over is answered there, or given up with it',
    acts: [
      enter(),
      ...awake(6_740_000),
      due,
      who,
      open,
      success(),
      on(1, present(['k-1'])),
      who,
      present(['k-2']),
      due,
    ],
  },
  {
    name: 'A question between two pages goes on at the younger connection, and is lost with the session alone',
    acts: [
      enter(),
      ...awake(6_740_000),
      due,
      who,
      present(['k-1'], { next: 'place-1', more: true, retry_after_ms: 20_000 }),
      ...enterAgain(),
      { ...due, after: 2_000 },
      { ...due, after: 18_000 },
      present(['k-2'], { next: 'place-2', more: true, retry_after_ms: 20_000 }),
      closed(),
    ],
  },
  {
    name: 'A question that is still open when the old connection is dropped has no answer',
    acts: [enter(), ...awake(6_740_000), due, who, ...enterAgain(), due],
  },
];
