/**
 * How long a function waits for a service. It must have answered before Lambda ends it, so its calls stop while there is
 * time left to say so; and a service that did not answer one call is hardly waited for at the next.
 */

/** How a function waits for one service. Milliseconds, all of them. */
export type Patience = Readonly<{
  /** One try at most. */
  tryMs: number;
  /** Left of the invocation when the last try ends, for what is done after calls of this service. */
  keepMs: number;
  /** A try's part of what is left before that, above 0 and at most 1. */
  share: number;
  /** So many tries in a row without an answer, and the service is silent. */
  silentAfter: number;
}>;

/** Where an invocation stands with a service. */
export type Standing = Readonly<{
  /** Until Lambda ends the invocation. */
  leftMs: number;
  /** Tries in a row without an answer, of all its calls. */
  unanswered: number;
}>;

/**
 * A silent service is asked once a call, and gets this long: time for a new connection, since those that waited are gone, and
 * for a machine that is behind. Taking a slow answer for none would end a session whose row cannot be claimed.
 */
export const silentTryMs = 300;

/** The SDK's pause before a third try, at most, and a try that is worth the name. */
const anotherTryMs = 200 + 50;

/** Shorter is no try. */
const leastTryMs = 10;

/** How long the next try may take; 0: there is no time for one. */
export const nextTryMs = (
  { tryMs, keepMs, share, silentAfter }: Patience,
  { leftMs, unanswered }: Standing,
): number => {
  const mostMs = unanswered >= silentAfter ? Math.min(tryMs, silentTryMs) : tryMs;
  const ms = Math.floor(Math.min(mostMs, (leftMs - keepMs) * share));
  return ms < leastTryMs ? 0 : ms;
};

/** Whether a call whose try has just failed may try again. `wasSilent`: the service was when the try began. */
export const mayTryAgain = ({ keepMs }: Patience, { leftMs }: Standing, wasSilent: boolean): boolean =>
  !wasSilent && leftMs - keepMs >= anotherTryMs;
