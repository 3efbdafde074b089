/** The published vectors of JSON Web Signature (Wycheproof), through the deployed verifier with their payloads stubbed. */
import type { Jwk } from 'aws-jwt-verify/jwk';
import type { Identity, TokenRefusal } from '../../lambdas/identity/identity.ts';
import type { Issuer } from '../../config-schema/issuer.ts';
import { isSignedBy } from '../../lambdas/identity/algorithms.ts';
import { keyFor, keyProblem, type WantedKey } from '../../lambdas/identity/key-rules.ts';
import type { KeyFound } from '../../lambdas/identity/signing-keys.ts';
import { headerOf } from '../../lambdas/identity/unverified-token.ts';
import { verifyToken } from '../../lambdas/identity/verify-token.ts';
import { demoIssuer, goodClaims, nowMs } from '../identity/tokens.ts';
import { vector } from '../vectors.ts';
import { restaurantDomain } from '../restaurant-domain.ts';

type Group = Readonly<{
  public?: Readonly<Record<string, unknown>>;
  private?: Readonly<Record<string, unknown>>;
  tests: readonly Readonly<{ tcId: number; comment: string; jws: string; result: 'valid' | 'invalid' }>[];
}>;

/** One vector: a text, the key it is for, and what the file says of it. `family` is the key's algorithm. */
export type SignatureVector = Readonly<{
  id: number;
  name: string;
  family: string;
  jws: string;
  key: Jwk;
  isValid: boolean;
}>;

export const signatureVectors = (): readonly SignatureVector[] =>
  (vector('wycheproof-json_web_signature_test.json') as { testGroups: readonly Group[] }).testGroups.flatMap(
    ({ public: published, private: secret, tests }) => {
      const key = (published ?? secret) as Jwk;
      return tests.map(({ tcId, comment, jws, result }) => ({
        id: tcId,
        name: comment,
        family: familyOf(key),
        jws,
        key,
        isValid: result === 'valid',
      }));
    },
  );

/** By what the key says it is for, else by its type. The file calls P-521 once ES521, which no registry does. */
const familyOf = ({ alg, kty }: Jwk): string => {
  if (alg === 'ES521') return 'ES512';
  return typeof alg === 'string' ? alg : kty === 'EC' ? 'ES256' : 'RS256';
};

/** Every algorithm that can be configured at all, so that nothing is refused merely for being off the list. */
const everything: Issuer = {
  ...demoIssuer,
  algorithms: [
    ...(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const),
    ...(['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'] as const),
  ],
};

/** Whether maitred has this algorithm at all. */
export const isSupported = ({ family }: SignatureVector): boolean =>
  (everything.algorithms as readonly string[]).includes(family);

/**
 * What the gateway's own check says of a vector's signature, which the deployed verifier asks only where the library has no algorithm or
 * takes no token. Undefined where the header or the key is refused before.
 */
export const ownVerdictOn = ({ jws, key }: Pick<SignatureVector, 'jws' | 'key'>): boolean | undefined => {
  const [header = '', payload = '', signature = ''] = jws.split('.');
  const algorithm = String(headerOf(jws)['alg']);
  if (keyProblem(key, algorithm) !== undefined) return undefined;
  try {
    return isSignedBy(key, { algorithm, signed: `${header}.${payload}`, signature });
  } catch {
    return false;
  }
};

const keyUnderAnyId = (key: Jwk, wanted: WantedKey): KeyFound => {
  const found = keyFor([{ ...key, kid: wanted.keyId ?? '' }], wanted);
  return 'jwk' in found ? { jwk: key } : found;
};

/**
 * What the deployed verifier says. The vectors sign text that is no JSON, so the payload is read as good claims, whatever
 * it is: header rules, key rules, signature and claim rules are as deployed. The key is found under any id, so that a
 * changed key id is refused for its signature.
 */
export const verdictOn = async ({
  jws,
  key,
}: Pick<SignatureVector, 'jws' | 'key'>): Promise<Identity | TokenRefusal> => {
  const verify = verifyToken(
    { findKey: async (_, wanted) => keyUnderAnyId(key, wanted), domain: restaurantDomain, now: () => nowMs },
    [everything],
  );
  const [headerText, payloadText] = jws.split('.').map((part) => Buffer.from(part, 'base64').toString('utf8'));
  if (headerText === payloadText) return verify(jws);
  const { parse } = JSON;
  JSON.parse = (text: string, reviver?: Parameters<typeof parse>[1]) =>
    text === payloadText ? { ...goodClaims } : parse(text, reviver);
  try {
    return await verify(jws);
  } finally {
    JSON.parse = parse;
  }
};
