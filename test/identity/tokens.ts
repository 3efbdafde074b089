/** Real keys and tokens for the tests of identity: every header and claim can be said, also those no library would sign. */
import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type { Identity, TokenRefusal } from '../../lambdas/identity/identity.ts';
import type { Issuer } from '../../config-schema/issuer.ts';
import { signingKeys } from '../../lambdas/identity/signing-keys.ts';
import { verifyToken } from '../../lambdas/identity/verify-token.ts';
import { restaurantDomain } from '../restaurant-domain.ts';

export const nowMs = Date.UTC(2026, 10, 23, 18, 0, 0);
export const nowSeconds = nowMs / 1000;

export const demoIssuer: Issuer = {
  alias: 'demo',
  issuer: 'https://issuer.example',
  audience: ['maitred-demo'],
  audienceClaim: 'aud',
  userIdClaim: 'sub',
  algorithms: ['RS256', 'ES256', 'EdDSA'],
  jwksUri: 'https://issuer.example/.well-known/jwks.json',
  keyIdOptional: false,
  maxTokenLifetimeSeconds: 86_400,
};

export type SigningKey = Readonly<{ alg: string; kid: string; privateKey: KeyObject; jwk: JWK & { kid: string } }>;

export const signingKey = async (alg: string, kid: string): Promise<SigningKey> => {
  const pair = await generateKeyPair(alg, { extractable: true });
  const privateKey = createPrivateKey({ key: { ...(await exportJWK(pair.privateKey)) }, format: 'jwk' });
  return { alg, kid, privateKey, jwk: { ...(await exportJWK(pair.publicKey)), kid, alg, use: 'sig' } };
};

export const goodClaims = {
  iss: demoIssuer.issuer,
  aud: 'maitred-demo',
  sub: 'u-1',
  iat: nowSeconds - 10,
  exp: nowSeconds + 3_600,
};

export const base64url = (text: string): string => Buffer.from(text, 'utf8').toString('base64url');

/** Signs the two texts as they are, whatever they say. */
export const signTexts = (key: SigningKey, header: string, payload: string): string => {
  const input = `${base64url(header)}.${base64url(payload)}`;
  return `${input}.${signatureOf(key, input).toString('base64url')}`;
};

/** A token that is good but for what is said here; `undefined` leaves a field out. */
export const tokenOf = (
  key: SigningKey,
  said: { claims?: Record<string, unknown>; header?: Record<string, unknown> } = {},
): string =>
  signTexts(
    key,
    JSON.stringify({ typ: 'JWT', alg: key.alg, kid: key.kid, ...said.header }),
    JSON.stringify({ ...goodClaims, ...said.claims }),
  );

const signatureOf = ({ alg, privateKey }: SigningKey, input: string): Buffer =>
  alg === 'EdDSA'
    ? sign(null, Buffer.from(input), privateKey)
    : sign(`sha${alg.slice(2)}`, Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });

/** The verifier over key sets in memory, by their URL; `asked` collects every URL it fetched. */
export const verifierOf = (
  keySets: Readonly<Record<string, readonly unknown[]>>,
  issuers: readonly Issuer[] = [demoIssuer],
  now: () => number = () => nowMs,
) => {
  const asked: string[] = [];
  const fetchJson = async (url: string) => {
    asked.push(url);
    const keys = keySets[url];
    if (keys === undefined) throw new Error('no such endpoint');
    return JSON.parse(JSON.stringify({ keys }));
  };
  return {
    verify: verifyToken({ findKey: signingKeys(fetchJson, now), domain: restaurantDomain, now }, issuers),
    asked,
  };
};

export const invalid = (detail: TokenRefusal['detail']): TokenRefusal => ({ reason: 'token_invalid', detail });
export const expired = (detail: TokenRefusal['detail']): TokenRefusal => ({ reason: 'token_expired', detail });
export const goodIdentity: Identity = {
  issuer: 'demo',
  userId: 'u-1',
  expiresAtMs: nowMs + 3_600_000,
  issuedAtMs: nowMs - 10_000,
};
