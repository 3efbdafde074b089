import { describe, expect, test } from '@jest/globals';
import { sandboxReplayAllowance } from '../../lambdas/rate-limit/replay-allowance.ts';
import { generousLimits } from '../memory/world.ts';

const limits = { ...generousLimits, replayUnitsPerMinute: 600, replayUnitBurst: 600 };
const session = { connectionId: 'c-1=', connectedAtMs: 1 };

describe('what the replays of a session may read', () => {
  test('is a burst, and a minute later the whole of it again', () => {
    const allowance = sandboxReplayAllowance(limits);
    expect(allowance.left(session, 0)).toBe(600);
    allowance.spend(session, 599.5, 0);
    expect(allowance.left(session, 0)).toBe(0);
    expect(allowance.left(session, 60_000)).toBe(600);
  });

  test('is owed where one read cost more than was left, and the wait is for more than one unit', () => {
    const allowance = sandboxReplayAllowance(limits);
    allowance.spend(session, 800, 0);
    expect(allowance.left(session, 19_900)).toBe(0);
    expect(allowance.waitMs(session, 0)).toBe(25_000);
    expect(allowance.left(session, 25_000)).toBe(50);
    expect(allowance.waitMs(session, 25_000)).toBe(0);
  });

  test('is waited for as far as it goes where the burst is small', () => {
    const allowance = sandboxReplayAllowance({ ...limits, replayUnitBurst: 2 });
    allowance.spend(session, 2, 0);
    expect(allowance.waitMs(session, 0)).toBe(200);
  });

  test('is its own, and that of the next connection of the same id', () => {
    const allowance = sandboxReplayAllowance(limits);
    allowance.spend(session, 600, 0);
    expect(allowance.left({ ...session, connectionId: 'c-2=' }, 0)).toBe(600);
    expect(allowance.left({ ...session, connectedAtMs: 2 }, 0)).toBe(600);
  });
});
