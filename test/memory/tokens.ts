import type { Identity, TokenRefusal, VerifyToken } from '../../lambdas/identity/identity.ts';
import type { Perform } from './port-call.ts';

/** Tokens by their text, and what a verification yields. */
export type TokenTable = Map<string, Identity | TokenRefusal>;

/** Judges by the table; an identity whose time is over is refused as expired, like a genuine token. */
export const memoryTokens =
  (table: TokenTable, perform: Perform, now: () => number): VerifyToken =>
  (unverifiedToken) =>
    perform('verifyToken', () => {
      if (unverifiedToken === undefined) return { reason: 'token_invalid', detail: 'token_missing' };
      const known = table.get(unverifiedToken);
      if (known === undefined) return { reason: 'token_invalid', detail: 'signature_bad' };
      if ('expiresAtMs' in known && known.expiresAtMs <= now()) return { reason: 'token_expired', detail: 'expired' };
      return known;
    });
