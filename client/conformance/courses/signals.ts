import {
  after,
  closed,
  type Course,
  drawing,
  due,
  enter,
  final,
  open,
  pong,
  signal,
  start,
  success,
  token,
} from '../course.ts';

/** What the platform says of the network and the app: hints, which may be wrong. */
export const signals: readonly Course[] = [
  {
    name: 'Offline, attempts are rare; the network brings the next one forward, once',
    acts: [
      start,
      token('token-1'),
      closed(),
      signal('offline'),
      due,
      closed(),
      signal('online'),
      signal('network_changed'),
      due,
    ],
  },
  {
    name: 'In the background no connection is made for a minute; in the foreground at once',
    acts: [
      enter(),
      signal('background'),
      after(20_000, closed()),
      after(5_000, signal('foreground')),
      due,
      open,
      success(),
    ],
  },
  {
    name: 'Begun offline it waits, and begins when the network is there',
    acts: [signal('offline'), start, signal('online'), due],
  },
  {
    name: 'An offline that is never taken back keeps nobody away for ever',
    acts: [signal('offline'), start, due, token('token-1'), open, success()],
  },
  {
    name: 'A session does not end because the platform says offline',
    acts: [enter(), signal('offline'), after(30_000, pong()), signal('online')],
  },
  {
    name: 'Another network may have killed the connection: a ping, and five seconds for the answer',
    acts: [enter(), after(20_000, signal('network_changed')), due, due],
  },
  {
    name: 'Hints that follow one another closely make one ping',
    acts: [
      enter(),
      after(20_000, signal('foreground')),
      pong(),
      signal('online'),
      after(6_000, signal('foreground')),
      pong(),
    ],
  },
  {
    name: 'A hint does not shorten the wait that the gateway asked for',
    acts: [
      start,
      token('token-1'),
      open,
      final('auth_error', 'rate_limited', { retry_after_ms: 10_000 }),
      signal('online'),
      due,
    ],
  },
  {
    name: 'Hints that helped nothing grow weaker',
    acts: [
      start,
      token('token-1'),
      ...[1, 2, 3, 4].flatMap(() => [drawing(0.75, closed()), drawing(0.25, signal('online')), due]),
    ],
  },
];
