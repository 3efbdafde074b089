import { describe, expect, test } from '@jest/globals';
import type { PassKeyTable } from '../../lambdas/ports.ts';
import { periodOf } from '../../lambdas/reentry/pass.ts';
import { sandboxPassKeys } from '../../lambdas/reentry/sandbox-pass-keys.ts';
import { memoryPassKeys } from '../memory/pass-keys.ts';
import { startMs } from '../memory/world.ts';

const periodMs = 30 * 24 * 60 * 60_000;
const period = periodOf(startMs);

/** Sandboxes over one table, and what they ask of it. */
const stage = () => {
  const clock = { nowMs: startMs };
  const asked: string[] = [];
  const fault: { error: Error | undefined } = { error: undefined };
  let made = 0;
  const table: PassKeyTable = memoryPassKeys(
    { keys: undefined },
    async (call, apply) => {
      asked.push(call.replace('passKeys.', ''));
      if (fault.error) throw fault.error;
      return apply();
    },
    () => `key-${++made}`,
  );
  return { clock, asked, fault, sandbox: () => sandboxPassKeys(table, () => clock.nowMs) };
};

describe('the keys of re-entry passes', () => {
  test('are made by whoever needs them first, and are the same for all', async () => {
    const { sandbox, asked } = stage();
    const keys = await sandbox().toSign(period);
    expect(asked.splice(0)).toEqual(['read', 'make']);
    expect(await sandbox().toSign(period)).toEqual(keys);
    expect(await sandbox().toVerify()).toEqual(keys);
    expect(asked).toEqual(['read', 'read']);
  });

  test('are asked for once in a sandbox, until another signs', async () => {
    const { sandbox, asked, clock } = stage();
    const [signing, verifying] = [sandbox(), sandbox()];
    const first = await signing.toSign(period);
    await verifying.toVerify();
    asked.length = 0;
    for (let nth = 0; nth < 10; nth++) {
      await signing.toSign(period);
      await verifying.toVerify();
    }
    expect(asked).toEqual([]);
    clock.nowMs += periodMs;
    const second = await signing.toSign(period + 1);
    // The one before is still good, and so is the name of a member.
    expect(second.memberKey).toBe(first.memberKey);
    expect([...second.signingKeys.keys()].sort()).toEqual([period, period + 1]);
    expect(second.signingKeys.get(period)).toBe(first.signingKeys.get(period));
    expect(await verifying.toVerify()).toEqual(second);
    const third = await signing.toSign(period + 2);
    expect([...third.signingKeys.keys()].sort()).toEqual([period + 1, period + 2]);
  });

  test('are asked for at most once in five seconds while there are none, whatever passes say', async () => {
    const { sandbox, asked, clock } = stage();
    const verifying = sandbox();
    for (let second = 0; second < 10; second++, clock.nowMs += 1_000)
      expect(await verifying.toVerify()).toBeUndefined();
    expect(asked).toEqual(['read', 'read']);
  });

  test('keep no session waiting again and again for a table that does not answer', async () => {
    const { sandbox, asked, clock, fault } = stage();
    const signing = sandbox();
    fault.error = new Error('no answer');
    for (let nth = 0; nth < 3; nth++) await expect(signing.toSign(period)).rejects.toThrow('no answer');
    expect(asked).toEqual(['read']);
    fault.error = undefined;
    clock.nowMs += 5_000;
    expect((await signing.toSign(period)).signingKeys.has(period)).toBe(true);
  });
});
