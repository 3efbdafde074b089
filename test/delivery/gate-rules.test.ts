import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  attemptTimeoutMs,
  connections,
  isSilent,
  leavesSlot,
  lookEveryMs,
  shareOf,
  slots,
} from '../../lambdas/delivery/gate-rules.ts';

describe('a call without an answer', () => {
  test.each([
    { why: 'at once', answered: true, seenMs: 0, leaves: false },
    { why: 'for 100 ms', answered: true, seenMs: 100, leaves: false },
    { why: 'for more than 100 ms', answered: true, seenMs: 125, leaves: true },
    { why: 'for a second, while nothing has answered yet', answered: false, seenMs: 1_000, leaves: false },
  ])('$why leaves its slot: $leaves', ({ answered, seenMs, leaves }) => {
    expect(leavesSlot(seenMs / lookEveryMs, { answered })).toBe(leaves);
  });
});

describe('a run that hears nothing', () => {
  test.each([
    { why: 'while another restaurant is done', answered: true, isWaitedFor: true, mostMs: 150 },
    { why: 'alone', answered: true, isWaitedFor: false, mostMs: 400 },
    { why: 'and has heard nothing before', answered: false, isWaitedFor: false, mostMs: 1_000 },
    { why: 'and has heard nothing before, whoever waits', answered: false, isWaitedFor: true, mostMs: 1_000 },
  ])('$why is waited for $mostMs ms at most, from the last answer, and hardly less', ({ mostMs, ...heard }) => {
    const looks = Array.from({ length: 100 }, (_, nth) => nth).find((quietLooks) => isSilent(quietLooks, heard)) ?? 0;
    // The last answer came at a look, or just after the one before.
    expect((looks + 1) * lookEveryMs).toBe(mostMs);
  });

  test('and is silent is silent after more looks as well', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.boolean(), fc.boolean(), (looks, answered, isWaitedFor) => {
        if (isSilent(looks, { answered, isWaitedFor }))
          expect(isSilent(looks + 1, { answered, isWaitedFor })).toBe(true);
      }),
    );
  });
});

test('the shares of all restaurants are the slots, and each has one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), (restaurants) => {
      expect(shareOf(restaurants)).toBeGreaterThanOrEqual(1);
      expect(shareOf(restaurants) * restaurants).toBeLessThanOrEqual(slots);
      expect((shareOf(restaurants) + 1) * restaurants).toBeGreaterThan(slots);
    }),
  );
});

test('there are connections for the calls that have slots and for those that have just left them', () => {
  expect(connections).toBeGreaterThan(slots);
  expect(attemptTimeoutMs).toBeGreaterThan(lookEveryMs);
});
