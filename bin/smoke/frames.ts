/** What the wire may carry, written down from `PROTOCOL.md` by hand: the gateway's own constants are not asked, and a test holds the reasons to the document. */
import { isDeepStrictEqual } from 'node:util';
import { withoutPasses } from '../../protocol/reentry-pass.ts';

/** A field of an expected frame that is not known beforehand. */
type Check = (value: unknown) => boolean;

/** A frame field by field, no more and no fewer; a function is a check of its field. */
export type ExpectedFrame = Readonly<Record<string, unknown>>;

export const aText: Check = (value) => typeof value === 'string' && value !== '';
export const aTime: Check = (value) =>
  typeof value === 'string' &&
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) &&
  !Number.isNaN(Date.parse(value));
/** Null before a restaurant's first event. */
/** Sixty characters that a subprotocol may have in its name. */
const aPass: Check = (value) => typeof value === 'string' && /^[\w-]{60}$/.test(value);
const anEpoch: Check = (value) => value === null || aText(value);
export const aNumber: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const aDelay: Check = (value) => Number.isInteger(value) && Number(value) > 0;

type Advice = readonly [
  error: string,
  code: number,
  reconnect: boolean,
  reauthenticate: boolean,
  retryAfterMs: unknown,
];

export const refusals = {
  token_invalid: ['Authentication failed', 4003, true, true, null],
  token_expired: ['Authentication failed', 4003, true, true, null],
  access_denied: ['Authentication failed', 4003, false, false, null],
  expected_authentication: ['Expected authentication message', 4003, true, false, null],
  malformed_message: ['Expected authentication message', 4003, false, false, null],
  auth_timeout: ['Authentication timeout', 4003, true, false, null],
  rate_limited: ['Too many attempts', 4029, true, false, aDelay],
  unavailable: ['Authentication error', 4500, true, false, aDelay],
} as const satisfies Record<string, Advice>;

export const closings = {
  session_expired: ['Session expired', 4003, true, true, null],
  revoked: ['Access revoked', 4003, false, false, null],
  access_denied: refusals.access_denied,
  token_invalid: refusals.token_invalid,
  token_expired: refusals.token_expired,
  rate_limited: ['Too many messages', 4029, true, false, aDelay],
  too_many_sessions: ['Too many sessions', 4029, true, false, aDelay],
  going_away: ['Going away', 4001, true, false, null],
  unavailable: ['Temporarily unavailable', 4500, true, false, aDelay],
} as const satisfies Record<string, Advice>;

export const errors = {
  unknown_type: 'Unknown message type',
  malformed_message: 'Malformed message',
  forbidden: 'Not allowed',
  rate_limited: 'Too many messages',
  unavailable: 'Temporarily unavailable',
} as const;

export type RefusalReason = keyof typeof refusals;
export type ClosingReason = keyof typeof closings;

const advice = (reason: string, [error, code, reconnect, reauthenticate, retryAfterMs]: Advice): ExpectedFrame => ({
  reason,
  error,
  code,
  reconnect,
  reauthenticate,
  retry_after_ms: retryAfterMs,
  timestamp: aTime,
});

/** The last message of an attempt. */
export const authError = (reason: RefusalReason): ExpectedFrame => ({
  type: 'auth_error',
  ...advice(reason, refusals[reason]),
  data: { error: refusals[reason][0] },
});

/** The last message of a session. */
export const closing = (reason: ClosingReason): ExpectedFrame => ({
  type: 'closing',
  ...advice(reason, closings[reason]),
});

export const authSuccess = (admitted: Readonly<{ restaurantId: string; connectionType: string }>): ExpectedFrame => ({
  type: 'auth_success',
  user_id: aText,
  issuer: aText,
  restaurant_id: admitted.restaurantId,
  connection_id: aText,
  connection_type: admitted.connectionType,
  role: aText,
  session_expires_at: aTime,
  epoch: anEpoch,
  head_seq: aNumber,
  protocol: 1,
  retention_ms: aNumber,
  ping_interval_ms: aNumber,
  reentry_pass: aPass,
  timestamp: aTime,
});

export const pong: ExpectedFrame = {
  type: 'pong',
  session_expires_at: aTime,
  epoch: anEpoch,
  head_seq: aNumber,
  timestamp: aTime,
};

/** The answer to a published event. */
export const accepted = (id: string): ExpectedFrame => ({ type: 'accepted', id, event_id: aText, timestamp: aTime });

export const errorReply = (reason: keyof typeof errors, id?: string, field?: string): ExpectedFrame => ({
  type: 'error',
  ...(id === undefined ? {} : { id }),
  error: errors[reason],
  reason,
  ...(field === undefined ? {} : { field }),
  timestamp: aTime,
});

/** What is wrong with a frame that came, in one sentence; undefined when it is the expected one. */
export const differenceFrom = (expected: ExpectedFrame, frame: string): string | undefined => {
  const came = parsed(frame);
  const names = [...new Set([...Object.keys(expected), ...Object.keys(came ?? {})])];
  const wrong = names.filter((name) => {
    if (came === undefined || Object.hasOwn(expected, name) !== Object.hasOwn(came, name)) return true;
    const wanted = expected[name];
    return typeof wanted === 'function' ? !wanted(came[name]) : !isDeepStrictEqual(came[name], wanted);
  });
  return wrong.length === 0
    ? undefined
    : `${named(expected)} was awaited, ${withoutPasses(frame)} came (see ${wrong.join(', ')})`;
};

const parsed = (frame: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(frame);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
};

const named = ({ type, reason }: ExpectedFrame): string => (reason === undefined ? `${type}` : `${type} ${reason}`);
