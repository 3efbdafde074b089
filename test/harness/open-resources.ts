/** What keeps this process from ending, and how long it may go on doing so. */
import { setTimeout as delay } from 'node:timers/promises';

/** What a server or a socket that has been closed may take until it is gone. */
export const graceMs = 5_000;

const intervalMs = 20;

/** The kinds of what is open, a kind as often as there are such: `TCPServerWrap`, `Timeout`. */
export const openResources = (): readonly string[] => process.getActiveResourcesInfo();

/** What is open and was not before; waits so long at most for it to go. */
export const openedSince = async (before: readonly string[], waitMs = graceMs): Promise<readonly string[]> => {
  const endMs = performance.now() + waitMs;
  for (;;) {
    const left = without(openResources(), before);
    if (left.length === 0 || performance.now() > endMs) return left;
    await delay(intervalMs, undefined, { ref: false });
  }
};

const without = (all: readonly string[], known: readonly string[]): readonly string[] => {
  const rest = [...known];
  return all.filter((one) => {
    const index = rest.indexOf(one);
    if (index >= 0) rest.splice(index, 1);
    return index < 0;
  });
};
