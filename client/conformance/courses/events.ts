import {
  accepted,
  after,
  closed,
  type Course,
  due,
  enter,
  enterAgain,
  error,
  event,
  hears,
  on,
  page,
  pong,
  publish,
  says,
  saysText,
} from '../course.ts';

const at10 = { epoch: 'e-1', seq: 10 };

/** The restaurant's events: each once, in order, and holes found and filled. */
export const events: readonly Course[] = [
  {
    name: 'Without a cursor the first gap says where delivery begins',
    acts: [enter(), hears(11), hears(12)],
  },
  {
    name: 'With a cursor it goes on there, and what it has had is dropped',
    cursor: at10,
    acts: [enter(), hears(11), hears(11), hears(9), hears(12), hears(11)],
  },
  {
    name: 'Numbers that are not for this connection type are no hole',
    cursor: at10,
    acts: [enter(), hears(14, { prev: 10 }), hears(20, { prev: 14 })],
  },
  {
    name: 'An event behind newer ones: a replay is asked for, and all are delivered in order',
    cursor: at10,
    acts: [enter(), hears(13), hears(12), page([event(11), event(12), event(13)])],
  },
  {
    name: 'The hole closes by itself before the answer',
    cursor: at10,
    acts: [enter(), hears(12), hears(11), page([event(11), event(12)])],
  },
  {
    name: 'auth_success tells of missed events; pages are asked for until there is no more',
    cursor: { epoch: 'e-1', seq: 5 },
    acts: [
      enter(),
      page([event(6), event(7)], { next_after: 7, head_seq: 10, more: true }),
      page([event(8)], { next_after: 9, head_seq: 10, more: true }),
      page([event(10, { prev: 8 })]),
    ],
  },
  {
    name: 'A pong tells of missed events, too',
    cursor: at10,
    acts: [enter(), due, pong({ epoch: 'e-1', head_seq: 12 }), page([event(11), event(12)])],
  },
  {
    name: 'A head below the cursor means nothing',
    cursor: { epoch: 'e-1', seq: 12 },
    acts: [enter(), due, pong(), hears(13)],
  },
  {
    name: 'A replay that is told to wait goes on then and not sooner',
    cursor: { epoch: 'e-1', seq: 5 },
    acts: [
      enter(),
      page([event(6)], { next_after: 6, head_seq: 10, more: true, retry_after_ms: 20_000 }),
      after(5_000, hears(11)),
      due,
      page([7, 8, 9, 10, 11].map((seq) => event(seq))),
    ],
  },
  {
    name: 'A replay without an answer is asked for again',
    cursor: { epoch: 'e-1', seq: 9 },
    acts: [enter(), due, due, page([event(10)])],
  },
  {
    name: 'A replay that is answered with an error is asked for again, later',
    cursor: { epoch: 'e-1', seq: 9 },
    acts: [
      enter(),
      says(({ replay }) => ({ type: 'error', id: replay, error: 'Too many messages', reason: 'rate_limited' })),
      due,
      page([event(10)]),
    ],
  },
  {
    name: 'A page that nobody asked for is dropped: nothing says where it begins',
    cursor: { epoch: 'e-1', seq: 10 },
    acts: [enter(), page([event(15)])],
  },
  {
    name: 'The answer of a connection before is not that of this one',
    cursor: { epoch: 'e-1', seq: 9 },
    acts: [enter(), after(20_000, closed()), due, enterAgain(), on(1, page([event(10)])), page([event(10)])],
  },
  {
    name: 'Another epoch at auth_success: a gap, and delivery from its head on',
    cursor: { epoch: 'e-0', seq: 900 },
    acts: [enter(), hears(11), hears(901, { epoch: 'e-0' })],
  },
  {
    name: 'Another epoch by its first event: a gap, and what is late of the one before is dropped',
    cursor: at10,
    acts: [enter(), hears(1, { epoch: 'e-2', prev: 0 }), hears(11), hears(2, { epoch: 'e-2' })],
  },
  {
    name: 'Another epoch in a page: a gap',
    cursor: { epoch: 'e-1', seq: 9 },
    acts: [
      enter(),
      page([event(3, { epoch: 'e-2' })], { epoch: 'e-2', next_after: 3, head_seq: 3 }),
      hears(4, { epoch: 'e-2' }),
    ],
  },
  {
    name: 'Events that are no longer kept: a gap, and delivery from the newest on',
    cursor: { epoch: 'e-1', seq: 2 },
    acts: [enter(), page([event(9), event(10)], { gap: true, head_seq: 10, next_after: 10, oldest_seq: 9 }), hears(11)],
  },
  {
    name: 'A number that is announced and never handed out is skipped after five tries: a gap',
    cursor: at10,
    acts: [
      enter(),
      hears(13, { prev: 12 }),
      ...[1, 2, 3, 4].flatMap(() => [page([], { next_after: 10, head_seq: 10 }), due]),
      page([], { next_after: 10, head_seq: 10 }),
      hears(14),
    ],
  },
  {
    name: 'A head that was announced and never comes is forgotten without a gap',
    cursor: { epoch: 'e-1', seq: 9 },
    acts: [
      enter(),
      ...[1, 2, 3, 4].flatMap(() => [page([], { next_after: 9, head_seq: 9 }), due]),
      page([], { next_after: 9, head_seq: 9 }),
    ],
  },
  {
    name: 'A cursor above the newest event is answered with a gap, and is not moved back',
    cursor: { epoch: 'e-1', seq: 50 },
    acts: [enter({ head_seq: 60 }), page([], { gap: true, next_after: 40, head_seq: 40 })],
  },
  {
    name: 'A page that ends beyond its last event moves the cursor without an event',
    cursor: { epoch: 'e-1', seq: 5 },
    acts: [enter(), page([event(6)], { next_after: 9, head_seq: 10, more: true }), page([event(10, { prev: 6 })])],
  },
  {
    name: 'Several events in one frame',
    cursor: at10,
    acts: [
      enter(),
      says({ type: 'events', events: [event(11), event(12), 'no event', { type: 'menu.updated' }, event(13)] }),
    ],
  },
  {
    name: 'A restaurant without an event yet: its numbering gets its name with the first one',
    acts: [enter({ epoch: null, head_seq: 0 }), hears(1), hears(2)],
  },
  {
    name: 'While the gateway cannot read its numbers delivery goes on',
    cursor: at10,
    acts: [enter({ epoch: null, head_seq: null }), hears(11), due, pong({ epoch: null, head_seq: null })],
  },
  {
    name: 'The data is there as it was written: spaces, trailing zeros, escapes',
    cursor: at10,
    acts: [
      enter(),
      saysText(
        '{"type":"payment.completed","id":"evt_1","seq":11,"prev_seq":10,"epoch":"e-1","restaurant_id":"r-17","data":{"order_id":"o-1", "total":1.50,"reference":"12\\u20ac"},"user_id":"u-2","connection_type":"pos","timestamp":"1970-01-01T00:16:40.000Z"}',
      ),
      saysText(
        '{"type":"events","events":[{"type":"x.y","id":"evt_2","seq":12,"prev_seq":11,"epoch":"e-1","restaurant_id":"r-17","data":{"b":"},{","a":[1e2]},"timestamp":"1970-01-01T00:16:40.000Z"}]}',
      ),
    ],
  },
  {
    name: 'Missed events go before publications',
    cursor: { epoch: 'e-1', seq: 9 },
    acts: [publish('p-1'), enter(), page([event(10)]), accepted('p-1')],
  },
  {
    name: "An error without an id while a replay and a publication are under way: the publication's, if it is final",
    cursor: { epoch: 'e-1', seq: 9 },
    acts: [enter(), publish('p-1'), error('malformed_message', { field: 'data' }), page([event(10)])],
  },
  {
    name: 'A numbering without a name says nothing to a client that knows one',
    cursor: at10,
    acts: [enter({ epoch: null, head_seq: 0 }), hears(11), pong({}), pong({ epoch: 'e-1' })],
  },
  {
    name: 'A numbering gets its name by a pong: what was missed since is asked for',
    acts: [enter({ epoch: null, head_seq: 0 }), due, pong({ epoch: 'e-1', head_seq: 2 }), page([event(1), event(2)])],
  },
  {
    name: 'What waits for its predecessors is dropped with its epoch',
    cursor: at10,
    acts: [enter(), hears(13), hears(12, { epoch: 'e-2' }), hears(13, { epoch: 'e-2' })],
  },
  {
    name: 'A page that was asked for before the epoch changed is dropped',
    cursor: { epoch: 'e-1', seq: 9 },
    acts: [
      enter(),
      hears(1, { epoch: 'e-2', prev: 0 }),
      page([event(10, { epoch: 'e-2' })], { epoch: 'e-2', next_after: 10, head_seq: 10 }),
      hears(2, { epoch: 'e-2' }),
    ],
  },
  {
    name: 'A page of the epoch before is dropped',
    cursor: { epoch: 'e-1', seq: 9 },
    acts: [enter(), hears(1, { epoch: 'e-2', prev: 0 }), page([event(10)])],
  },
  {
    name: 'There is more, says a page whose head lags behind: asked for again',
    cursor: { epoch: 'e-1', seq: 5 },
    acts: [enter({ head_seq: 6 }), page([event(6)], { more: true }), page([event(7), event(8)])],
  },
  {
    name: 'An error without an id puts off a replay and a publication alike, if it may pass',
    cursor: { epoch: 'e-1', seq: 9 },
    acts: [enter(), publish('p-1'), error('unavailable'), due, page([event(10)]), due, accepted('p-1')],
  },
];
