/** What a token must be beyond its signature. Pure: header and key rules before the signature, claim rules after it. */
import type { Issuer } from '../../config-schema/issuer.ts';
import { isZero } from '../../protocol/identifiers.ts';
import type { Detail } from '../security/catalogue.ts';
import type { Identity, TokenRefusal } from './identity.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** These either change how a token is read (`crit`, `b64`, `zip`) or bring a key of the sender's own. */
const forbiddenHeaders = ['crit', 'b64', 'zip', 'jku', 'x5u', 'x5c', 'jwk'];
const maxKidChars = 256;
const skewSeconds = 60;
/** The largest time `Date` can hold, in seconds (ECMAScript, section 21.4.1.1). */
const maxEpochSeconds = 8.64e12;

/**
 * What access tokens call themselves (RFC 9068, section 2.1; RFC 7519, section 5.1). Many issuers, Cognito among them, say
 * nothing. Other kinds that the same key signs for the same audience, such as logout tokens, say so and are no access tokens.
 */
const accessTokenTypes = ['jwt', 'at+jwt', 'application/at+jwt'];

/** A token without a signature says so (RFC 7519, section 6.1). None of ours does, so that it is a forgery, whoever's it claims to be. */
export const isUnsigned = (header: JsonObject): boolean =>
  typeof header['alg'] === 'string' && header['alg'].toLowerCase() === 'none';

/** The reason a header is unfit for this issuer, or undefined. */
export const headerProblem = (header: JsonObject, issuer: Issuer): Detail | undefined => {
  if (forbiddenHeaders.some((name) => Object.hasOwn(header, name))) return 'header_forbidden';
  if (!(issuer.algorithms as readonly unknown[]).includes(header['alg'])) return 'algorithm_refused';
  const { kid, typ } = header;
  if (typ !== undefined && !(typeof typ === 'string' && accessTokenTypes.includes(typ.toLowerCase())))
    return 'token_use_wrong';
  if (typeof kid !== 'string' || kid === '' || kid.length > maxKidChars) return 'key_unknown';
  return undefined;
};

const keyTypeOfAlgorithm: Readonly<Record<string, { kty: string; crv?: string }>> = {
  RS256: { kty: 'RSA' },
  RS384: { kty: 'RSA' },
  RS512: { kty: 'RSA' },
  ES256: { kty: 'EC', crv: 'P-256' },
  ES384: { kty: 'EC', crv: 'P-384' },
  ES512: { kty: 'EC', crv: 'P-521' },
  EdDSA: { kty: 'OKP', crv: 'Ed25519' },
};
const minRsaModulusBits = 2048;

/** The reason a published key may not check a signature of this algorithm, or undefined. */
export const keyProblem = (jwk: JsonObject, algorithm: string): Detail | undefined => {
  const wanted = keyTypeOfAlgorithm[algorithm];
  const fits =
    wanted !== undefined &&
    jwk['kty'] === wanted.kty &&
    (wanted.crv === undefined || jwk['crv'] === wanted.crv) &&
    (jwk['alg'] === undefined || jwk['alg'] === algorithm) &&
    (jwk['use'] === undefined || jwk['use'] === 'sig') &&
    (jwk['key_ops'] === undefined || (Array.isArray(jwk['key_ops']) && jwk['key_ops'].includes('verify'))) &&
    (wanted.kty !== 'RSA' || modulusBits(jwk['n']) >= minRsaModulusBits);
  return fits ? undefined : 'key_unfit';
};

/** Judges the claims of a token whose signature is genuine. Only then can a token be `token_expired`. */
export const judgeClaims = (payload: JsonObject, issuer: Issuer, nowMs: number): Identity | TokenRefusal => {
  const audience = payload[issuer.audienceClaim];
  const audiences = Array.isArray(audience) ? audience : [audience];
  if (!audiences.some((one) => (issuer.audience as readonly unknown[]).includes(one))) return invalid('audience_wrong');
  if (issuer.tokenUse !== undefined && payload['token_use'] !== issuer.tokenUse) return invalid('token_use_wrong');

  const { exp, iat, nbf } = payload;
  if (!isEpochSeconds(exp)) return invalid('expiry_missing');
  if (!isEpochSeconds(iat)) return invalid('issued_at_missing');
  if (nbf !== undefined && !isEpochSeconds(nbf)) return invalid('not_yet_valid');
  const nowSeconds = nowMs / 1000;
  if (exp > nowSeconds + issuer.maxTokenLifetimeSeconds) return invalid('expiry_too_far');
  if (exp <= nowSeconds) return { reason: 'token_expired', detail: 'expired' };
  if (iat > nowSeconds + skewSeconds) return { reason: 'token_expired', detail: 'issued_in_future' };
  if (nbf !== undefined && nbf > nowSeconds + skewSeconds) return { reason: 'token_expired', detail: 'not_yet_valid' };

  const userId = payload[issuer.userIdClaim];
  if (typeof userId !== 'string' || !printableAscii.test(userId) || isZero(userId))
    return invalid('user_claim_unusable');
  return { issuer: issuer.alias, userId, expiresAtMs: Math.floor(exp * 1000), issuedAtMs: Math.floor(iat * 1000) };
};

const printableAscii = /^[\x21-\x7e]{1,128}$/;
const invalid = (detail: Detail): TokenRefusal => ({ reason: 'token_invalid', detail });
const isEpochSeconds = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= maxEpochSeconds;

// The modulus is an unsigned big-endian number in base64url (RFC 7518, section 6.3.1.1).
const modulusBits = (n: unknown): number => {
  if (typeof n !== 'string') return 0;
  const bytes = Buffer.from(n, 'base64url');
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : (bytes.length - first) * 8 - Math.clz32(bytes[first] ?? 0) + 24;
};
