/** The stage's keys of re-entry passes, as one sandbox remembers them. */
import type { Clock, PassKeyRing, PassKeyTable } from '../ports.ts';
import { type PassKeys, periodOf } from './pass.ts';

/** The table is asked so often at most while it has no key of this period, or does not answer. */
const askAgainMs = 5_000;

/**
 * What is known is never asked for again, and what a pass says never decides whether to ask: while the key of the present period
 * is not known the table is asked once in a while, and once it is, no forged pass costs a call.
 */
export const sandboxPassKeys = (table: PassKeyTable, now: Clock): PassKeyRing => {
  let known: PassKeys | undefined;
  let askAtMs = Number.NEGATIVE_INFINITY;
  let failed: Readonly<{ error: unknown; untilMs: number }> | undefined;
  const has = (period: number): boolean => known?.signingKeys.has(period) === true;

  return {
    toSign: async (period) => {
      if (known !== undefined && has(period)) return known;
      // A session does not wait again and again for a table that hangs.
      if (failed !== undefined && now() < failed.untilMs) throw failed.error;
      try {
        known = await table.read();
        if (known === undefined || !has(period)) known = await table.make(period);
        return known;
      } catch (error) {
        failed = { error, untilMs: now() + askAgainMs };
        throw error;
      }
    },
    toVerify: async () => {
      const nowMs = now();
      if (has(periodOf(nowMs)) || nowMs < askAtMs) return known;
      askAtMs = nowMs + askAgainMs;
      known = (await table.read()) ?? known;
      return known;
    },
  };
};
