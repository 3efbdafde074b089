import { type Course, drawing, enter, hears, open, pong, says, saysText, start, success, token } from '../course.ts';

/** Frames that a client does not know, or that nobody should send. */
export const frames: readonly Course[] = [
  {
    name: 'Frames that are empty, no JSON or no object are ignored',
    acts: [enter(), ...['', 'x', '{"type":', '[]', '7', 'null', '"pong"', '{}'].map(saysText)],
  },
  {
    name: 'Messages of an unknown type and fields that are unknown are ignored',
    acts: [
      enter({ from_the_future: { a: 1 } }),
      says({ type: 'survey', id: 'p-1' }),
      says({ type: 7 }),
      pong({ epoch: 'e-1', head_seq: 10, mood: 'good' }),
    ],
  },
  {
    name: 'Before auth_success frames of unknown types are ignored, too',
    acts: [
      start,
      token('token-1'),
      open,
      saysText(''),
      says({ type: 'survey' }),
      pong(),
      says({ type: 'ping' }),
      success(),
    ],
  },
  {
    name: 'What looks like an event and lacks a number, a name or an order is none',
    cursor: { epoch: 'e-1', seq: 10 },
    acts: [
      enter(),
      ...[
        { seq: '11' },
        { seq: 11.5 },
        { seq: 11, prev_seq: 11 },
        { seq: 11, prev_seq: -1 },
        { epoch: '' },
        { epoch: null },
        { id: 7 },
        { seq: 2 ** 53 },
      ].map((wrong) =>
        says({ type: 'menu.updated', id: 'evt', seq: 11, prev_seq: 10, epoch: 'e-1', data: {}, ...wrong }),
      ),
      hears(11),
    ],
  },
  {
    name: 'An answer to a replay without its numbers is none',
    cursor: { epoch: 'e-1', seq: 9 },
    acts: [
      enter(),
      says({ type: 'replayed', events: [], epoch: 'e-1', head_seq: 10, more: false, gap: false }),
      says({ type: 'replayed', events: [], epoch: null, head_seq: 0, next_after: 10, more: false, gap: false }),
    ],
  },
  {
    name: "An answer to a publication that is not there is nobody's",
    acts: [
      enter(),
      says({ type: 'accepted', id: 'p-9', event_id: 'evt' }),
      says({ type: 'error', id: 'p-9', reason: 'forbidden' }),
    ],
  },
  {
    name: 'A second auth_success changes the time of the session and nothing else',
    acts: [enter({ livesMs: 600_000 }), drawing(0.25, success({ livesMs: 500_000 }))],
  },
];
