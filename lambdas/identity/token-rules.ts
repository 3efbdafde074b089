/** What a token must be beyond its signature. Pure: header rules before the signature, claim rules after it. */
import type { Issuer } from '../../config-schema/issuer.ts';
import { isIssuedUserId } from '../../protocol/identifiers.ts';
import type { Detail } from '../security/catalogue.ts';
import { isSameAlgorithm } from './algorithms.ts';
import { isAudience, isClaimMissing } from './claim-rules.ts';
import type { Identity, TokenRefusal } from './identity.ts';
import { claimAsWritten, type JsonObject, type UnverifiedToken } from './unverified-token.ts';

/**
 * These either change how a token is read (`crit`, `b64`, `zip`) or bring a key of the sender's own. Nobody reads any of them, so that an
 * issuer that writes `jku` into every token may be configured to: its keys are where they were.
 */
const forbiddenHeaders = ['crit', 'b64', 'zip', 'jku', 'x5u', 'x5c', 'jwk'];
const maxKidChars = 256;
export const skewSeconds = 60;
/** The largest time `Date` can hold, in seconds (ECMAScript, section 21.4.1.1). */
const maxEpochSeconds = 8.64e12;

/**
 * What access tokens call themselves (RFC 9068, section 2.1; RFC 7519, section 5.1). Many issuers, Cognito among them, say
 * nothing. Other kinds that the same key signs for the same audience, such as logout tokens, say so and are no access tokens.
 */
const accessTokenTypes = ['jwt', 'application/jwt', 'at+jwt', 'application/at+jwt'];

/** A token without a signature says so (RFC 7519, section 6.1). None of ours does, so that it is a forgery, whoever's it claims to be. */
export const isUnsigned = (header: JsonObject): boolean =>
  typeof header['alg'] === 'string' && header['alg'].toLowerCase() === 'none';

/** The reason a header is unfit for this issuer, or undefined. */
export const headerProblem = (header: JsonObject, issuer: Issuer): Detail | undefined => {
  const ignored: readonly string[] = issuer.ignoredHeaders ?? [];
  if (forbiddenHeaders.some((name) => Object.hasOwn(header, name) && !ignored.includes(name)))
    return 'header_forbidden';
  if (!issuer.algorithms.some((one) => isSameAlgorithm(one, header['alg']))) return 'algorithm_refused';
  const { kid, typ } = header;
  if (typ !== undefined && !(typeof typ === 'string' && accessTokenTypes.includes(typ.toLowerCase())))
    return 'token_use_wrong';
  if (kid === undefined && issuer.keyIdOptional) return undefined;
  return typeof kid === 'string' && kid !== '' && kid.length <= maxKidChars ? undefined : 'key_unknown';
};

/** Judges the claims of a token whose signature is genuine. Only then can a token be `token_expired`. */
export const judgeClaims = (genuine: UnverifiedToken, issuer: Issuer, nowMs: number): Identity | TokenRefusal => {
  const { payload } = genuine;
  if (!isAudience(payload, issuer)) return invalid('audience_wrong');
  if (issuer.tokenUse !== undefined && payload['token_use'] !== issuer.tokenUse) return invalid('token_use_wrong');
  if (isClaimMissing(payload, issuer)) return invalid('claim_refused');

  const { exp, iat, nbf } = payload;
  if (!isEpochSeconds(exp)) return invalid('expiry_missing');
  if (!isEpochSeconds(iat)) return invalid('issued_at_missing');
  if (nbf !== undefined && !isEpochSeconds(nbf)) return invalid('not_yet_valid');
  const nowSeconds = nowMs / 1000;
  // An issuer whose clock is ahead gives all its times ahead, the end as well as the beginning.
  if (exp > nowSeconds + issuer.maxTokenLifetimeSeconds + skewSeconds) return invalid('expiry_too_far');
  if (exp <= nowSeconds) return { reason: 'token_expired', detail: 'expired' };
  if (iat > nowSeconds + skewSeconds) return { reason: 'token_expired', detail: 'issued_in_future' };
  if (nbf !== undefined && nbf > nowSeconds + skewSeconds) return { reason: 'token_expired', detail: 'not_yet_valid' };

  const userId = userIdIn(genuine, issuer);
  if (userId === undefined || !isIssuedUserId(userId)) return invalid('user_claim_unusable');
  const loggedInAt = loginSeconds(payload);
  return {
    issuer: issuer.alias,
    userId,
    expiresAtMs: Math.floor(exp * 1000),
    issuedAtMs: Math.floor(iat * 1000),
    // A login is no younger than its token, and has happened.
    ...(loggedInAt === undefined ? {} : { loggedInAtMs: Math.floor(Math.min(loggedInAt, iat, nowSeconds) * 1000) }),
  };
};

/**
 * When the user logged in, as far as the token tells: `auth_time` (OpenID Connect Core 1.0, section 2), and the times of the methods in
 * `amr`, where Supabase has them. The earliest: a second factor that comes later makes the login no younger. 0 is how some
 * issuers say that they do not know.
 */
const loginSeconds = ({ auth_time: authTime, amr }: JsonObject): number | undefined => {
  const methods: readonly unknown[] = Array.isArray(amr) ? amr : [];
  const times = [authTime, ...methods.map(timestampIn)].filter(isEpochSeconds).filter((time) => time > 0);
  return times.length === 0 ? undefined : Math.min(...times);
};

const timestampIn = (method: unknown): unknown =>
  typeof method === 'object' && method !== null && 'timestamp' in method ? method.timestamp : undefined;

/** The user id as the token has it. A number is one where it is written as a user id is: positive, whole, and no larger than a double can tell. */
const userIdIn = (genuine: UnverifiedToken, { userIdClaim }: Issuer): string | undefined => {
  const said = genuine.payload[userIdClaim];
  if (typeof said !== 'number') return typeof said === 'string' ? said : undefined;
  const written = claimAsWritten(genuine, userIdClaim);
  return written !== undefined && Number.isSafeInteger(said) && written === String(said) && said > 0
    ? written
    : undefined;
};

const invalid = (detail: Detail): TokenRefusal => ({ reason: 'token_invalid', detail });
const isEpochSeconds = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= maxEpochSeconds;
