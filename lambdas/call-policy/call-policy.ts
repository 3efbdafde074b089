/**
 * How long a function waits for a service: a deadline for every call, and a circuit breaker. It must have answered before
 * Lambda ends it, so its calls stop while there is time left to say so; and after a service did not answer one call, the
 * next call waits for it only shortly.
 */

/** How a function waits for one service. */
export type CallPolicy = Readonly<{
  /** One attempt takes this long at most. */
  attemptTimeoutMs: number;
  /** Left of the invocation when the last attempt ends, for what is done after calls of this service. */
  reserveMs: number;
  /** An attempt's part of what is left before that, above 0 and at most 1. */
  maxShare: number;
  /** So many attempts in a row without an answer, and the circuit is open: the service is silent. */
  openAfter: number;
}>;

/** How far an invocation has come with a service. */
export type Progress = Readonly<{
  /** Until Lambda ends the invocation. */
  leftMs: number;
  /** Attempts in a row without an answer, of all its calls. */
  unanswered: number;
}>;

/**
 * While the circuit is open a call is one attempt of this length: time for a new connection, since those that waited are
 * gone, and for a machine that is behind. Taking a slow answer for none would end a session whose row cannot be leased.
 */
export const openCircuitTimeoutMs = 300;

/** The SDK's pause before a third attempt, at most, and an attempt that is worth the name. */
const worthRetryingMs = 200 + 50;

/** A shorter attempt is not made. */
const leastAttemptMs = 10;

/** How long the next attempt may take; 0: there is no time for one. */
export const nextAttemptTimeoutMs = (
  { attemptTimeoutMs, reserveMs, maxShare, openAfter }: CallPolicy,
  { leftMs, unanswered }: Progress,
): number => {
  const mostMs = unanswered >= openAfter ? Math.min(attemptTimeoutMs, openCircuitTimeoutMs) : attemptTimeoutMs;
  const ms = Math.floor(Math.min(mostMs, (leftMs - reserveMs) * maxShare));
  return ms < leastAttemptMs ? 0 : ms;
};

/** Whether a call whose attempt has just failed may retry. `wasOpen`: the circuit was open when the attempt began. */
export const mayRetry = ({ reserveMs }: CallPolicy, { leftMs }: Progress, wasOpen: boolean): boolean =>
  !wasOpen && leftMs - reserveMs >= worthRetryingMs;
