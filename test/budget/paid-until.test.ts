import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { payOne } from '../../lambdas/budget/paid-until.ts';
import { fullBucket, take } from '../../lambdas/budget/token-bucket.ts';

const size = { perMinute: 60, burst: 3 };
const nowMs = 1_000_000;

describe('a bucket that is one moment', () => {
  test.each([
    { why: 'nobody ever paid', paidUntilMs: undefined, becomes: nowMs + 1_000 },
    { why: 'what was paid for is past', paidUntilMs: nowMs - 60_000, becomes: nowMs + 1_000 },
    { why: 'a part of the burst is used', paidUntilMs: nowMs + 500, becomes: nowMs + 1_500 },
    { why: 'one of the burst is left', paidUntilMs: nowMs + 2_000, becomes: nowMs + 3_000 },
    { why: 'less than one is left', paidUntilMs: nowMs + 2_001, becomes: 'over' },
    { why: 'the burst is used up', paidUntilMs: nowMs + 3_000, becomes: 'over' },
  ])('when $why: $becomes', ({ paidUntilMs, becomes }) => {
    expect(payOne(paidUntilMs, size, nowMs)).toBe(becomes);
  });

  test('lets through what a bucket of tokens lets through', () => {
    const rates = fc.constantFrom(1, 2, 30, 60, 6_000);
    const gaps = fc.array(fc.nat({ max: 5_000 }), { maxLength: 60 });
    fc.assert(
      fc.property(rates, fc.integer({ min: 1, max: 20 }), gaps, (perMinute, burst, waits) => {
        const one = { perMinute, burst };
        let bucket = fullBucket(one, nowMs);
        let paidUntilMs: number | undefined;
        let atMs = nowMs;
        for (const wait of waits) {
          atMs += wait;
          const paid = payOne(paidUntilMs, one, atMs);
          const taken = take({ ...bucket, left: bucket.left + 1e-6 }, one, atMs);
          bucket = taken.bucket;
          expect(paid !== 'over').toBe(taken.taken);
          if (paid !== 'over') paidUntilMs = paid;
        }
      }),
    );
  });
});
