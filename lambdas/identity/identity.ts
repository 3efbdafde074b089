import type { Detail } from '../security/catalogue.ts';

/** A verified user. `issuer` is the configured alias: users of two issuers never collide. Times are epoch milliseconds. */
export type Identity = Readonly<{ issuer: string; userId: string; expiresAtMs: number; issuedAtMs: number }>;

export type TokenRefusal = Readonly<{
  reason: 'token_invalid' | 'token_expired' | 'unavailable';
  detail: Detail;
}>;

/** Judges an unverified token. Never throws: whatever goes wrong is a refusal. */
export type VerifyToken = (unverifiedToken: string | undefined) => Promise<Identity | TokenRefusal>;

export const isRefusal = (outcome: Identity | TokenRefusal): outcome is TokenRefusal => 'reason' in outcome;
