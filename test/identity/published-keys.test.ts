import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { demoIssuer, goodIdentity, invalid, type SigningKey, signingKey, tokenOf, verifierOf } from './tokens.ts';

const rsa = await signingKey('RS256', 'k');
const ec = await signingKey('ES256', 'k');
const ed = await signingKey('EdDSA', 'k');
const second = (await signingKey('EdDSA', 'other')).jwk;
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

/** The key with this exponent, as it would be published. */
const withExponent = (exponent: bigint) => {
  const digits = exponent.toString(16);
  const bytes = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
  return { ...rsa.jwk, e: bytes.toString('base64url') };
};

describe('a published key checks a signature', () => {
  test.each([
    { why: 'with its exponent behind zeros', key: rsa, jwk: { ...rsa.jwk, e: 'AAAAAQAB' } },
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
    { why: 'with an even exponent', key: rsa, jwk: withExponent(65_536n) },
    { why: 'with a larger even one', key: rsa, jwk: withExponent(65_538n) },
    { why: 'with the exponent 0', key: rsa, jwk: withExponent(0n) },
    { why: 'with the exponent 1, for which everybody can sign', key: rsa, jwk: withExponent(1n) },
    { why: 'with the exponent 3', key: rsa, jwk: withExponent(3n) },
    { why: 'with an exponent just too small', key: rsa, jwk: withExponent(65_535n) },
    { why: 'with an exponent of more than 256 bits', key: rsa, jwk: withExponent(2n ** 256n + 1n) },
    { why: 'with an exponent that is no base64url', key: rsa, jwk: { ...rsa.jwk, e: '\u00e9' } },
    { why: 'without an exponent', key: rsa, jwk: without(rsa.jwk, 'e') },
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

describe('of several published keys', () => {
  const rs = (alg: string) => ({ ...rsa.jwk, alg });
  const forEncryption = { ...ec.jwk, use: 'enc' };
  const verdict = (key: SigningKey, keys: readonly unknown[], issuer = demoIssuer, header = {}) =>
    verifierOf({ [demoIssuer.jwksUri]: keys }, [issuer]).verify(tokenOf(key, { header }));

  test.each<{ why: string; key: SigningKey; keys: readonly Record<string, unknown>[]; verdict: object }>([
    {
      why: 'one key once for each algorithm, as ForgeRock lists it',
      key: rsa,
      keys: ['RS384', 'RS512', 'RS256'].map(rs),
      verdict: goodIdentity,
    },
    { why: 'one for encryption first', key: rsa, keys: [{ ...rsa.jwk, use: 'enc' }, rsa.jwk], verdict: goodIdentity },
    { why: 'one for encryption last', key: ec, keys: [ec.jwk, forEncryption], verdict: goodIdentity },
    { why: 'one of another type first', key: rsa, keys: [ec.jwk, ed.jwk, rsa.jwk], verdict: goodIdentity },
    { why: 'one with an even exponent first', key: rsa, keys: [withExponent(4n), rsa.jwk], verdict: goodIdentity },
    {
      why: 'one that signs nothing and one of another type',
      key: ec,
      keys: [forEncryption, rsa.jwk],
      verdict: invalid('key_unfit'),
    },
    { why: 'none of its id', key: ed, keys: [{ ...ed.jwk, kid: 'other' }], verdict: invalid('key_unknown') },
  ])('with one id the fitting one is meant: $why', async ({ key, keys, verdict: expected }) => {
    expect(await verdict(key, keys)).toEqual(expected);
  });

  const lenient = { ...demoIssuer, keyIdOptional: true };
  const noId = { kid: undefined };
  test.each<{ why: string; keys: readonly unknown[]; issuer?: typeof demoIssuer; header?: object; verdict: object }>([
    { why: 'there is one key', keys: [ed.jwk], verdict: goodIdentity },
    { why: 'it has no id either', keys: [without(ed.jwk, 'kid')], verdict: goodIdentity },
    { why: 'others are of another type', keys: [rsa.jwk, ed.jwk, ec.jwk], verdict: goodIdentity },
    { why: 'another one is for encryption', keys: [{ ...second, use: 'enc' }, ed.jwk], verdict: goodIdentity },
    { why: 'two fit', keys: [ed.jwk, second], verdict: invalid('key_unknown') },
    { why: 'two fit, the wrong one first', keys: [second, ed.jwk], verdict: invalid('key_unknown') },
    { why: 'none fits', keys: [rsa.jwk, ec.jwk], verdict: invalid('key_unknown') },
    { why: 'it is the key of somebody else', keys: [second], verdict: invalid('signature_bad') },
    { why: 'the issuer is not configured for it', keys: [ed.jwk], issuer: demoIssuer, verdict: invalid('key_unknown') },
    { why: 'the id is empty', keys: [ed.jwk], header: { kid: '' }, verdict: invalid('key_unknown') },
    { why: 'the id is another', keys: [ed.jwk], header: { kid: 'x' }, verdict: invalid('key_unknown') },
  ])(
    'without an id the only fitting one is meant: $why',
    async ({ keys, issuer = lenient, header = noId, verdict: expected }) => {
      expect(await verdict(ed, keys, issuer, header)).toEqual(expected);
    },
  );

  test('a key of an hour is not asked for again because a token names one of its ids for another algorithm', async () => {
    const { verify, asked } = verifierOf({ [demoIssuer.jwksUri]: [rsa.jwk] });
    for (let nth = 0; nth < 3; nth++) expect(await verify(tokenOf(ec))).toEqual(invalid('key_unfit'));
    expect(asked).toHaveLength(1);
  });
});

test('a token that says to be younger than the key set waits for the next one, and one that cannot be judged for its issuer', async () => {
  let nowMs = goodIdentity.issuedAtMs;
  const sets = { [demoIssuer.jwksUri]: [rsa.jwk] };
  const { verify } = verifierOf(sets, [demoIssuer], () => nowMs);
  const iat = () => Math.floor(nowMs / 1000);
  const tokenBy = (key: SigningKey, kid: string) => tokenOf(key, { claims: { iat: iat() }, header: { kid } });
  expect(await verify(tokenBy(rsa, 'k'))).toMatchObject({ userId: 'u-1' });
  nowMs += 4_000;
  const young = tokenBy(ed, 'young');
  const waits = { reason: 'unavailable', detail: 'key_not_fetched_yet', retryAfterMs: 6_000 };
  expect(await verify(young)).toEqual(waits);
  expect(await verify(tokenOf(ed, { header: { kid: 'young' }, claims: { iat: iat() - 60 } }))).toEqual(
    invalid('key_unknown'),
  );
  nowMs += 6_000;
  expect(await verify(young)).toEqual(invalid('key_unknown'));
  delete sets[demoIssuer.jwksUri];
  nowMs += 10_000;
  expect(await verify(tokenBy(ed, 'young'))).toEqual({
    reason: 'unavailable',
    detail: 'keys_unreachable',
    retryAfterMs: 10_000,
  });
});
