/** When what could not be done for a restaurant is tried again: in the same run, and after it. Pure. */

/** Between the tries of one run. A blip of a table is over in these; what lasts longer is left to a later run. */
const pausesMs = [100, 200, 400, 800, 1_600];
/** Of the time of a run, for what comes after its last try: a table that is slow again, and the posts. */
const leftForPostsMs = 6_000;
/** Other restaurants of the same run, whose next messages wait for its end, wait no longer for this one. */
const neighboursWaitMs = 1_000;

/** How long after its beginning a run may begin a try. `timeLeftMs`: until it is ended. */
export const retriedForMs = (timeLeftMs: number, hasNeighbours: boolean): number =>
  Math.min(timeLeftMs - leftForPostsMs, hasNeighbours ? neighboursWaitMs : Number.POSITIVE_INFINITY);

/** How long a run waits after so many tries before the next one; `undefined`: it is left to a later run. */
export const pauseBeforeRetryMs = (tries: number, retriesLeftMs: number): number | undefined => {
  const pauseMs = pausesMs[tries - 1];
  return pauseMs === undefined || pauseMs > retriesLeftMs ? undefined : pauseMs;
};

/** After the first failures; from then on as long as a message is hidden whose run died. */
const backoffSeconds = [1, 2, 4, 8];
const longestSeconds = 15;

/** How long messages that failed stay hidden when they were received so often, this time included. */
export const hiddenSeconds = (receives: number): number => backoffSeconds[receives - 1] ?? longestSeconds;
