/**
 * Why the gateway refuses or closes, and what the client should do about it. `reconnect`: another try can succeed at
 * all. `reauthenticate`: it needs a new token first. The close code of the socket carries none of this, because API
 * Gateway closes every connection alike.
 */
export type Advice = Readonly<{
  code: 4001 | 4003 | 4029 | 4500;
  error: string;
  reconnect: boolean;
  reauthenticate: boolean;
  retryAfterMs: number | null;
}>;

const authenticationFailed = { code: 4003, error: 'Authentication failed' } as const;
const expectedAuthentication = { code: 4003, error: 'Expected authentication message' } as const;
const tryAgain = { reconnect: true, reauthenticate: false, retryAfterMs: null } as const;
const getNewToken = { reconnect: true, reauthenticate: true, retryAfterMs: null } as const;
const giveUp = { reconnect: false, reauthenticate: false, retryAfterMs: null } as const;

/** Answers to an attempt, in `auth_error`. */
export const refusals = {
  token_invalid: { ...authenticationFailed, ...getNewToken },
  token_expired: { ...authenticationFailed, ...getNewToken },
  access_denied: { ...authenticationFailed, ...giveUp },
  expected_authentication: { ...expectedAuthentication, ...tryAgain },
  malformed_message: { ...expectedAuthentication, ...giveUp },
  auth_timeout: { code: 4003, error: 'Authentication timeout', ...tryAgain },
  rate_limited: { code: 4029, error: 'Too many attempts', ...tryAgain, retryAfterMs: 10_000 },
  unavailable: { code: 4500, error: 'Authentication error', ...tryAgain, retryAfterMs: 5_000 },
} as const satisfies Record<string, Advice>;

export type RefusalReason = keyof typeof refusals;

/** Ends of a session, in `closing`. */
export const closings = {
  session_expired: { code: 4003, error: 'Session expired', ...getNewToken },
  revoked: { code: 4003, error: 'Access revoked', ...giveUp },
  access_denied: refusals.access_denied,
  token_invalid: refusals.token_invalid,
  token_expired: refusals.token_expired,
  rate_limited: { code: 4029, error: 'Too many messages', ...tryAgain, retryAfterMs: 10_000 },
  going_away: { code: 4001, error: 'Going away', ...tryAgain },
  unavailable: { code: 4500, error: 'Temporarily unavailable', ...tryAgain, retryAfterMs: 5_000 },
} as const satisfies Record<string, Advice>;

export type ClosingReason = keyof typeof closings;

/** Answers to one message of a session that stays open, in `error`. */
export const errors = {
  unknown_type: 'Unknown message type',
  malformed_message: 'Malformed message',
  forbidden: 'Not allowed',
  rate_limited: 'Too many messages',
  unavailable: 'Temporarily unavailable',
} as const;

export type ErrorReason = keyof typeof errors;
