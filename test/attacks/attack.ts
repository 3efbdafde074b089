/** An attack on the gateway by a token: what it is, what the verifier must say, and how often it may ask for keys. */
import type { Identity, TokenRefusal } from '../../lambdas/identity/identity.ts';
import type { Detail } from '../../lambdas/security/catalogue.ts';
import {
  base64url,
  expired,
  goodClaims,
  goodIdentity,
  invalid,
  type SigningKey,
  signingKey,
} from '../identity/tokens.ts';

export type Attack = Readonly<{ why: string; token: string; verdict: Identity | TokenRefusal; asks: 0 | 1 }>;

/** Whose keys are at hand: those the issuer publishes, another issuer's and the attacker's own under the same ids, and where the attacker waits. */
export type Party = Readonly<{
  rsa: SigningKey;
  ec: SigningKey;
  ed: SigningKey;
  other: SigningKey;
  attacker: SigningKey;
  attackerRsa: SigningKey;
  trap: string;
}>;

export const party = async (trap: string): Promise<Party> => ({
  rsa: await signingKey('RS256', 'rsa'),
  ec: await signingKey('ES256', 'ec'),
  ed: await signingKey('EdDSA', 'ed'),
  other: await signingKey('EdDSA', 'ed'),
  attacker: await signingKey('EdDSA', 'ed'),
  attackerRsa: await signingKey('RS256', 'rsa'),
  trap,
});

/** The same key published without saying what it is for: only its type stands between it and another algorithm. */
export const bare = ({ jwk: { alg: _, use: __, ...jwk } }: SigningKey, kid: string) => ({ ...jwk, kid });

export const refused = (why: string, token: string, detail: Detail, asks: 0 | 1 = 1): Attack => ({
  why,
  token,
  verdict: invalid(detail),
  asks,
});
/** Refused before any key is asked for. */
export const refusedUnasked = (why: string, token: string, detail: Detail): Attack => refused(why, token, detail, 0);
export const outOfTime = (why: string, token: string, detail: Detail): Attack => ({
  why,
  token,
  verdict: expired(detail),
  asks: 1,
});
/** Not an attack after all: what it changes is nothing that anybody reads. */
export const harmless = (why: string, token: string, verdict: Identity = goodIdentity): Attack => ({
  why,
  token,
  verdict,
  asks: 1,
});

export const goodPayload = JSON.stringify(goodClaims);
export const encoded = (header: unknown, payload = goodPayload): string =>
  `${base64url(JSON.stringify(header))}.${base64url(payload)}`;
