import { describe, expect, test } from '@jest/globals';
import { barsHeight, barsOf } from '../../console/bars.ts';
import type { Journey } from '../../console/journeys.ts';
import {
  afterFirstHearing,
  type Counts,
  deliveriesOf,
  deliveriesShown,
  deliveriesText,
  median,
  perMinute,
  perMinuteText,
} from '../../console/rates.ts';

const minute = 60_000;
const now = 100 * minute + 30_000;
const counted = (...minutes: readonly number[]) =>
  minutes.map((one) => one * minute + 1).reduce<Counts>(afterFirstHearing, new Map());

describe('events a minute', () => {
  test.each([
    { why: 'none', counts: counted(), events: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0] },
    {
      why: 'of this minute and of the first that is shown',
      counts: counted(91, 100, 100),
      events: [1, 0, 0, 0, 0, 0, 0, 0, 0, 2],
    },
    { why: 'not of what is over', counts: counted(90, 97), events: [0, 0, 0, 0, 0, 0, 1, 0, 0, 0] },
  ])('are counted: $why', ({ counts, events }) => {
    expect(perMinute(counts, now).map((one) => one.events)).toEqual(events);
  });

  test('are said: now, and at most', () => {
    expect(perMinuteText(perMinute(counted(97, 97, 97, 100), now))).toBe(
      '1 in this minute, 3 in the busiest of the last 10',
    );
  });

  test('of long ago are forgotten', () => {
    expect([...counted(1, 50, 91, 100).keys()]).toEqual([91, 100]);
  });
});

const journey = (sentAt: number | undefined, ...heardAfter: readonly (number | string)[]): Journey => ({
  type: 'a.b',
  sent: sentAt === undefined ? undefined : { device: 'Till', id: `p${sentAt}`, at: sentAt },
  publisher: 'Till',
  answer: undefined,
  eventId: `evt_${sentAt}`,
  heard: heardAfter.map((after, nth) => ({
    device: `D${nth}`,
    at: (sentAt ?? 0) + Number(after),
    isCaughtUp: typeof after === 'string',
  })),
});

describe('the time to delivery', () => {
  test('is that of each device that heard what another sent, in the order in which they did', () => {
    expect(deliveriesOf([journey(0, 30, 90), journey(40, 20)])).toEqual([
      { type: 'a.b', device: 'D0', ms: 30 },
      { type: 'a.b', device: 'D0', ms: 20 },
      { type: 'a.b', device: 'D1', ms: 90 },
    ]);
  });

  test.each([
    { why: 'who was away and caught up', journeys: [journey(0, '9000')] },
    { why: 'what no device of the page sent', journeys: [journey(undefined, 5)] },
    { why: 'what nobody heard', journeys: [journey(0)] },
  ])('is not told of $why', ({ journeys }) => {
    expect(deliveriesOf(journeys)).toEqual([]);
    expect(deliveriesText(deliveriesOf(journeys))).toBe('nothing was heard yet of what a device here sent');
  });

  test('is told of the newest', () => {
    const many = Array.from({ length: deliveriesShown + 3 }, (_, nth) => journey(nth, nth));
    expect(deliveriesOf(many)[0]?.ms).toBe(3);
    expect(deliveriesOf(many)).toHaveLength(deliveriesShown);
  });

  test('is said: the median and the slowest', () => {
    expect(deliveriesText(deliveriesOf([journey(0, 30)]))).toBe('median 30 ms, slowest 30 ms, of the last one');
    expect(median(deliveriesOf([journey(0, 30, 10, 50, 20)]))).toBe(25);
    expect(median([])).toBe(0);
    const three = deliveriesOf([journey(0, 30, 2500, 40)]);
    expect([median(three), deliveriesText(three)]).toEqual([40, 'median 40 ms, slowest 2.5 s, of the last 3']);
  });
});

describe('bars', () => {
  test('stand at the right end, the highest as high as the drawing', () => {
    const bars = barsOf([5, 10], 4);
    expect(bars.map(({ x, y, height }) => [x, y, height])).toEqual([
      [52.5, barsHeight / 2, barsHeight / 2],
      [77.5, 0, barsHeight],
    ]);
  });

  test('of nothing are not there, of little can be seen', () => {
    expect(barsOf([0, 0], 2)).toEqual([]);
    expect(barsOf([1, 100_000], 2)[0]?.height).toBe(1);
  });
});
