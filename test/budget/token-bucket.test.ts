import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Bucket, fullBucket, take } from '../../lambdas/budget/token-bucket.ts';

const size = { perMinute: 60, burst: 3 };

/** Which of the messages at these times were let through. */
const taken = (times: readonly number[], of = size): boolean[] => {
  let bucket: Bucket = fullBucket(of, times[0] ?? 0);
  return times.map((atMs) => {
    const outcome = take(bucket, of, atMs);
    bucket = outcome.bucket;
    return outcome.taken;
  });
};

describe('a token bucket', () => {
  test.each([
    { why: 'a burst, and no more', times: [0, 0, 0, 0], lets: [true, true, true, false] },
    { why: 'one more for each second', times: [0, 0, 0, 999, 1000], lets: [true, true, true, false, true] },
    {
      why: 'no more than a burst after any silence',
      times: [0, 0, 0, 86_400_000, 86_400_000, 86_400_000, 86_400_000],
      lets: [true, true, true, true, true, true, false],
    },
    {
      why: 'nothing for a clock that goes back',
      times: [5000, 5000, 5000, 0, 1],
      lets: [true, true, true, false, false],
    },
    {
      why: 'nothing twice when that clock comes back',
      times: [5000, 5000, 5000, 0, 5000, 6000],
      lets: [true, true, true, false, false, true],
    },
  ])('lets through $why', ({ times, lets }) => {
    expect(taken(times)).toEqual(lets);
  });

  test('never lets through more than a burst and its rate, whatever the clock does', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 120_000 }), { maxLength: 200 }), (times) => {
        const passed = taken(times).filter(Boolean).length;
        const spanMs = times.length === 0 ? 0 : Math.max(...times) - (times[0] ?? 0);
        expect(passed).toBeLessThanOrEqual(size.burst + (spanMs * size.perMinute) / 60_000);
      }),
    ));
});
