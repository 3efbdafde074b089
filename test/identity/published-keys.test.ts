import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { demoIssuer, goodIdentity, invalid, type SigningKey, signingKey, tokenOf, verifierOf } from './tokens.ts';

const rsa = await signingKey('RS256', 'k');
const ec = await signingKey('ES256', 'k');
const ed = await signingKey('EdDSA', 'k');
const allAlgorithms = {
  ...demoIssuer,
  algorithms: ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as typeof demoIssuer.algorithms,
};

const rsaOf = (modulusLength: number): SigningKey => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength });
  return { alg: 'RS256', kid: 'k', privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kty: 'RSA', kid: 'k' } };
};
const small = rsaOf(1024);
const almost = rsaOf(2047);

/** What the verifier says of a good token when the issuer publishes this as its key. */
const verdictWith = (key: SigningKey, published: Record<string, unknown>) =>
  verifierOf({ [demoIssuer.jwksUri]: [published] }).verify(tokenOf(key));

const without = (jwk: Record<string, unknown>, ...names: readonly string[]) =>
  Object.fromEntries(Object.entries(jwk).filter(([name]) => !names.includes(name)));

describe('a published key checks a signature', () => {
  test.each([
    { why: 'with everything said', key: rsa, jwk: { ...rsa.jwk, key_ops: ['verify'] } },
    { why: 'with neither use nor alg', key: rsa, jwk: without(rsa.jwk, 'use', 'alg') },
    { why: 'that may do more than verify', key: ec, jwk: { ...ec.jwk, key_ops: ['sign', 'verify'] } },
    { why: 'on a curve', key: ec, jwk: ec.jwk },
    { why: 'on the Edwards curve', key: ed, jwk: without(ed.jwk, 'alg') },
  ])('$why', async ({ key, jwk }) => {
    expect(await verdictWith(key, jwk)).toEqual(goodIdentity);
  });
});

describe('a published key is unfit', () => {
  const zeros = (n: string | undefined) => Buffer.concat([Buffer.alloc(256), Buffer.from(n ?? '', 'base64url')]);
  test.each([
    { why: 'for encryption', key: rsa, jwk: { ...rsa.jwk, use: 'enc' } },
    { why: 'with an empty use', key: rsa, jwk: { ...rsa.jwk, use: '' } },
    { why: 'with a use in capitals', key: ec, jwk: { ...ec.jwk, use: 'SIG' } },
    { why: 'without verify among its operations', key: rsa, jwk: { ...rsa.jwk, key_ops: ['sign'] } },
    { why: 'with no operation', key: ed, jwk: { ...ed.jwk, key_ops: [] } },
    { why: 'with operations that are text', key: ed, jwk: { ...ed.jwk, key_ops: 'verify' } },
    { why: 'with operations of null', key: ed, jwk: { ...ed.jwk, key_ops: null } },
    { why: 'of 1,024 bits', key: small, jwk: small.jwk },
    { why: 'of 2,047 bits', key: almost, jwk: almost.jwk },
    {
      why: 'of 1,024 bits behind zeros',
      key: small,
      jwk: { ...small.jwk, n: zeros(small.jwk.n).toString('base64url') },
    },
    { why: 'without a modulus', key: rsa, jwk: without(rsa.jwk, 'n') },
    { why: 'for another algorithm', key: rsa, jwk: { ...rsa.jwk, alg: 'RS512' } },
    { why: 'for PSS', key: rsa, jwk: { ...rsa.jwk, alg: 'PS256' } },
    { why: 'of another type', key: rsa, jwk: { ...rsa.jwk, kty: 'EC' } },
    { why: 'that is a secret', key: rsa, jwk: { kid: 'k', kty: 'oct', k: 'c2VjcmV0' } },
    { why: 'on another curve', key: ec, jwk: { ...ec.jwk, crv: 'P-384' } },
    { why: 'on the curve of the coins', key: ec, jwk: { ...ec.jwk, crv: 'secp256k1' } },
    { why: 'without a curve', key: ec, jwk: without(ec.jwk, 'crv') },
    { why: 'on the larger Edwards curve', key: ed, jwk: { ...ed.jwk, crv: 'Ed448' } },
    { why: 'for key agreement', key: ed, jwk: { ...ed.jwk, crv: 'X25519' } },
    { why: 'of another type altogether', key: ed, jwk: rsa.jwk },
  ])('$why', async ({ key, jwk }) => {
    expect(await verdictWith(key, jwk)).toEqual(invalid('key_unfit'));
  });
});

describe('a published key that is no key lets nobody in', () => {
  test.each([
    { why: 'a point off the curve', key: ec, jwk: { ...ec.jwk, y: ec.jwk.x } },
    { why: 'a curve point without y', key: ec, jwk: without(ec.jwk, 'y') },
    { why: 'a modulus of noise', key: rsa, jwk: { ...rsa.jwk, n: 'x'.repeat(342) } },
    { why: 'no exponent', key: rsa, jwk: without(rsa.jwk, 'e') },
    { why: 'an Edwards key too short', key: ed, jwk: { ...ed.jwk, x: 'AA' } },
  ])('$why', async ({ key, jwk }) => {
    expect(await verdictWith(key, jwk)).toEqual(invalid('signature_bad'));
  });
});

describe('each algorithm an issuer may name', () => {
  test.each(['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA'])('verifies: %s', async (alg) => {
    const key = await signingKey(alg, 'k');
    const { verify } = verifierOf({ [demoIssuer.jwksUri]: [key.jwk] }, [allAlgorithms]);
    expect(await verify(tokenOf(key))).toEqual(goodIdentity);
  });
});
