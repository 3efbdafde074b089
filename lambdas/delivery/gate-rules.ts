/**
 * The rules of the gate in front of the sockets: how many calls of a run are under way, and how long they are waited for. Time is
 * counted in looks, so that an answer that has arrived and was not read yet is never taken for none: between two looks everything
 * that has arrived is read.
 */

/** Calls that hold a slot at once. More would only wait for one another: 50 take the whole processor of the function. */
export const slots = 50;

/** How often the gate looks at what is under way. */
export const lookEveryMs = 25;

/** A call without an answer keeps its slot so long: what waits behind it still has time to be heard within the patience of others. */
const slotMs = 100;

/** How long a run waits that hears nothing. */
const patienceMs = {
  /** Connections are made: on a cold start 50 at once, on half a processor. */
  beforeTheFirstAnswer: 1_000,
  /** A service that is slow with everything is waited for. */
  alone: 400,
  /** The next events of another restaurant wait. */
  waitedFor: 150,
};

/** One call's own end. */
export const attemptTimeoutMs = patienceMs.beforeTheFirstAnswer;

/** Calls that have left their slot keep their connection until they end: there are more of those. */
export const connections = 4 * slots;

/** The slots of each restaurant that still takes part. */
export const shareOf = (restaurants: number): number => Math.max(1, Math.floor(slots / Math.max(1, restaurants)));

/** What a run has heard so far. */
export type Heard = Readonly<{
  answered: boolean;
  /** A restaurant of the run is done, and its next events wait for the others. */
  isWaitedFor: boolean;
}>;

/** Whether a call that so many looks found without an answer leaves its slot to another one. */
export const leavesSlot = (seen: number, { answered }: Pick<Heard, 'answered'>): boolean =>
  answered && seen * lookEveryMs > slotMs;

/** Whether a run that so many looks in a row found without an answer is waited for no longer. */
export const isSilent = (quietLooks: number, { answered, isWaitedFor }: Heard): boolean => {
  const mostMs = !answered ? patienceMs.beforeTheFirstAnswer : isWaitedFor ? patienceMs.waitedFor : patienceMs.alone;
  // The last answer came up to one look before the first of them.
  return (quietLooks + 1) * lookEveryMs >= mostMs;
};
