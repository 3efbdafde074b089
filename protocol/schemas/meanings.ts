/** What each reason means, in one sentence for whoever reads the document; what to do is in its advice. */
import type { ClosingReason, ErrorReason, RefusalReason } from '../reasons.ts';

export const refusalMeanings: Readonly<Record<RefusalReason, string>> = {
  token_invalid: 'There was no token, or it is not one that this gateway trusts. A fresh one refused like this: stop.',
  token_expired: 'The token is genuine, but its time is over or has not begun.',
  access_denied: 'The user is known and may not enter as this. Tell the user to ask the manager of the restaurant.',
  expected_authentication: 'Something other than `authenticate` came first.',
  malformed_message:
    'No JSON object, too large, without a restaurant, or a field of the wrong type: a bug of the client.',
  auth_timeout: 'Nothing valid came in time.',
  rate_limited:
    'Too many forged tokens or broken messages came from this address. The wait grows with each further one.',
  unavailable: 'The fault of the gateway. Reconnect with the same token.',
};

export const closingMeanings: Readonly<Record<ClosingReason, string>> = {
  session_expired: 'The client sent something after `session_expires_at`.',
  revoked: 'The membership has ended or was revoked, or somebody ended the session.',
  access_denied: 'A renewal named another user, restaurant or connection type, or the user may no longer enter.',
  token_invalid: 'The token of a renewal is not one that this gateway trusts.',
  token_expired: 'The token of a renewal is genuine, but its time is over or has not begun.',
  rate_limited: 'The client went on sending although it was answered `rate_limited`.',
  going_away: 'Reserved, not sent yet: the connection is handed over before its 2 hours are up.',
  unavailable: 'The gateway no longer knows this connection.',
};

export const errorMeanings: Readonly<Record<ErrorReason, string>> = {
  unknown_type: 'The gateway knows no such message.',
  malformed_message: 'No JSON object, too large, or a field of the wrong type.',
  forbidden: 'This connection type may not publish this event, or the message names another restaurant.',
  rate_limited: 'This message was not served. Wait, then send slower: who goes on is closed.',
  unavailable: 'The fault of the gateway: try the same later.',
};
