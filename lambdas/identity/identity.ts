import type { ClaimedMemberships } from '../access/claimed-memberships.ts';
import type { Detail } from '../security/catalogue.ts';

/**
 * A verified user. `issuer` is the configured alias: users of two issuers never collide. Times are epoch milliseconds.
 * `loggedInAtMs`: when the user logged in, where the token tells; never later than the token was issued.
 */
export type Identity = Readonly<{
  issuer: string;
  userId: string;
  expiresAtMs: number;
  issuedAtMs: number;
  loggedInAtMs?: number;
  /** Where the token itself makes them a member, if its issuer may do that. */
  claimedMemberships?: ClaimedMemberships;
}>;

/** When somebody logged in, as a session keeps it. */
export const loginOf = ({ loggedInAtMs }: Identity): Readonly<{ loggedInAtMs?: number }> =>
  loggedInAtMs === undefined ? {} : { loggedInAtMs };

export type TokenRefusal = Readonly<{
  reason: 'token_invalid' | 'token_expired' | 'unavailable';
  detail: Detail;
  /** When it may be otherwise, where that is known. */
  retryAfterMs?: number;
}>;

/** Judges an unverified token. Never throws: whatever goes wrong is a refusal. */
export type VerifyToken = (unverifiedToken: string | undefined) => Promise<Identity | TokenRefusal>;

export const isRefusal = (outcome: Identity | TokenRefusal): outcome is TokenRefusal => 'reason' in outcome;
