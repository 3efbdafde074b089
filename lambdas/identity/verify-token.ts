import type { Jwk } from 'aws-jwt-verify/jwk';
import { decomposeUnverifiedJwt } from 'aws-jwt-verify/jwt';
import { supportedSignatureAlgorithms, verifyJwtSync } from 'aws-jwt-verify/jwt-verifier';
import type { Issuer } from '../../config-schema/issuer.ts';
import { claimedMemberships, type Roles } from '../access/claimed-memberships.ts';
import type { Detail } from '../security/catalogue.ts';
import { isSignedBy } from './algorithms.ts';
import { isRefusal, type TokenRefusal, type VerifyToken } from './identity.ts';
import type { FindKey, KeyFound } from './signing-keys.ts';
import { headerProblem, isUnsigned, judgeClaims } from './token-rules.ts';
import { headerOf, readToken, type UnverifiedToken } from './unverified-token.ts';

export type VerificationPorts = Readonly<{ findKey: FindKey; domain: Roles; now: () => number }>;

/**
 * Verifies a token against the configured issuers: the header's rules, then the signature, then the claims. Only claims that
 * somebody uses are judged. None of the library's error texts is kept: they quote the token.
 */
export const verifyToken =
  ({ findKey, domain, now }: VerificationPorts, issuers: readonly Issuer[]): VerifyToken =>
  async (unverifiedToken) => {
    if (unverifiedToken === undefined || unverifiedToken === '') return invalid('token_missing');
    if (isUnsigned(headerOf(unverifiedToken))) return { reason: 'token_invalid', detail: 'signature_bad' };
    const unverified = readToken(unverifiedToken);
    if (unverified === undefined) return invalid('token_malformed');
    const issuer = issuers.find((one) => one.issuer === unverified.payload['iss']);
    if (issuer === undefined) return invalid('issuer_unknown');
    const { header } = unverified;
    const problem = headerProblem(header, issuer);
    if (problem !== undefined) return invalid(problem);
    const { kid } = header;
    const iat = unverified.payload['iat'];
    const algorithm = String(header['alg']);
    const found = await findKey(issuer, {
      keyId: typeof kid === 'string' ? kid : undefined,
      algorithm,
      issuedAtMs: typeof iat === 'number' ? iat * 1_000 : undefined,
    });
    if ('missing' in found) return refusalOf(found);
    if (!isGenuine(unverifiedToken, unverified, { jwk: found.jwk, algorithm, issuer: issuer.issuer }))
      return invalid('signature_bad');
    const judged = judgeClaims(unverified, issuer, now());
    const { membershipClaim } = issuer;
    if (isRefusal(judged) || membershipClaim === undefined) return judged;
    return { ...judged, claimedMemberships: claimedMemberships(domain, unverified.payload, membershipClaim) };
  };

type Signer = Readonly<{ jwk: Jwk; algorithm: string; issuer: string }>;

/**
 * Whether the key made the signature. The library checks it wherever it can. It has no PS256 and no `Ed25519`, and refuses a token for
 * claims that nobody here uses, such as a list of scopes or a number as `jti`: of those the signature is checked here.
 */
const isGenuine = (text: string, unverified: UnverifiedToken, { jwk, algorithm, issuer }: Signer): boolean => {
  try {
    if (!isTheLibrarys(text, algorithm)) return isSignedBy(jwk, { ...unverified, algorithm });
    // Its clock is switched off: the claim rules here are stricter, and it throws `RangeError` on some hostile times. The key was
    // found to fit the algorithm, which it may know by another name.
    const options = { issuer, audience: null, graceSeconds: Number.POSITIVE_INFINITY };
    verifyJwtSync(text, { ...jwk, alg: algorithm }, options);
    return true;
  } catch {
    return false;
  }
};

const isTheLibrarys = (text: string, algorithm: string): boolean => {
  if (!supportedSignatureAlgorithms.some((one) => one === algorithm)) return false;
  try {
    decomposeUnverifiedJwt(text);
    return true;
  } catch {
    return false;
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

const invalid = (detail: Detail): TokenRefusal => ({ reason: 'token_invalid', detail });
