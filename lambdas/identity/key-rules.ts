/** Which of an issuer's published keys checks a signature. Pure. */
import type { Jwk } from 'aws-jwt-verify/jwk';
import type { Detail } from '../security/catalogue.ts';
import { isSameAlgorithm, keyTypeOf } from './algorithms.ts';
import type { JsonObject } from './unverified-token.ts';

/** What a token says of the key that signed it. Unverified. Without `keyId` it names none, which its issuer has to allow. */
export type WantedKey = Readonly<{ keyId: string | undefined; algorithm: string }>;

/**
 * The published key for a token. An issuer may list several under one id, one for each algorithm or one for encryption: of those the
 * fitting one is meant. A token without an id means the only fitting one; where there are several it names none.
 */
export const keyFor = (
  keys: readonly Jwk[],
  { keyId, algorithm }: WantedKey,
): Readonly<{ jwk: Jwk }> | Readonly<{ missing: 'unknown' | 'unfit' }> => {
  const named = keyId === undefined ? keys : keys.filter(({ kid }) => kid === keyId);
  const [jwk, ...others] = named.filter((key) => keyProblem(key, algorithm) === undefined);
  if (jwk === undefined) return { missing: keyId === undefined || named.length === 0 ? 'unknown' : 'unfit' };
  return keyId === undefined && others.length > 0 ? { missing: 'unknown' } : { jwk };
};

const minRsaModulusBits = 2048;
/** FIPS 186-5, section 5.4: odd, above 2^16 and below 2^256. An even one is no key, and with 1 everybody can sign. */
const minRsaExponent = 65_537n;
const maxRsaExponentBytes = 32;

/** The reason a published key may not check a signature of this algorithm, or undefined. */
export const keyProblem = (jwk: JsonObject, algorithm: string): Detail | undefined => {
  const wanted = keyTypeOf(algorithm);
  const fits =
    wanted !== undefined &&
    jwk['kty'] === wanted.kty &&
    (wanted.crv === undefined || jwk['crv'] === wanted.crv) &&
    (jwk['alg'] === undefined || isSameAlgorithm(jwk['alg'], algorithm)) &&
    (jwk['use'] === undefined || jwk['use'] === 'sig') &&
    (jwk['key_ops'] === undefined || (Array.isArray(jwk['key_ops']) && jwk['key_ops'].includes('verify'))) &&
    (wanted.kty !== 'RSA' || (modulusBits(jwk['n']) >= minRsaModulusBits && isSoundExponent(jwk['e'])));
  return fits ? undefined : 'key_unfit';
};

const isSoundExponent = (e: unknown): boolean => {
  const bytes = significantBytes(e);
  if (bytes.length === 0 || bytes.length > maxRsaExponentBytes) return false;
  const exponent = BigInt(`0x${bytes.toString('hex')}`);
  return exponent >= minRsaExponent && exponent % 2n === 1n;
};

const modulusBits = (n: unknown): number => {
  const bytes = significantBytes(n);
  return bytes.length === 0 ? 0 : bytes.length * 8 - Math.clz32(bytes[0] ?? 0) + 24;
};

// Modulus and exponent are unsigned big-endian numbers in base64url (RFC 7518, section 6.3.1).
const significantBytes = (number: unknown): Buffer => {
  const bytes = Buffer.from(typeof number === 'string' ? number : '', 'base64url');
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? Buffer.alloc(0) : bytes.subarray(first);
};
