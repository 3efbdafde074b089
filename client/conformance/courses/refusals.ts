import {
  after,
  closed,
  type Course,
  due,
  enter,
  final,
  noToken,
  open,
  publish,
  says,
  start,
  success,
  token,
} from '../course.ts';

type Row = Readonly<{ reason: string; reconnect: boolean; reauthenticate: boolean; retry_after_ms: number | null }>;

const row = (reason: string, advice: Partial<Row> = {}): Row => ({
  reason,
  reconnect: true,
  reauthenticate: false,
  retry_after_ms: null,
  ...advice,
});

/** The table of `auth_error` in PROTOCOL.md, and a reason that is not there. */
const ofAttempts: readonly Row[] = [
  row('token_invalid', { reauthenticate: true }),
  row('token_expired', { reauthenticate: true }),
  row('access_denied', { reconnect: false }),
  row('expected_authentication'),
  row('malformed_message', { reconnect: false }),
  row('auth_timeout'),
  row('rate_limited', { retry_after_ms: 10_000 }),
  row('unavailable', { retry_after_ms: 5_000 }),
  row('from_the_future', { retry_after_ms: 1_000 }),
];

/** The table of `closing`. */
const ofSessions: readonly Row[] = [
  row('session_expired', { reauthenticate: true }),
  row('revoked', { reconnect: false }),
  row('access_denied', { reconnect: false }),
  row('token_invalid', { reauthenticate: true }),
  row('token_expired', { reauthenticate: true }),
  row('rate_limited', { retry_after_ms: 10_000 }),
  row('too_many_sessions', { retry_after_ms: 60_000 }),
  row('going_away'),
  row('unavailable', { retry_after_ms: 5_000 }),
];

const attempt = [start, token('token-1'), open];
const refused = final('auth_error', 'token_invalid', { reauthenticate: true });

/** The gateway's last message, of each reason, and what follows its advice. */
export const refusals: readonly Course[] = [
  ...ofAttempts.map(
    ({ reason, ...advice }): Course => ({
      name: `auth_error as ${reason}`,
      acts: [
        attempt,
        publish('p-1'),
        final('auth_error', reason, advice),
        closed(1000),
        ...(advice.reconnect ? [due] : []),
      ],
    }),
  ),
  ...ofSessions.map(
    ({ reason, ...advice }): Course => ({
      name: `closing as ${reason}`,
      acts: [
        enter({ head_seq: 0 }),
        publish('p-1'),
        after(20_000, final('closing', reason, advice)),
        closed(1000),
        ...(advice.reconnect ? [due] : []),
      ],
    }),
  ),
  {
    name: 'A session ends by an auth_error as by a closing: so it is told to an old app',
    acts: [enter(), after(20_000, final('auth_error', 'session_expired', { reauthenticate: true })), due],
  },
  {
    name: 'A socket that closes without a last message is an interruption: the same token again',
    acts: [enter(), after(20_000, closed(1001)), due, open, success()],
  },
  {
    name: 'Fresh tokens that are refused are tried slowly: a minute, doubling to five',
    acts: [
      attempt,
      refused,
      ...['token-2', 'token-3', 'token-4', 'token-5', 'token-6'].flatMap((text) => [due, token(text), open, refused]),
      due,
      token('token-7'),
      open,
      success(),
    ],
  },
  {
    name: 'A provider that gives the refused token again gave no fresh one',
    acts: [attempt, refused, due, token('token-1'), open, refused, due, token('token-2'), open, refused],
  },
  {
    name: 'A token that came more than a minute ago is not fresh, whatever it was asked for',
    acts: [attempt, refused, due, token('token-2'), after(61_000, open), refused],
  },
  {
    name: 'A provider that fails after a refusal is asked for the same reason',
    acts: [attempt, refused, due, noToken('signed out'), due],
  },
  {
    name: 'A gateway that asks for more than a quarter of an hour is not believed',
    acts: [attempt, final('auth_error', 'rate_limited', { retry_after_ms: 86_400_000 })],
  },
  {
    name: 'Advice of the wrong types is none: another try, with the same token, by the own backoff',
    acts: [attempt, says({ type: 'auth_error', reconnect: 'no', reauthenticate: 1, retry_after_ms: 'soon' }), due],
  },
  {
    name: 'A token that was taken once is not a fresh one that is refused',
    acts: [
      enter({ livesMs: 20_000 }),
      due,
      token('token-2'),
      success(),
      after(11_000, closed()),
      due,
      open,
      refused,
      due,
    ],
  },
  {
    name: 'A wait that is no number is none',
    acts: [
      attempt,
      final('auth_error', 'unavailable', { retry_after_ms: true }),
      due,
      open,
      final('auth_error', 'unavailable', { retry_after_ms: -5 }),
    ],
  },
];
