import { setTimeout as delay } from 'node:timers/promises';
import { slotMs } from '../../lambdas/rate-limit/address-allowance.ts';

const slotNow = () => Math.floor(Date.now() / slotMs);

/** Two handshakes within one slot of the clock, in which a blocked address has one; what began in one and ended in the next is done again. */
export const twiceInOneSlot = async (knock: () => Promise<unknown>): Promise<readonly unknown[]> => {
  for (;;) {
    const slot = slotNow();
    const both = [await knock(), await knock()];
    if (slotNow() === slot) return both;
    await delay(slotMs - (Date.now() % slotMs));
  }
};
