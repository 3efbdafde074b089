import { describe, expect, test } from '@jest/globals';
import { excessOf, slotOf } from '../../lambdas/rate-limit/address-allowance.ts';

/** The beginning of a minute, and of a slot of three seconds. */
const startMs = Date.UTC(2026, 11, 1, 12);

describe('what an address may do', () => {
  test.each([
    { why: 'its last handshake', connects: 300, connectsInSlot: 300, blockedForMs: 0, is: 'within' },
    {
      why: 'one more',
      connects: 301,
      connectsInSlot: 1,
      blockedForMs: 0,
      is: { why: 'too_many_connects', untilMs: startMs + 60_000 },
    },
    { why: 'blocked, the first of a slot', connects: 301, connectsInSlot: 1, blockedForMs: 1, is: 'within' },
    {
      why: 'blocked, the second of a slot',
      connects: 2,
      connectsInSlot: 2,
      blockedForMs: 1,
      is: { why: 'too_many_failures', untilMs: startMs + 3_000 },
    },
    { why: 'a block that is over', connects: 2, connectsInSlot: 2, blockedForMs: -1, is: 'within' },
  ])('$why', ({ connects, connectsInSlot, blockedForMs, is }) => {
    const nowMs = startMs + 1_000;
    expect(excessOf({ connects, connectsInSlot, blockedUntilMs: nowMs + blockedForMs }, 300, nowMs)).toEqual(is);
  });

  test('is spread over twenty slots of the minute', () => {
    const slots = Array.from({ length: 60 }, (_, second) => slotOf(startMs + second * 1_000));
    expect([...new Set(slots)]).toEqual(Array.from({ length: 20 }, (_, nth) => nth));
    expect(slotOf(startMs + 2_999)).toBe(0);
  });
});
