/**
 * Why the gateway refuses or closes, and what the client should do about it: one entry for each reason. The close code of
 * the socket carries none of this, because API Gateway closes every connection alike.
 */
export type Advice = Readonly<{
  code: 4001 | 4003 | 4029 | 4500;
  error: string;
  /** Another try can succeed at all. */
  reconnect: boolean;
  /** It needs a new token first. */
  reauthenticate: boolean;
  retryAfterMs: number | null;
}>;

/** What a reason means, in one sentence for whoever reads the document; what to do is in its advice. Never sent. */
type Explained = Readonly<{ meaning: string }>;

const authenticationFailed = { code: 4003, error: 'Authentication failed' } as const;
const expectedAuthentication = { code: 4003, error: 'Expected authentication message' } as const;
const tryAgain = { reconnect: true, reauthenticate: false, retryAfterMs: null } as const;
const getNewToken = { reconnect: true, reauthenticate: true, retryAfterMs: null } as const;
const giveUp = { reconnect: false, reauthenticate: false, retryAfterMs: null } as const;

/** Answers to an attempt, in `auth_error`. */
export const refusals = {
  token_invalid: {
    ...authenticationFailed,
    ...getNewToken,
    meaning: 'There was no token, or it is not one that this gateway trusts. A fresh one refused like this: stop.',
  },
  token_expired: {
    ...authenticationFailed,
    ...getNewToken,
    meaning: 'The token is genuine, but its time is over or has not begun.',
  },
  access_denied: {
    ...authenticationFailed,
    ...giveUp,
    meaning: 'The user is known and may not enter as this. Tell the user to ask the manager of the restaurant.',
  },
  expected_authentication: {
    ...expectedAuthentication,
    ...tryAgain,
    meaning: 'Something other than `authenticate` came first.',
  },
  malformed_message: {
    ...expectedAuthentication,
    ...giveUp,
    meaning: 'No JSON object, too large, without a restaurant, or a field of the wrong type: a bug of the client.',
  },
  auth_timeout: {
    code: 4003,
    error: 'Authentication timeout',
    ...tryAgain,
    meaning: 'Nothing valid came in time.',
  },
  rate_limited: {
    code: 4029,
    error: 'Too many attempts',
    ...tryAgain,
    retryAfterMs: 10_000,
    meaning: 'Too many forged tokens or broken messages came from this address. The wait grows with each further one.',
  },
  unavailable: {
    code: 4500,
    error: 'Authentication error',
    ...tryAgain,
    retryAfterMs: 5_000,
    meaning: 'The fault of the gateway. Reconnect with the same token.',
  },
} as const satisfies Record<string, Advice & Explained>;

export type RefusalReason = keyof typeof refusals;

/** Ends of a session, in `closing`. */
export const closings = {
  session_expired: {
    code: 4003,
    error: 'Session expired',
    ...getNewToken,
    meaning: 'The client sent something after `session_expires_at`.',
  },
  revoked: {
    code: 4003,
    error: 'Access revoked',
    ...giveUp,
    meaning: 'The membership has ended, was revoked or is suspended, or somebody ended the session.',
  },
  access_denied: {
    ...authenticationFailed,
    ...giveUp,
    meaning: 'A renewal named another user, restaurant or connection type, or the user may no longer enter.',
  },
  token_invalid: {
    ...authenticationFailed,
    ...getNewToken,
    meaning: 'The token of a renewal is not one that this gateway trusts.',
  },
  token_expired: {
    ...authenticationFailed,
    ...getNewToken,
    meaning: 'The token of a renewal is genuine, but its time is over or has not begun.',
  },
  rate_limited: {
    code: 4029,
    error: 'Too many messages',
    ...tryAgain,
    retryAfterMs: 10_000,
    meaning: 'The client went on sending although it was answered `rate_limited`.',
  },
  too_many_sessions: {
    code: 4029,
    error: 'Too many sessions',
    ...tryAgain,
    retryAfterMs: 60_000,
    meaning: 'The user or the restaurant has more sessions than the gateway allows at once.',
  },
  going_away: {
    code: 4001,
    error: 'Going away',
    ...tryAgain,
    meaning: 'The stage was configured anew, and this function does not know the connection type or role: come again.',
  },
  unavailable: {
    code: 4500,
    error: 'Temporarily unavailable',
    ...tryAgain,
    retryAfterMs: 5_000,
    meaning: 'The gateway no longer knows this connection.',
  },
} as const satisfies Record<string, Advice & Explained>;

export type ClosingReason = keyof typeof closings;

/** Answers to one message of a session that stays open, in `error`. */
export const errors = {
  unknown_type: { error: 'Unknown message type', meaning: 'The gateway knows no such message.' },
  malformed_message: {
    error: 'Malformed message',
    meaning: 'No JSON object, too large, or a field of the wrong type.',
  },
  forbidden: {
    error: 'Not allowed',
    meaning:
      'This connection type may not publish this event or not ask who is there, or the message names another restaurant.',
  },
  rate_limited: {
    error: 'Too many messages',
    meaning: 'This message was not served. Wait, then send slower: who goes on is closed.',
  },
  unavailable: { error: 'Temporarily unavailable', meaning: 'The fault of the gateway: try the same later.' },
} as const satisfies Record<string, Pick<Advice, 'error'> & Explained>;

export type ErrorReason = keyof typeof errors;
