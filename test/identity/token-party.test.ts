import { describe, expect, test } from '@jest/globals';
import { SignJWT } from 'jose';
import type { Issuer } from '../../config-schema/issuer.ts';
import type { Detail } from '../../lambdas/security/catalogue.ts';
import {
  demoIssuer,
  goodIdentity,
  invalid,
  nowSeconds,
  signingKey,
  tokenOf,
  verifierOf,
  goodClaims,
  signTexts,
} from './tokens.ts';

const key = await signingKey('EdDSA', 'ed');
const { verify } = verifierOf({ [demoIssuer.jwksUri]: [key.jwk] });
const verifyFor = (issuer: Partial<Issuer>) =>
  verifierOf({ [demoIssuer.jwksUri]: [key.jwk] }, [{ ...demoIssuer, ...issuer }]).verify;

describe('a genuine token', () => {
  test.each(['RS256', 'ES256', 'EdDSA'])(
    'of any issuer library gives the identity it was issued for: %s',
    async (alg) => {
      const issued = await signingKey(alg, 'k');
      const token = await new SignJWT({ scope: 'openid' })
        .setProtectedHeader({ alg, kid: 'k', typ: 'at+jwt' })
        .setIssuer(demoIssuer.issuer)
        .setAudience('maitred-demo')
        .setSubject('u-1')
        .setIssuedAt(nowSeconds - 10)
        .setExpirationTime(nowSeconds + 3_600)
        .sign(issued.privateKey);
      const { verify, asked } = verifierOf({ [demoIssuer.jwksUri]: [issued.jwk] });
      expect(await verify(token)).toEqual(goodIdentity);
      expect(asked).toEqual([demoIssuer.jwksUri]);
    },
  );

  test('may hold claims nobody reads, also ones named like parts of an object', async () => {
    const claims = { roles: ['owner'], constructor: { prototype: 1 }, restaurant_id: 'r-1', issuer: 'evil' };
    expect(await verify(tokenOf(key, { claims }))).toEqual(goodIdentity);
  });
});

describe('the audience', () => {
  test.each<{ why: string; aud: unknown; verdict: unknown }>([
    { why: 'text', aud: 'maitred-demo', verdict: goodIdentity },
    { why: 'an array of it', aud: ['maitred-demo'], verdict: goodIdentity },
    { why: 'an array with it', aud: ['other', 'maitred-demo'], verdict: goodIdentity },
    { why: 'another', aud: 'other', verdict: invalid('audience_wrong') },
    { why: 'several others', aud: ['other', 'more'], verdict: invalid('audience_wrong') },
    { why: 'none', aud: [], verdict: invalid('audience_wrong') },
    { why: 'missing', aud: undefined, verdict: invalid('audience_wrong') },
    { why: 'empty', aud: '', verdict: invalid('audience_wrong') },
    { why: 'only the beginning', aud: 'maitred', verdict: invalid('audience_wrong') },
    { why: 'more than it', aud: 'maitred-demo2', verdict: invalid('audience_wrong') },
    { why: 'in capitals', aud: 'MAITRED-DEMO', verdict: invalid('audience_wrong') },
    { why: 'a list in one text', aud: 'other maitred-demo', verdict: invalid('audience_wrong') },
    { why: 'an array of mixed types', aud: ['maitred-demo', 1], verdict: goodIdentity },
    { why: 'an array in an array', aud: [['maitred-demo']], verdict: invalid('audience_wrong') },
    { why: 'null', aud: null, verdict: invalid('audience_wrong') },
    { why: 'a number', aud: 1, verdict: invalid('audience_wrong') },
    { why: 'an object', aud: { 0: 'maitred-demo' }, verdict: invalid('audience_wrong') },
  ])('decides: $why', async ({ aud, verdict }) => {
    expect(await verify(tokenOf(key, { claims: { aud } }))).toEqual(verdict);
  });

  test('may be any of those the issuer has for us', async () => {
    const verify = verifyFor({ audience: ['web', 'mobile'] });
    expect(await verify(tokenOf(key, { claims: { aud: 'mobile' } }))).toEqual(goodIdentity);
    expect(await verify(tokenOf(key, { claims: { aud: 'maitred-demo' } }))).toEqual(invalid('audience_wrong'));
  });
});

describe('an access token of a user pool', () => {
  const verify = verifyFor({ audience: ['client-1'], audienceClaim: 'client_id', tokenUse: 'access' });
  test.each([
    {
      why: 'its client and use',
      claims: { aud: undefined, client_id: 'client-1', token_use: 'access' },
      verdict: goodIdentity,
    },
    { why: 'an id token', claims: { aud: 'client-1', token_use: 'id' }, verdict: invalid('audience_wrong') },
    {
      why: 'an id token that names the client',
      claims: { client_id: 'client-1', token_use: 'id' },
      verdict: invalid('token_use_wrong'),
    },
    { why: 'no use', claims: { client_id: 'client-1' }, verdict: invalid('token_use_wrong') },
    {
      why: 'a use in a list',
      claims: { client_id: 'client-1', token_use: ['access'] },
      verdict: invalid('token_use_wrong'),
    },
    {
      why: 'another client',
      claims: { client_id: 'client-2', token_use: 'access' },
      verdict: invalid('audience_wrong'),
    },
    { why: 'no client', claims: { aud: 'client-1', token_use: 'access' }, verdict: invalid('audience_wrong') },
    { why: 'a client of null', claims: { client_id: null, token_use: 'access' }, verdict: invalid('audience_wrong') },
  ])('is judged by client_id and token_use: $why', async ({ claims, verdict }) => {
    expect(await verify(tokenOf(key, { claims }))).toEqual(verdict);
  });
});

describe('the user', () => {
  test.each([
    { why: 'a number as text', sub: '17' },
    { why: 'a UUID', sub: '0b0f2c1e-7f6a-4d8e-9b53-2f0c8f0a1d11' },
    { why: 'a provider and an id', sub: 'auth0|5f7c8ec7c33c6c004bbafe82' },
    { why: '255 characters', sub: 'u'.repeat(255) },
    { why: 'what reads as a number, in text', sub: '1e0' },
  ])('is the claim as it stands: $why', async ({ sub }) => {
    expect(await verify(tokenOf(key, { claims: { sub } }))).toEqual({ ...goodIdentity, userId: sub });
  });

  test.each<{ why: string; sub: unknown; detail: Detail }>([
    { why: 'missing', sub: undefined, detail: 'user_claim_unusable' },
    { why: 'empty', sub: '', detail: 'user_claim_unusable' },
    { why: 'zero', sub: '0', detail: 'user_claim_unusable' },
    { why: '256 characters', sub: 'u'.repeat(256), detail: 'user_claim_unusable' },
    { why: 'a letter beyond ASCII', sub: 'josé', detail: 'user_claim_unusable' },
    { why: 'a line break', sub: 'u-1\n', detail: 'user_claim_unusable' },
    { why: 'a NUL', sub: 'u-1\u0000', detail: 'user_claim_unusable' },
    { why: 'null', sub: null, detail: 'user_claim_unusable' },
    { why: 'an array', sub: ['u-1'], detail: 'user_claim_unusable' },
    { why: 'true', sub: true, detail: 'user_claim_unusable' },
  ])('is nobody: $why', async ({ sub, detail }) => {
    expect(await verify(tokenOf(key, { claims: { sub } }))).toEqual(invalid(detail));
  });

  test.each([
    { written: '17', userId: '17' },
    { written: '1', userId: '1' },
    { written: '9007199254740991', userId: '9007199254740991' },
    { written: '9007199254740992', userId: undefined },
    { written: '9007199254740993', userId: undefined },
    { written: '123456789012345678901234567890', userId: undefined },
    { written: '1e999', userId: undefined },
    { written: '17.0', userId: undefined },
    { written: '1.7e1', userId: undefined },
    { written: '17e0', userId: undefined },
    { written: '17E0', userId: undefined },
    { written: '1.5', userId: undefined },
    { written: '0', userId: undefined },
    { written: '-0', userId: undefined },
    { written: '0.0', userId: undefined },
    { written: '-17', userId: undefined },
  ])('is a number only as a user id is written, whole, positive and safe: $written', async ({ written, userId }) => {
    const verdict = userId === undefined ? invalid('user_claim_unusable') : { ...goodIdentity, userId };
    const { sub: _, ...rest } = goodClaims;
    const header = JSON.stringify({ alg: 'EdDSA', kid: 'ed' });
    const withNumber = (name: string) => JSON.stringify(rest).replace(/}$/, `,"${name}":${written}}`);
    expect(await verify(signTexts(key, header, withNumber('sub')))).toEqual(verdict);
    // The library takes a number for any other claim: the same rule holds there.
    expect(await verifyFor({ userIdClaim: 'user_id' })(signTexts(key, header, withNumber('user_id')))).toEqual(verdict);
  });

  test('is nobody where a number is said twice, so that two readers may read two of them', async () => {
    const { sub: _, ...rest } = goodClaims;
    const payload = JSON.stringify(rest).replace(/}$/, ',"sub":16,"sub":17}');
    const token = signTexts(key, JSON.stringify({ alg: 'EdDSA', kid: 'ed' }), payload);
    expect(await verify(token)).toEqual(invalid('user_claim_unusable'));
  });

  test.each<{ why: string; claim: unknown; userId: string | undefined }>([
    { why: 'text', claim: 'chef@example.com', userId: 'chef@example.com' },
    { why: 'missing', claim: undefined, userId: undefined },
    { why: 'a number', claim: 17, userId: '17' },
    { why: 'true', claim: true, userId: undefined },
    { why: 'null', claim: null, userId: undefined },
    { why: 'an array', claim: ['chef@example.com'], userId: undefined },
    { why: 'an object', claim: { id: 'u-1' }, userId: undefined },
    { why: 'zero', claim: '0', userId: undefined },
  ])('is another claim where the issuer says so, and never sub instead: $why', async ({ claim, userId }) => {
    const verdict = await verifyFor({ userIdClaim: 'email' })(tokenOf(key, { claims: { email: claim } }));
    expect(verdict).toEqual(userId === undefined ? invalid('user_claim_unusable') : { ...goodIdentity, userId });
  });
});

describe('the issuer', () => {
  test.each<{ why: string; iss: unknown; detail: Detail }>([
    { why: 'missing', iss: undefined, detail: 'issuer_unknown' },
    { why: 'another', iss: 'https://evil.example', detail: 'issuer_unknown' },
    { why: 'with a slash', iss: 'https://issuer.example/', detail: 'issuer_unknown' },
    { why: 'in capitals', iss: 'https://ISSUER.example', detail: 'issuer_unknown' },
    { why: 'without TLS', iss: 'http://issuer.example', detail: 'issuer_unknown' },
    { why: 'empty', iss: '', detail: 'issuer_unknown' },
    { why: 'a name of the prototype', iss: '__proto__', detail: 'issuer_unknown' },
    { why: 'null', iss: null, detail: 'token_malformed' },
    { why: 'a list', iss: ['https://issuer.example'], detail: 'token_malformed' },
  ])('is refused without asking anybody: $why', async ({ iss, detail }) => {
    const { verify, asked } = verifierOf({ [demoIssuer.jwksUri]: [key.jwk] });
    expect(await verify(tokenOf(key, { claims: { iss } }))).toEqual(invalid(detail));
    expect(asked).toEqual([]);
  });

  test('is one of two: each by its own keys and rules, and their users are different people', async () => {
    const otherKey = await signingKey('EdDSA', 'ed');
    const other: Issuer = {
      ...demoIssuer,
      alias: 'staff',
      issuer: 'https://staff.example',
      jwksUri: 'https://staff.example/keys',
      audience: ['maitred-staff'],
    };
    const { verify, asked } = verifierOf({ [demoIssuer.jwksUri]: [key.jwk], [other.jwksUri]: [otherKey.jwk] }, [
      demoIssuer,
      other,
    ]);
    const staff = { iss: other.issuer, aud: 'maitred-staff' };
    expect(await verify(tokenOf(key))).toEqual(goodIdentity);
    expect(await verify(tokenOf(otherKey, { claims: staff }))).toEqual({ ...goodIdentity, issuer: 'staff' });
    expect(await verify(tokenOf(key, { claims: staff }))).toEqual(invalid('signature_bad'));
    expect(await verify(tokenOf(otherKey))).toEqual(invalid('signature_bad'));
    expect(await verify(tokenOf(key, { claims: { aud: 'maitred-staff' } }))).toEqual(invalid('audience_wrong'));
    expect(asked).toEqual([demoIssuer.jwksUri, other.jwksUri]);
  });
});
