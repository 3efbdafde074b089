/** When to ask what may have changed, and may be told a moment late. */
import type { Timers } from '../client/src/index.ts';

/** Changes come in bursts, and each question costs something of what the device may read. */
export const settleMs = 250;
/** What is answered may be a second old (PROTOCOL.md, Who is there): so much later it is asked once more. */
export const lagMs = 1_500;

const ofThePage: Timers = {
  setTimeout: (run, afterMs) => setTimeout(run, afterMs),
  clearTimeout: (timer) => clearTimeout(Number(timer)),
};

/** Yields what is to be called when something may have changed. `ask` does not reject. */
export const askingAgain = (ask: () => Promise<unknown>, timers = ofThePage): (() => void) => {
  let due: unknown;
  let once: unknown;
  let isAsking = false;
  const askSoon = () => {
    timers.clearTimeout(due);
    due = timers.setTimeout(() => {
      askNow();
      timers.clearTimeout(once);
      once = timers.setTimeout(askNow, lagMs);
    }, settleMs);
  };
  const askNow = () => {
    // The answer under way may be older than what has changed since: whoever joined that question would be told it.
    if (isAsking) return askSoon();
    isAsking = true;
    void ask().finally(() => {
      isAsking = false;
    });
  };
  return askSoon;
};
