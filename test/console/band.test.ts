import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bandOf } from '../../console/band.ts';
import type { Journey } from '../../console/journeys.ts';

const lanes = ['Board', 'Till', 'Office'];
const journey = (over: Partial<Journey>): Journey => ({
  type: 'a.b',
  sent: { device: 'Till', id: 'p1', at: 1000 },
  publisher: 'Till',
  answer: { kind: 'accepted', at: 1020 },
  eventId: 'evt_1',
  heard: [
    { device: 'Board', at: 1040, isCaughtUp: false },
    { device: 'Till', at: 1044, isCaughtUp: false },
  ],
  ...over,
});

describe('the drawing of a journey', () => {
  test('has a mark for each moment in the lane of its device, and a line to each other device that heard it', () => {
    const { marks, links } = bandOf(journey({}), lanes);
    expect(marks.map(({ lane, kind, label }) => [lane, kind, label])).toEqual([
      [1, 'sent', ''],
      [1, 'accepted', '20 ms'],
      [0, 'heard', '40 ms'],
      [1, 'heard', '44 ms'],
    ]);
    expect(links.map(({ from, to }) => [from, to])).toEqual([[1, 0]]);
  });

  test('has its figures where no line comes from', () => {
    expect(bandOf(journey({}), lanes).marks.map(({ lane, side }) => [lane, side])).toEqual([
      [1, 'right'],
      [1, 'right'],
      [0, 'left'],
      [1, 'right'],
    ]);
    const toTheRight = journey({ heard: [{ device: 'Office', at: 1040, isCaughtUp: false }] });
    expect(bandOf(toTheRight, lanes).marks.map(({ lane, side }) => [lane, side])).toEqual([
      [1, 'left'],
      [1, 'left'],
      [2, 'right'],
    ]);
  });

  test('of an event that no device here sent has no lines, and figures from the first that heard it', () => {
    const { marks, links } = bandOf(journey({ sent: undefined, answer: undefined }), lanes);
    expect(links).toEqual([]);
    expect(marks.map(({ lane, label }) => [lane, label])).toEqual([
      [0, ''],
      [1, '4 ms'],
    ]);
  });

  test('leaves out who has no lane', () => {
    expect(bandOf(journey({}), ['Till']).marks.map(({ kind }) => kind)).toEqual(['sent', 'accepted', 'heard']);
    expect(bandOf(journey({}), [])).toEqual({ height: expect.any(Number), marks: [], links: [] });
  });

  // A clock may be set back meanwhile.
  test('of any times keeps their order, and figures of one lane apart', () => {
    const ms = fc.integer({ min: -5, max: 100_000 });
    fc.assert(
      fc.property(ms, fc.array(fc.tuple(fc.constantFrom(...lanes), ms), { maxLength: 6 }), (answered, hearings) => {
        const heard = hearings.map(([device, after]) => ({ device, at: 1000 + after, isCaughtUp: false }));
        const { marks, height } = bandOf(journey({ answer: { kind: 'accepted', at: 1000 + answered }, heard }), lanes);
        expect(marks).toHaveLength(2 + heard.length);
        for (const lane of [0, 1, 2]) {
          const heights = marks.filter((one) => one.lane === lane).map(({ y }) => y);
          for (const [nth, y] of heights.entries())
            if (nth > 0) expect(y - (heights[nth - 1] ?? 0)).toBeGreaterThanOrEqual(17);
        }
        for (const { y } of marks) {
          expect(y).toBeGreaterThan(0);
          expect(y).toBeLessThan(height);
        }
      }),
    );
  });
});
