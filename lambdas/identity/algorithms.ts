/** Signature algorithms of JSON Web Signature: which keys they take, and what `node:crypto` is told. One entry each. */
import { constants, createPublicKey, verify } from 'node:crypto';
import type { Jwk } from 'aws-jwt-verify/jwk';
import type { Algorithm } from '../../config-schema/issuer.ts';

type Rules = Readonly<{
  kty: 'RSA' | 'EC' | 'OKP';
  crv?: string;
  /** Absent: the algorithm hashes for itself. */
  hash?: string;
  options?: Readonly<{ padding: number; saltLength?: number }>;
}>;

const pkcs1 = (hash: string): Rules => ({ kty: 'RSA', hash, options: { padding: constants.RSA_PKCS1_PADDING } });
/** The salt is as long as the hash, and no other length is taken (RFC 7518, section 3.5). */
const pss = (hash: string): Rules => ({
  kty: 'RSA',
  hash,
  options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
});
const edwards: Rules = { kty: 'OKP', crv: 'Ed25519' };

const algorithms: Readonly<Record<Algorithm, Rules>> = {
  RS256: pkcs1('sha256'),
  RS384: pkcs1('sha384'),
  RS512: pkcs1('sha512'),
  PS256: pss('sha256'),
  PS384: pss('sha384'),
  PS512: pss('sha512'),
  ES256: { kty: 'EC', crv: 'P-256', hash: 'sha256' },
  ES384: { kty: 'EC', crv: 'P-384', hash: 'sha384' },
  ES512: { kty: 'EC', crv: 'P-521', hash: 'sha512' },
  EdDSA: edwards,
  Ed25519: edwards,
};

/** One algorithm has two names: RFC 9864 calls Ed25519 what RFC 8037 called EdDSA. */
export const isSameAlgorithm = (one: unknown, other: unknown): boolean =>
  one === other || (isAlgorithm(one) && isAlgorithm(other) && algorithms[one] === algorithms[other]);

const isAlgorithm = (name: unknown): name is Algorithm => typeof name === 'string' && Object.hasOwn(algorithms, name);

/** What a key for this algorithm is; undefined for what is none of ours. */
export const keyTypeOf = (algorithm: string): Pick<Rules, 'kty' | 'crv'> | undefined =>
  isAlgorithm(algorithm) ? algorithms[algorithm] : undefined;

/** Whether this key made this signature of this text. Throws where the key is none for the algorithm. */
export const isSignedBy = (
  jwk: Jwk,
  { algorithm, signed, signature }: Readonly<{ algorithm: string; signed: string; signature: string }>,
): boolean => {
  if (!isAlgorithm(algorithm)) return false;
  const { hash, options } = algorithms[algorithm];
  const key = createPublicKey({ key: { ...jwk }, format: 'jwk' });
  // The two numbers of an ECDSA signature as they are, one after the other (RFC 7518, section 3.4). Other keys do not look at it.
  return verify(
    hash,
    Buffer.from(signed),
    { key, dsaEncoding: 'ieee-p1363', ...options },
    Buffer.from(signature, 'base64url'),
  );
};
