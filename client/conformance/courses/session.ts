import {
  accepted,
  after,
  awake,
  closed,
  type Course,
  due,
  enter,
  enterAgain,
  error,
  event,
  final,
  hears,
  noToken,
  on,
  open,
  pong,
  publish,
  says,
  success,
  token,
} from '../course.ts';

/** A token of ten minutes. */
const short = { livesMs: 600_000 };

/** Heartbeat, renewal, hand-over to a younger connection. */
export const session: readonly Course[] = [
  { name: 'Two minutes of silence are answered with a ping', acts: [enter(), due, pong(), due, pong()] },
  {
    name: 'An event puts the ping off, and so does nothing that tells of none',
    acts: [
      enter(),
      after(50_000, hears(11)),
      after(50_000, says({ type: 'from_the_future' })),
      publish('p-1'),
      accepted('p-1'),
      due,
    ],
  },
  {
    name: 'An event that comes late puts the ping off from when it was numbered',
    acts: [enter(), after(50_000, hears(11, { agoMs: 30_000 })), after(10_000, hears(12, { agoMs: 70_000 })), due],
  },
  {
    name: "An event's time is reckoned by the gateway's clock, from its first answer on",
    acts: [
      enter({ timestamp: '2031-05-01T00:00:00.000Z', session_expires_at: '2031-05-01T02:00:00.000Z' }),
      after(50_000, says({ ...event(11), timestamp: '2031-05-01T00:00:40.000Z' })),
      after(1_000, says({ ...event(12), timestamp: 'soon' })),
      due,
    ],
  },
  {
    name: 'Only a pong answers a ping, and an event that is younger than it',
    acts: [
      enter(),
      due,
      after(1_000, says({ type: 'from_the_future' })),
      after(1_000, hears(11, { agoMs: 3_000 })),
      after(1_000, hears(12)),
      due,
      publish('p-1'),
      accepted('p-1'),
      due,
      due,
      open,
    ],
  },
  {
    name: 'A publication without an answer asks whether the connection still works, once',
    acts: [
      enter(),
      after(20_000, publish('p-1')),
      due,
      pong(),
      due,
      due,
      due,
      after(100, accepted('p-1')),
      due,
      pong(),
      due,
    ],
  },
  { name: 'A pong that does not come in eight seconds ends the connection', acts: [enter(), due, due, due, open] },
  {
    name: 'A gateway that cannot tell now is asked again after 45 seconds, and keeps its connection',
    acts: [
      enter(),
      due,
      error('unavailable'),
      due,
      pong({ epoch: null, head_seq: null }),
      due,
      says({ message: 'Internal server error', connectionId: 'L0SM', requestId: 'L0SN' }),
      due,
      pong(),
      due,
    ],
  },
  {
    name: 'How much silence is too much, the gateway tells, within limits',
    acts: [
      enter({ ping_interval_ms: 300_000 }),
      due,
      pong(),
      after(1_000, closed()),
      due,
      enterAgain({ ping_interval_ms: 1 }),
      due,
      pong(),
      after(1_000, closed()),
      due,
      enterAgain({ ping_interval_ms: 3_600_000 }),
      after(1_000, closed()),
      due,
      enterAgain({ ping_interval_ms: 'often' }),
    ],
  },
  {
    name: 'An application that says how much silence is too much is right',
    settings: { timing: { heartbeat_ms: 240_000 } },
    acts: [enter({ ping_interval_ms: 60_000 }), due, pong()],
  },
  {
    name: 'A device that slept over the pong asks once more before it gives up',
    acts: [enter(), due, after(100_000, { ...due, after: 100_000 }), due],
  },
  {
    name: 'A device that slept over the pong and then hears it goes on',
    acts: [enter(), due, { ...due, after: 100_000 }, pong(), due],
  },
  {
    name: 'A renewal is asked for between two minutes and one before the end',
    acts: [enter(short), { ...due, after: 50_000 }, ...renewal(short)],
  },
  {
    name: 'A session of few seconds is renewed half-way',
    acts: [enter({ livesMs: 20_000 }), due, token('token-2'), success({ livesMs: 7_190_000 })],
  },
  {
    name: 'A renewal never makes a session shorter',
    acts: [enter(short), ...awake(480_000), due, token('token-2'), success({ livesMs: 10_000 })],
  },
  {
    name: 'A provider that fails at a renewal is asked again, and the session goes on',
    acts: [
      enter(short),
      ...awake(480_000),
      due,
      noToken('no network'),
      due,
      noToken('no network'),
      due,
      token('token-2'),
      success(),
    ],
  },
  {
    name: 'A provider that does not answer at a renewal is asked again',
    acts: [enter(short), ...awake(480_000), due, due, token('too-late', 2), due, token('token-2'), success()],
  },
  {
    name: 'A renewal without an answer is tried again',
    acts: [enter(short), ...awake(480_000), due, token('token-2'), due, due, token('token-3'), success()],
  },
  {
    name: 'A gateway that cannot check the token says unavailable: the renewal is tried again',
    acts: [
      enter(short),
      ...awake(480_000),
      due,
      token('token-2'),
      error('unavailable'),
      due,
      token('token-3'),
      success(),
    ],
  },
  {
    name: 'A renewal whose token is refused ends the session, and a fresh token is asked for',
    acts: [
      enter(short),
      ...awake(480_000),
      due,
      token('token-2'),
      final('closing', 'token_invalid', { reauthenticate: true }),
      closed(1000),
      due,
    ],
  },
  {
    name: 'A session that could not be renewed ends by the clock, before the gateway says so',
    acts: [enter({ livesMs: 30_000 }), due, after(14_000, noToken('no network')), { ...due, after: 2_000 }, due],
  },
  {
    name: "The end is reckoned by the gateway's own two times: the device's clock may be wrong",
    acts: [enter({ timestamp: '2031-05-01T00:00:00.000Z', session_expires_at: '2031-05-01T00:05:00.000Z' }), due],
  },
  {
    name: 'An auth_success without times is a session as long as a connection may be',
    acts: [enter({ timestamp: undefined, session_expires_at: undefined })],
  },
  {
    name: 'Before the connection is two hours old a younger one is made, and the old one kept for two seconds',
    acts: [
      enter(),
      ...awake(6_740_000),
      due,
      open,
      success(),
      on(1, hears(11)),
      hears(11),
      hears(12),
      on(1, hears(12)),
      due,
    ],
  },
  {
    name: 'A hand-over that fails leaves the session alone and is tried again',
    acts: [enter(), ...awake(6_740_000), due, closed(1006), on(1, hears(11)), due, open, success()],
  },
  {
    name: 'A session that is lost during a hand-over leaves the attempt to go on',
    acts: [enter(), ...awake(6_740_000), due, open, on(1, closed(1006)), success()],
  },
  {
    name: 'The old connection may close by itself',
    acts: [enter(), ...awake(6_740_000), due, open, success(), on(1, closed(1000)), due],
  },
  {
    name: 'What was published before a hand-over may be answered on the old connection',
    acts: [
      enter(),
      ...awake(6_740_000),
      due,
      on(1, publish('p-1')),
      open,
      success(),
      on(1, says({ type: 'accepted', id: 'p-1', event_id: 'evt-of-p-1' })),
      due,
    ],
  },
  {
    name: 'An error frame of the platform on a session asks whether the connection still works',
    acts: [
      enter(),
      publish('p-1'),
      after(10_000, says({ message: 'Endpoint request timed out', connectionId: 'L0SM', requestId: 'L0SN' })),
      pong(),
    ],
  },
  {
    name: 'Going away leaves time for a younger connection, and nothing more is sent on this one',
    acts: [
      enter(),
      after(20_000, final('closing', 'going_away')),
      publish('p-1'),
      hears(11),
      due,
      open,
      success({ head_seq: 11 }),
    ],
  },
  {
    name: 'A pong that is two seconds late is missing, and a later one was slept over',
    acts: [enter(), due, { ...due, after: 12_000 }, due, open, success(), due, { ...due, after: 12_001 }, pong()],
  },
  {
    name: 'The late answer of a provider is not taken for the next one',
    acts: [enter(short), ...awake(480_000), due, due, due, token('too-late', 2), token('token-2', 3), success()],
  },
  {
    name: "A session that ends within a minute of the connection's age ends by age: its token is good for the next one",
    acts: [enter({ livesMs: 7_139_990 }), after(7_136_000, closed()), due],
  },
  {
    name: 'One that ends sooner ends by its token, which is no good any more',
    acts: [enter({ livesMs: 7_139_989 }), after(7_136_000, closed()), due],
  },
  {
    name: 'What the gateway says of the session at a renewal counts from then on',
    acts: [enter(short), ...awake(480_000), due, token('token-2'), success({ role: 'manager' })],
  },
  {
    name: 'Going away said twice is said once',
    acts: [enter(), final('closing', 'going_away'), final('closing', 'going_away'), due],
  },
  {
    name: 'Going away during a hand-over leaves that as it is',
    acts: [enter(), ...awake(6_740_000), due, on(1, final('closing', 'going_away')), open, success()],
  },
  {
    name: 'Two connections that go away within two seconds: the oldest is closed at once',
    acts: [
      enter(),
      after(20_000, final('closing', 'going_away')),
      due,
      open,
      success(),
      final('closing', 'going_away'),
      due,
      open,
      success(),
      due,
    ],
  },
  {
    name: 'The last message of an old connection closes it and no more',
    acts: [
      enter(),
      ...awake(6_740_000),
      due,
      open,
      success(),
      on(1, final('closing', 'session_expired', { reauthenticate: true })),
    ],
  },
  {
    name: 'A replay on the younger connection is not given up with the old one',
    acts: [enter(), ...awake(6_740_000), due, open, success({ head_seq: 12 }), on(1, closed(1000))],
  },
  {
    name: 'An error without an id on the younger connection is not that of a publication on the old one',
    acts: [
      enter(),
      ...awake(6_740_000),
      due,
      on(1, publish('p-1')),
      open,
      success(),
      error('malformed_message'),
      on(1, closed(1000)),
    ],
  },
];

function renewal(lives: { livesMs: number }) {
  return [pong(), ...awake(400_000), due, token('token-2'), success(lives)];
}
