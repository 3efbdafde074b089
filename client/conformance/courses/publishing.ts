import {
  accepted,
  after,
  close,
  closed,
  type Course,
  discard,
  drawing,
  due,
  enter,
  enterAgain,
  error,
  publish,
  textOf,
} from '../course.ts';

const refusedAs = (reason: string, fields = {}): Course => ({
  name: `A publication that is answered ${reason} is not sent again`,
  acts: [enter(), publish('p-1'), publish('p-2'), error(reason, { id: 'p-1', ...fields }), accepted('p-2')],
});

/** Publications: one at a time, in order, in the same words however often it takes. */
export const publishing: readonly Course[] = [
  {
    name: 'What is published before there is a session waits for it; one is under way at a time',
    acts: [publish('p-1'), publish('p-2'), enter(), accepted('p-1'), publish('p-3'), accepted('p-2'), accepted('p-3')],
  },
  {
    name: 'An acceptance that comes twice settles once',
    acts: [enter(), publish('p-1'), accepted('p-1'), accepted('p-1'), publish('p-2'), accepted('p-1')],
  },
  {
    name: 'Without an answer the same text is sent again, later each time',
    acts: [enter(), publish('p-1'), due, due, due, due, accepted('p-1')],
  },
  {
    name: 'A connection that is lost before the answer: the same text on the next one',
    acts: [enter(), publish('p-1'), after(20_000, closed()), due, enterAgain(), accepted('p-1')],
  },
  refusedAs('forbidden', { field: 'restaurant_id' }),
  refusedAs('malformed_message', { field: 'order_id' }),
  refusedAs('unknown_type'),
  refusedAs('from_the_future'),
  {
    name: 'rate_limited: the same publication again, later, and the others behind it',
    acts: [
      enter(),
      publish('p-1'),
      publish('p-2'),
      error('rate_limited', { id: 'p-1' }),
      due,
      error('rate_limited', { id: 'p-1' }),
      due,
      error('rate_limited', { id: 'p-1' }),
      due,
      accepted('p-1'),
      due,
      accepted('p-2'),
    ],
  },
  {
    name: 'unavailable twice, and a publication steps aside for the others until its time comes',
    acts: [
      enter(),
      publish('p-1'),
      publish('p-2'),
      error('unavailable', { id: 'p-1' }),
      due,
      error('unavailable', { id: 'p-1' }),
      accepted('p-2'),
      due,
      accepted('p-1'),
    ],
  },
  {
    name: 'An error without an id is that of the publication under way',
    acts: [
      enter(),
      publish('p-1'),
      error('malformed_message'),
      publish('p-2'),
      error('unavailable'),
      due,
      accepted('p-2'),
    ],
  },
  {
    name: 'rate_limited without an id holds everything back',
    acts: [enter(), publish('p-1'), error('rate_limited'), publish('p-2'), due, accepted('p-1'), due],
  },
  {
    name: 'A publication whose time is over fails, also when nobody was ever connected',
    acts: [publish('p-1', { forMs: 3_000 }), publish('p-2', { forMs: Number.POSITIVE_INFINITY }), due],
  },
  {
    name: "A publication that was sent and not answered fails when its time is over, and its late answer is nobody's",
    acts: [enter(), publish('p-1', { forMs: 3_000 }), publish('p-2'), due, accepted('p-1'), accepted('p-2')],
  },
  {
    name: 'More than may wait: the newest is refused',
    settings: { max_queued: 2 },
    acts: [publish('p-1'), publish('p-2'), publish('p-3')],
  },
  {
    name: 'More characters than may wait: the newest is refused',
    settings: { max_queued_chars: 2 * textOf('p-1').length },
    acts: [publish('p-1'), publish('p-2'), publish('p-3')],
  },
  {
    name: 'The same id twice is one publication, in the words in which it was sent before',
    acts: [enter(), publish('p-1'), publish('p-1', { data: { order_id: 'other' } }), accepted('p-1')],
  },
  {
    name: 'Fifteen at once, then nine in ten seconds: below what the gateway allows',
    acts: [
      enter(),
      ...Array.from({ length: 18 }, (_, i) => after(0, publish(`p-${i + 1}`))),
      ...Array.from({ length: 15 }, (_, i) => after(1, accepted(`p-${i + 1}`))),
      due,
      accepted('p-16'),
      due,
      accepted('p-17'),
      after(60_000, accepted('p-18')),
    ],
  },
  {
    name: 'A new connection may send fifteen at once again',
    acts: [
      enter(),
      ...Array.from({ length: 17 }, (_, i) => after(0, publish(`p-${i + 1}`))),
      ...Array.from({ length: 15 }, (_, i) => after(1, accepted(`p-${i + 1}`))),
      closed(),
      due,
      enterAgain(),
      accepted('p-16'),
    ],
  },
  {
    name: 'The application wants no more of a publication',
    acts: [publish('p-1'), publish('p-2'), discard('p-1'), enter(), discard('p-2'), accepted('p-2'), discard('p-2')],
  },
  { name: 'At the end whoever waits is told', acts: [enter(), publish('p-1'), publish('p-2'), close] },
  {
    name: 'An error of another id is not that of the publication under way',
    acts: [enter(), publish('p-1'), error('malformed_message', { id: 'p-9' }), accepted('p-1')],
  },
  {
    name: 'Two that have stepped aside: whose time comes first',
    acts: [
      enter(),
      publish('p-1'),
      publish('p-2'),
      error('unavailable', { id: 'p-1' }),
      due,
      drawing(0.75, error('unavailable', { id: 'p-1' })),
      error('unavailable', { id: 'p-2' }),
      due,
      drawing(0.25, error('unavailable', { id: 'p-2' })),
      due,
      accepted('p-2'),
      due,
      accepted('p-1'),
    ],
  },
];
