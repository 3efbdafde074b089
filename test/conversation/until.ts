/** Waits for what no event tells: a state of the tables, or a moment. */
import { setTimeout as delay } from 'node:timers/promises';

/** Between two readings, at first and at most: what has not come at once is asked for less and less often. */
const pausesMs = { first: 20, most: 160 };
const defaultTimeoutMs = 30_000;

/** Reads until `is` holds and yields what was read; when the timeout ends, the last reading, so that the test shows it. */
export const until = async <T>(
  read: () => Promise<T>,
  is: (value: T) => boolean,
  timeoutMs = defaultTimeoutMs,
): Promise<T> => {
  const endMs = Date.now() + timeoutMs;
  for (let pauseMs = pausesMs.first; ; pauseMs = Math.min(2 * pauseMs, pausesMs.most)) {
    const value = await read();
    if (is(value) || Date.now() > endMs) return value;
    await delay(pauseMs);
  }
};

/** Resolves once the clock shows `epochMs`: a deadline is the one thing that has no other event. */
export const moment = async (epochMs: number): Promise<void> => {
  while (Date.now() < epochMs) await delay(epochMs - Date.now());
};
