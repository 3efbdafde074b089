/** Every frame the gateway sends, built here and nowhere else. Times are epoch milliseconds in, ISO 8601 UTC out. */
import type { ConnectionType } from './identifiers.ts';
import { protocolVersion } from './limits.ts';
import {
  type Advice,
  type ClosingReason,
  closings,
  type ErrorReason,
  errors,
  type RefusalReason,
  refusals,
} from './reasons.ts';
import type { StreamHead } from './restaurant-events.ts';

/** A message as it goes onto the wire. */
export type Frame = string & { readonly frame: unique symbol };

export const frame = (message: { type: string } & Record<string, unknown>): Frame => JSON.stringify(message) as Frame;
export const iso = (epochMs: number): string => new Date(epochMs).toISOString();

export type AuthenticatedClient = Readonly<{
  connectionId: string;
  userId: string;
  /** The alias of who vouches for the user; the same user id of another one is somebody else. */
  issuer: string;
  restaurantId: string;
  connectionType: ConnectionType;
  role: string;
  sessionExpiresAtMs: number;
}>;

/** What is known of the restaurant's events: their head, `none` before the first one, `unknown` while it cannot be read. */
export type HeadFound = StreamHead | 'none' | 'unknown';

/** As `auth_success`, `pong` and `replayed` say it. */
export const headOf = (head: HeadFound, type: ConnectionType) => {
  if (head === 'unknown') return { epoch: null, head_seq: null };
  if (head === 'none') return { epoch: null, head_seq: 0 };
  return { epoch: head.epoch, head_seq: head.headSeqOf[type] ?? 0 };
};

/** How long events are kept, and so how long a publication is known again by its id; and after how much silence to ping. */
export type StageTimes = Readonly<{ retentionMs: number; pingIntervalMs: number }>;

/**
 * The answer to an accepted `authenticate` and to a renewal: the verified ids, never an echo of the claimed ones. Without a re-entry pass where none can be made.
 */
export const authSuccess = (
  client: AuthenticatedClient,
  head: HeadFound,
  { retentionMs, pingIntervalMs }: StageTimes,
  nowMs: number,
  reentryPass?: string,
): Frame =>
  frame({
    type: 'auth_success',
    user_id: client.userId,
    issuer: client.issuer,
    restaurant_id: client.restaurantId,
    connection_id: client.connectionId,
    connection_type: client.connectionType,
    role: client.role,
    session_expires_at: iso(client.sessionExpiresAtMs),
    ...headOf(head, client.connectionType),
    protocol: protocolVersion,
    retention_ms: retentionMs,
    ping_interval_ms: pingIntervalMs,
    ...(reentryPass === undefined ? {} : { reentry_pass: reentryPass }),
    timestamp: iso(nowMs),
  });

const advice = (reason: string, { code, error, reconnect, reauthenticate, retryAfterMs }: Advice) => ({
  error,
  code,
  reason,
  reconnect,
  reauthenticate,
  retry_after_ms: retryAfterMs,
});

/** The last message of a connection that was refused. Two refusals of one reason differ in `timestamp` and `retry_after_ms` alone. */
export const authError = (reason: RefusalReason, nowMs: number, retryAfterMs?: number): Frame => {
  const { error } = refusals[reason];
  const advised = retryAfterMs === undefined ? refusals[reason] : { ...refusals[reason], retryAfterMs };
  // Shipped apps read `data.error`.
  return frame({ type: 'auth_error', ...advice(reason, advised), data: { error }, timestamp: iso(nowMs) });
};

/** What the last message of a session is called: apps from before this protocol know no `closing`. */
export type LastMessageType = 'closing' | 'auth_error';

/** The last message of a session. */
export const closing = (reason: ClosingReason, nowMs: number, type: LastMessageType = 'closing'): Frame => {
  const advised = advice(reason, closings[reason]);
  if (type === 'closing') return frame({ type, ...advised, timestamp: iso(nowMs) });
  return frame({ type, ...advised, data: { error: advised.error }, timestamp: iso(nowMs) });
};

export const pong = (
  { sessionExpiresAtMs, connectionType }: Pick<AuthenticatedClient, 'sessionExpiresAtMs' | 'connectionType'>,
  head: HeadFound,
  nowMs: number,
): Frame =>
  frame({
    type: 'pong',
    session_expires_at: iso(sessionExpiresAtMs),
    ...headOf(head, connectionType),
    timestamp: iso(nowMs),
  });

/** A device's event is durably queued under `eventId`. `id` is the device's own, where it sent one. */
export const accepted = (eventId: string, nowMs: number, id?: string): Frame =>
  frame({ type: 'accepted', ...(id === undefined ? {} : { id }), event_id: eventId, timestamp: iso(nowMs) });

/** One message could not be served; the session stays. `id` is the client's own, when it sent a usable one; `field` is to blame. */
export const errorReply = (reason: ErrorReason, nowMs: number, id?: string, field?: string): Frame =>
  frame({
    type: 'error',
    ...(id === undefined ? {} : { id }),
    error: errors[reason].error,
    reason,
    ...(field === undefined ? {} : { field }),
    timestamp: iso(nowMs),
  });
