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

/** A message as it goes onto the wire. */
export type Frame = string & { readonly frame: unique symbol };

const frame = (message: { type: string } & Record<string, unknown>): Frame => JSON.stringify(message) as Frame;
const iso = (epochMs: number): string => new Date(epochMs).toISOString();

export type SeatedClient = Readonly<{
  connectionId: string;
  userId: string;
  restaurantId: string;
  connectionType: ConnectionType;
  role: string;
  sessionExpiresAtMs: number;
}>;

/** The answer to an accepted `authenticate` and to a renewal: the verified ids, never an echo of the claimed ones. */
export const authSuccess = (client: SeatedClient, nowMs: number): Frame =>
  frame({
    type: 'auth_success',
    user_id: client.userId,
    restaurant_id: client.restaurantId,
    connection_id: client.connectionId,
    connection_type: client.connectionType,
    role: client.role,
    session_expires_at: iso(client.sessionExpiresAtMs),
    protocol: protocolVersion,
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

/** The last message of a session. */
export const closing = (reason: ClosingReason, nowMs: number): Frame =>
  frame({ type: 'closing', ...advice(reason, closings[reason]), timestamp: iso(nowMs) });

export const pong = (sessionExpiresAtMs: number, nowMs: number): Frame =>
  frame({ type: 'pong', session_expires_at: iso(sessionExpiresAtMs), timestamp: iso(nowMs) });

/** One message could not be served; the session stays. `id` is the client's own, when it sent a usable one. */
export const errorReply = (reason: ErrorReason, nowMs: number, id?: string): Frame =>
  frame({ type: 'error', ...(id === undefined ? {} : { id }), error: errors[reason], reason, timestamp: iso(nowMs) });
