import {
  after,
  close,
  closed,
  type Course,
  drawing,
  due,
  enter,
  enterAgain,
  final,
  noAddress,
  noToken,
  on,
  open,
  pong,
  publish,
  says,
  start,
  success,
  token,
} from '../course.ts';

/** From nothing to `auth_success`, and the waits when it does not come to that. */
export const connecting: readonly Course[] = [
  {
    name: 'A token is asked for, a socket opened, and authenticate is the first message',
    acts: [enter()],
  },
  {
    name: 'A client that takes no batches does not say so',
    settings: { batch: false, connection_type: 'pos' },
    acts: [start, token('token-1'), open],
  },
  {
    name: 'A provider that fails is asked again, later each time, and a session sets the backoff back',
    acts: [
      start,
      noToken('signed out'),
      due,
      noToken('signed out'),
      due,
      token('token-1'),
      open,
      success(),
      after(20_000, closed()),
      due,
    ],
  },
  {
    name: "A provider that does not answer is given up, and its late answer is nobody's",
    acts: [start, due, token('too-late', 1), due, token('too-late', 1), token('token-2'), open],
  },
  {
    name: 'A socket that does not open is given up after 10 seconds, and the token is good for the next one',
    acts: [start, token('token-1'), due, due, on(1, open), open],
  },
  {
    name: 'Where there is no address to connect to it is tried again, slower, with the token there is',
    acts: [start, token('token-1'), noAddress('no such cell'), due, noAddress('no such cell'), due, open, success()],
  },
  {
    name: 'A handshake that is refused is tried again, slower',
    acts: [start, token('token-1'), closed(1006), due, closed(1006), due, drawing(0.75, closed(1006)), due],
  },
  {
    name: 'The bound of the backoff doubles from half a second to thirty',
    acts: [start, token('token-1'), ...[1, 2, 3, 4, 5, 6, 7, 8].flatMap(() => [drawing(0.75, closed(1006)), due])],
  },
  {
    name: 'No jitter at all is a wait, too',
    acts: [start, token('token-1'), drawing(0, closed(1006)), due],
  },
  {
    name: 'No answer to authenticate three times in a row, and the token is suspected',
    acts: [start, token('token-1'), open, due, due, open, closed(1006), due, open, due, due, token('token-2'), open],
  },
  {
    name: 'An error frame of the platform before auth_success gives the connection up',
    acts: [
      start,
      token('token-1'),
      open,
      says({ message: 'Internal server error', connectionId: 'L0SM', requestId: 'L0SN' }),
      due,
      open,
      success(),
    ],
  },
  {
    name: 'Sessions of less than ten seconds are no success: the backoff goes on growing',
    acts: [
      enter(),
      after(3_000, closed()),
      due,
      enterAgain(),
      after(3_000, closed()),
      due,
      enterAgain(),
      after(11_000, closed()),
    ],
  },
  {
    name: 'What comes on a socket that was given up is not read',
    acts: [
      start,
      token('token-1'),
      open,
      due,
      on(1, success()),
      on(1, closed(1000)),
      due,
      on(1, pong()),
      open,
      success(),
    ],
  },
  {
    name: 'Once it is closed nothing happens any more, and a publication fails at once',
    acts: [start, token('token-1'), open, publish('p-1'), close, success(), publish('p-2'), token('late', 1), close],
  },
  {
    name: 'A last message is an answer: the count of those that said nothing begins anew',
    acts: [
      start,
      token('token-1'),
      ...[closed(), closed(), final('auth_error', 'unavailable'), closed(), closed()].flatMap((end) => [
        open,
        end,
        due,
      ]),
    ],
  },
  {
    name: 'A token with less than five seconds to live is not tried again',
    acts: [
      enter({ livesMs: 15_000 }),
      { ...after(4_000, closed()) },
      due,
      closed(),
      after(7_000, due),
      token('token-2'),
      open,
    ],
  },
  {
    name: 'A clock that jumps a quarter of an hour finds one thing due at a time',
    acts: [start, token('token-1'), open, { ...due, after: 900_000 }, due, open, success()],
  },
];
