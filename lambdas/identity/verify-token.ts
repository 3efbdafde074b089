import { decomposeUnverifiedJwt } from 'aws-jwt-verify/jwt';
import { verifyJwtSync } from 'aws-jwt-verify/jwt-verifier';
import type { Issuer } from '../../config-schema/issuer.ts';
import { claimedMemberships } from '../access/claimed-memberships.ts';
import type { Detail } from '../security/catalogue.ts';
import { isRefusal, type TokenRefusal, type VerifyToken } from './identity.ts';
import type { FindKey, KeyFound } from './signing-keys.ts';
import { headerProblem, isUnsigned, judgeClaims } from './token-rules.ts';

export type VerificationPorts = Readonly<{ findKey: FindKey; now: () => number }>;

/**
 * Verifies a token against the configured issuers: the header's rules, then the signature, then the claims. The library
 * checks signature, key and issuer; its clock is switched off (`graceSeconds`), because the claim rules here are
 * stricter and it throws `RangeError` on some hostile times. None of its error texts is kept: they quote the token.
 */
export const verifyToken =
  ({ findKey, now }: VerificationPorts, issuers: readonly Issuer[]): VerifyToken =>
  async (unverifiedToken) => {
    if (unverifiedToken === undefined || unverifiedToken === '') return invalid('token_missing');
    if (isUnsigned(headerOf(unverifiedToken))) return { reason: 'token_invalid', detail: 'signature_bad' };
    const unverified = decompose(unverifiedToken);
    if (unverified === undefined) return invalid('token_malformed');
    const issuer = issuers.find((one) => one.issuer === unverified.payload['iss']);
    if (issuer === undefined) return invalid('issuer_unknown');
    const { header } = unverified;
    const problem = headerProblem(header, issuer);
    if (problem !== undefined) return invalid(problem);
    const { kid } = header;
    const iat = unverified.payload['iat'];
    const found = await findKey(issuer, {
      keyId: typeof kid === 'string' ? kid : undefined,
      algorithm: String(header['alg']),
      issuedAtMs: typeof iat === 'number' ? iat * 1_000 : undefined,
    });
    if ('missing' in found) return refusalOf(found);
    try {
      const payload = verifyJwtSync(unverifiedToken, found.jwk, {
        issuer: issuer.issuer,
        audience: null,
        graceSeconds: Number.POSITIVE_INFINITY,
      });
      const judged = judgeClaims(payload, issuer, now());
      const { membershipClaim } = issuer;
      if (isRefusal(judged) || membershipClaim === undefined) return judged;
      return { ...judged, claimedMemberships: claimedMemberships(payload, membershipClaim) };
    } catch {
      return invalid('signature_bad');
    }
  };

const refusalOf = (found: Extract<KeyFound, { missing: string }>): TokenRefusal => {
  switch (found.missing) {
    case 'unknown':
      return invalid('key_unknown');
    case 'unfit':
      return invalid('key_unfit');
    case 'not_fetched_yet':
      return { reason: 'unavailable', detail: 'key_not_fetched_yet', retryAfterMs: found.retryAfterMs };
    case 'unreachable':
      return { reason: 'unavailable', detail: 'keys_unreachable', retryAfterMs: found.retryAfterMs };
  }
};

type Json = Readonly<Record<string, unknown>>;

const decompose = (unverifiedToken: string): { header: Json; payload: Json } | undefined => {
  try {
    return decomposeUnverifiedJwt(unverifiedToken);
  } catch {
    return undefined;
  }
};

/** The header, also of what the library takes for no token, such as one whose signature is empty. */
const headerOf = (unverifiedToken: string): Json => {
  try {
    const header: unknown = JSON.parse(Buffer.from(unverifiedToken.split('.', 1)[0] ?? '', 'base64url').toString());
    return typeof header === 'object' && header !== null ? { ...header } : {};
  } catch {
    return {};
  }
};

const invalid = (detail: Detail): TokenRefusal => ({ reason: 'token_invalid', detail });
