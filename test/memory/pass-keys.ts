/** The stage's keys of re-entry passes in memory. */
import type { PassKeyTable } from '../../lambdas/ports.ts';
import type { PassKeys } from '../../lambdas/reentry/pass.ts';
import type { Perform } from './port-call.ts';

export const memoryPassKeys = (
  kept: { keys: PassKeys | undefined },
  perform: Perform,
  newKey: () => string,
): PassKeyTable => ({
  read: () => perform('passKeys.read', () => kept.keys),
  make: (period) =>
    perform('passKeys.make', () => {
      const before = kept.keys ?? { memberKey: newKey(), signingKeys: new Map<number, string>() };
      const signingKeys = new Map([[period, newKey()], ...before.signingKeys]);
      signingKeys.delete(period - 2);
      kept.keys = { ...before, signingKeys };
      return kept.keys;
    }),
});
