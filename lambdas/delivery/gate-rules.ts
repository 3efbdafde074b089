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

/** The other restaurants of a run wait so long for all that does not answer. */
const patienceMs = 150;

/** As long as one attempt may take: where nobody else waits, or nothing has been heard and connections may still be made. */
const longPatienceMs = 400;

/**
 * Slots left by calls that were not answered are used by others, while their connections stay busy until the attempt is over: so
 * many connections there may be.
 */
export const connections = slots * Math.ceil(longPatienceMs / slotMs);

/** The slots of each restaurant that still takes part. */
export const shareOf = (restaurants: number): number => Math.max(1, Math.floor(slots / Math.max(1, restaurants)));

/** What a run has heard so far. */
export type Heard = Readonly<{
  /** Any answer in this run. Before the first one connections are made, and that takes as long as it takes. */
  answered: boolean;
  /** A restaurant of the run is done, and its next events wait for the others. */
  isWaitedFor: boolean;
}>;

/** Whether a call that so many looks found without an answer leaves its slot to another one. */
export const leavesSlot = (seen: number, { answered }: Pick<Heard, 'answered'>): boolean =>
  answered && seen * lookEveryMs > slotMs;

/** Whether a run that so many looks in a row found without an answer is waited for no longer. */
export const isSilent = (quietLooks: number, { answered, isWaitedFor }: Heard): boolean =>
  // The last answer came up to one look before the first of them.
  (quietLooks + 1) * lookEveryMs >= (answered && isWaitedFor ? patienceMs : longPatienceMs);
