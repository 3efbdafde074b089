import type { User } from './outbox-state.ts';

/** What the machine needs to know. Times are milliseconds. */
export type Timing = Readonly<{
  /** First bound of the backoff, and its last. */
  backoffBaseMs: number;
  backoffCapMs: number;
  /** Between attempts while the platform says `offline` or `background`: these are hints, and may be wrong for ever. */
  pausedRetryMs: number;
  /** Between attempts after a fresh token was refused, doubling up to the cap: somebody has to sign in, or the issuer to recover. */
  refusedRetryMs: number;
  refusedRetryCapMs: number;
  /** A token that came longer ago than this is not fresh, whatever it was asked for. */
  freshTokenMs: number;
  /** How long the token provider may take. */
  tokenTimeoutMs: number;
  openTimeoutMs: number;
  /** From the open socket to `auth_success`. */
  authTimeoutMs: number;
  /** So much silence is answered with a ping. Without it: as the gateway tells, or two minutes where it does not. */
  heartbeatMs?: number | undefined;
  /** The same where the connection is in doubt: after a hint, after a hole, and on a network that lost one in silence. */
  doubtfulHeartbeatMs: number;
  /** A ping that stays unanswered so long is answered with a new connection. */
  pongTimeoutMs: number;
  /** The same after a hint that the network has changed. */
  probeTimeoutMs: number;
  /** The platform ends a connection at this age. */
  maxConnectionMs: number;
  /** Renewal and hand-over happen between one and two of these before the end. */
  renewalLeadMs: number;
  handOverLeadMs: number;
  /** An old connection is kept so long after a hand-over, for answers on their way. */
  drainMs: number;
  /** Until a publication, a replay or a renewal counts as unanswered. */
  answerTimeoutMs: number;
  /** A session shorter than this is no success: the backoff goes on growing. */
  steadyMs: number;
  /** A publication that the storage has not taken after this is sent from memory. */
  storeTimeoutMs: number;
}>;

/** The gateway's limits, as far as the client has to keep them; those of the protocol, without its others. */
export const maxFrameBytes = 16 * 1024;
export const maxMessageIdChars = 128;
/** The silence after which to ping, unless a stage or an application says otherwise; and what a stage may say. */
export const usualPingIntervalMs = 120_000;
export const leastPingIntervalMs = 45_000;
export const mostPingIntervalMs = 300_000;

export const dayMs = 24 * 60 * 60 * 1000;

export const defaultTiming: Timing = {
  backoffBaseMs: 500,
  backoffCapMs: 30_000,
  pausedRetryMs: 60_000,
  refusedRetryMs: 60_000,
  refusedRetryCapMs: 300_000,
  freshTokenMs: 60_000,
  tokenTimeoutMs: 15_000,
  openTimeoutMs: 10_000,
  authTimeoutMs: 10_000,
  doubtfulHeartbeatMs: 45_000,
  // With the silence before it 128 s, which leaves two of what PROTOCOL.md promises for timers, wires and a head that lags.
  pongTimeoutMs: 8_000,
  probeTimeoutMs: 5_000,
  maxConnectionMs: 2 * 60 * 60 * 1000,
  renewalLeadMs: 60_000,
  handOverLeadMs: 5 * 60_000,
  drainMs: 2_000,
  answerTimeoutMs: 10_000,
  steadyMs: 10_000,
  storeTimeoutMs: 5_000,
};

export type Settings = Readonly<{
  restaurantId: string;
  connectionType: string;
  batch: boolean;
  deviceId: string | undefined;
  maxQueued: number;
  maxQueuedChars: number;
  /** Whether there is a storage. */
  keeps: boolean;
  /** Who is signed in, as far as the application says. */
  user: User | undefined;
  timing: Timing;
}>;
