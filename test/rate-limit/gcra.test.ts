import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { admissible, admit, charged, type Rate, waitMsFor } from '../../lambdas/rate-limit/gcra.ts';

const rate = { perMinute: 60, burst: 3 };
const nowMs = 1_000_000;

/** Which of the messages at these times were admitted. */
const admitted = (times: readonly number[], of: Rate = rate): boolean[] => {
  let tatMs: number | undefined;
  return times.map((atMs) => {
    const next = admit(tatMs, of, atMs);
    if (next !== 'over') tatMs = next;
    return next !== 'over';
  });
};

describe('GCRA moves the theoretical arrival time on', () => {
  test.each([
    { why: 'nobody ever came', tatMs: undefined, becomes: nowMs + 1_000 },
    { why: 'it is past', tatMs: nowMs - 60_000, becomes: nowMs + 1_000 },
    { why: 'a part of the burst is used', tatMs: nowMs + 500, becomes: nowMs + 1_500 },
    { why: 'one of the burst is left', tatMs: nowMs + 2_000, becomes: nowMs + 3_000 },
    { why: 'less than one is left', tatMs: nowMs + 2_001, becomes: 'over' },
    { why: 'the burst is used up', tatMs: nowMs + 3_000, becomes: 'over' },
  ])('when $why: $becomes', ({ tatMs, becomes }) => {
    expect(admit(tatMs, rate, nowMs)).toBe(becomes);
  });
});

describe('GCRA admits', () => {
  test.each([
    { why: 'a burst, and no more', times: [0, 0, 0, 0], admits: [true, true, true, false] },
    { why: 'one more for each second', times: [0, 0, 0, 999, 1000], admits: [true, true, true, false, true] },
    {
      why: 'no more than a burst after any silence',
      times: [0, 0, 0, 86_400_000, 86_400_000, 86_400_000, 86_400_000],
      admits: [true, true, true, true, true, true, false],
    },
    {
      why: 'nothing for a clock that goes back',
      times: [5000, 5000, 5000, 0, 1],
      admits: [true, true, true, false, false],
    },
    {
      why: 'nothing twice when that clock comes back',
      times: [5000, 5000, 5000, 0, 5000, 6000],
      admits: [true, true, true, false, false, true],
    },
  ])('$why', ({ times, admits }) => {
    expect(admitted(times)).toEqual(admits);
  });

  test('never more than a burst and its rate, whatever the clock does', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 120_000 }), { maxLength: 200 }), (times) => {
        const passed = admitted(times).filter(Boolean).length;
        const spanMs = times.length === 0 ? 0 : Math.max(...times) - (times[0] ?? 0);
        expect(passed).toBeLessThanOrEqual(rate.burst + (spanMs * rate.perMinute) / 60_000);
      }),
    ));

  test('what a bucket of tokens that fills at the same rate lets through', () => {
    const rates = fc.constantFrom(1, 2, 30, 60, 6_000);
    const gaps = fc.array(fc.nat({ max: 5_000 }), { maxLength: 60 });
    fc.assert(
      fc.property(rates, fc.integer({ min: 1, max: 20 }), gaps, (perMinute, burst, waits) => {
        let atMs = nowMs;
        const times = waits.map((wait) => (atMs += wait));
        expect(admitted(times, { perMinute, burst })).toEqual(tokenBucket(times, { perMinute, burst }));
      }),
    );
  });
});

/** The same decision by counting tokens; a little more than the real number, so that rounding takes none away. */
const tokenBucket = (times: readonly number[], { perMinute, burst }: Rate): boolean[] => {
  let tokens: number = burst;
  let filledAtMs = times[0] ?? 0;
  return times.map((atMs) => {
    tokens = Math.min(burst, tokens + ((atMs - filledAtMs) * perMinute) / 60_000);
    filledAtMs = atMs;
    if (tokens + 1e-6 < 1) return false;
    tokens -= 1;
    return true;
  });
};

test.each([
  { why: 'before anything', tatMs: undefined, left: 3, waitMs: 0 },
  { why: 'after one', tatMs: charged(1, undefined, rate, nowMs), left: 2, waitMs: 0 },
  { why: 'after two', tatMs: charged(2, undefined, rate, nowMs), left: 1, waitMs: 1_000 },
  { why: 'after more than the burst at once', tatMs: charged(10, undefined, rate, nowMs), left: -7, waitMs: 9_000 },
  { why: 'long after that', tatMs: charged(10, undefined, rate, nowMs - 60_000), left: 3, waitMs: 0 },
])('GCRA tells $why that $left are left, and two are there in $waitMs ms', ({ tatMs, left, waitMs }) => {
  expect(admissible(tatMs, rate, nowMs)).toBe(left);
  expect(waitMsFor(2, tatMs, rate, nowMs)).toBe(waitMs);
});
