import { describe, expect, test } from '@jest/globals';
import { hiddenSeconds, pauseBeforeRetryMs, retriedForMs } from '../../lambdas/events/retries.ts';

describe('in a run', () => {
  test.each([
    {
      why: 'a restaurant alone is tried until the time for its posts begins',
      left: 10_000,
      neighbours: false,
      ms: 4_000,
    },
    { why: 'others wait a second for it', left: 10_000, neighbours: true, ms: 1_000 },
    { why: 'others wait no longer than there is time', left: 6_500, neighbours: true, ms: 500 },
    {
      why: 'a run without a deadline goes by its pauses',
      left: Number.POSITIVE_INFINITY,
      neighbours: false,
      ms: Number.POSITIVE_INFINITY,
    },
    { why: 'a run at its end tries once', left: 100, neighbours: false, ms: -5_900 },
  ])('$why', ({ left, neighbours, ms }) => {
    expect(retriedForMs(left, neighbours)).toBe(ms);
  });

  test.each([
    { why: 'each pause is twice the one before', left: 4_000, pauses: [100, 200, 400, 800, 1_600, undefined] },
    {
      why: 'none is longer than there is time',
      left: 399,
      pauses: [100, 200, undefined, undefined, undefined, undefined],
    },
    { why: 'there is none when the time is over', left: -1, pauses: [undefined, undefined] },
  ])('$why', ({ left, pauses }) => {
    expect(pauses.map((_, nth) => pauseBeforeRetryMs(nth + 1, left))).toEqual(pauses);
  });
});

test('after a run the waits grow to what a run that dies costs, and what nobody understands waits as long', () => {
  expect([1, 2, 3, 4, 5, 6, 43, 0, Number.NaN].map(hiddenSeconds)).toEqual([1, 2, 4, 8, 15, 15, 15, 15, 15]);
});
