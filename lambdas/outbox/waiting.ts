/** How long a run of the outbox waits for what. Pure. */

/** What the target refused for a moment is tried again so often in the same run: what lasts longer is left to a later one. */
const pausesMs = [100, 200, 400];
/** A run that has less left begins no call: time for one that hangs, and to answer. */
export const leastRunMs = 8_000;

/** How long a run waits after so many tries before the next one; `undefined`: it is left to a later run. */
export const pauseBeforeRetryMs = (tries: number, timeLeftMs: number): number | undefined => {
  const pauseMs = pausesMs[tries - 1];
  return pauseMs === undefined || timeLeftMs - pauseMs < leastRunMs ? undefined : pauseMs;
};

/** A head is written right after a restaurant's first event. One that is not there so much later was deleted with its restaurant. */
const headIsThereAfterMs = 15 * 60 * 1000;

export const isHeadOverdue = (occurredAtMs: number, nowMs: number): boolean =>
  nowMs - occurredAtMs > headIsThereAfterMs;
