import { createHmac, createPublicKey } from 'node:crypto';
import type { Detail } from '../../lambdas/security/catalogue.ts';
import { describe, expect, test } from '@jest/globals';
import { base64url, demoIssuer, goodClaims, goodIdentity, invalid, signingKey, tokenOf, verifierOf } from './tokens.ts';

const rsa = await signingKey('RS256', 'rsa');
const ec = await signingKey('ES256', 'ec');
const ed = await signingKey('EdDSA', 'ed');
const published = { [demoIssuer.jwksUri]: [rsa.jwk, ec.jwk, ed.jwk] };

describe('a header that brings its own rules or its own key is refused before any key is asked for', () => {
  const attacker = 'https://attacker.example/jwks.json';
  test.each([
    { why: 'crit', header: { crit: ['exp'] } },
    { why: 'crit with an extension nobody knows', header: { crit: ['bork'], bork: 1 } },
    { why: 'an empty crit', header: { crit: [] } },
    { why: 'crit of null', header: { crit: null } },
    { why: 'b64', header: { b64: false } },
    { why: 'b64 of true', header: { b64: true } },
    { why: 'zip', header: { zip: 'DEF' } },
    { why: 'jku', header: { jku: attacker } },
    { why: 'x5u', header: { x5u: attacker } },
    { why: 'x5c', header: { x5c: ['MIIB'] } },
    { why: 'jwk, which verifies the token', header: { jwk: ed.jwk } },
  ])('$why', async ({ header }) => {
    const { verify, asked } = verifierOf(published);
    expect(await verify(tokenOf(ed, { header }))).toEqual(invalid('header_forbidden'));
    expect(asked).toEqual([]);
  });
});

describe('an algorithm outside the list is refused', () => {
  test.each([
    { why: 'none', alg: 'none', detail: 'signature_bad' },
    { why: 'None', alg: 'None', detail: 'signature_bad' },
    { why: 'NONE', alg: 'NONE', detail: 'signature_bad' },
    { why: 'nOnE', alg: 'nOnE', detail: 'signature_bad' },
    { why: 'none with a space', alg: 'none ' },
    { why: 'empty', alg: '' },
    { why: 'missing', alg: undefined },
    { why: 'HMAC', alg: 'HS256' },
    { why: 'HMAC, longer', alg: 'HS512' },
    { why: 'PSS', alg: 'PS256' },
    { why: 'a stronger one the issuer does not use', alg: 'RS512' },
    { why: 'another curve', alg: 'ES384' },
    { why: 'lower case', alg: 'rs256' },
    { why: 'a name of the prototype', alg: 'constructor' },
  ] as const)(
    '$why',
    async ({ alg, detail = 'algorithm_refused' }: Readonly<{ alg: string | undefined; detail?: Detail }>) => {
      const { verify, asked } = verifierOf(published);
      expect(await verify(tokenOf(rsa, { header: { alg } }))).toEqual(invalid(detail));
      expect(asked).toEqual([]);
    },
  );

  test('as is a token without a signature, however it says so', async () => {
    const { verify } = verifierOf(published);
    const payload = base64url(JSON.stringify(goodClaims));
    for (const alg of ['none', 'None', 'RS256']) {
      const header = base64url(JSON.stringify({ alg, kid: 'rsa' }));
      const detail = alg === 'RS256' ? 'token_malformed' : 'signature_bad';
      expect(await verify(`${header}.${payload}.`)).toEqual(invalid(detail));
      expect(await verify(`${header}.${payload}`)).toEqual(invalid(detail));
    }
  });

  test('as is a public key used as an HMAC secret, in every form an attacker can write it', async () => {
    const { verify } = verifierOf(published);
    const key = createPublicKey({ key: { ...rsa.jwk }, format: 'jwk' });
    const pem = key.export({ format: 'pem', type: 'spki' });
    const secrets = [pem, pem.toString().trim(), key.export({ format: 'der', type: 'spki' }), JSON.stringify(rsa.jwk)];
    for (const alg of ['HS256', 'RS256'])
      for (const secret of secrets) {
        const input = `${base64url(JSON.stringify({ alg, kid: 'rsa' }))}.${base64url(JSON.stringify(goodClaims))}`;
        const forged = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
        expect(await verify(forged)).toEqual(invalid(alg === 'HS256' ? 'algorithm_refused' : 'signature_bad'));
      }
  });

  test('as is one this issuer does not use, though another does', async () => {
    const onlyRsa = { ...demoIssuer, algorithms: ['RS256'] as ['RS256'] };
    const { verify } = verifierOf(published, [onlyRsa]);
    expect(await verify(tokenOf(rsa))).toEqual(goodIdentity);
    expect(await verify(tokenOf(ec))).toEqual(invalid('algorithm_refused'));
  });
});

describe('the key id', () => {
  test.each([
    { why: 'missing', kid: undefined, detail: 'key_unknown', asks: 0 },
    { why: 'empty', kid: '', detail: 'key_unknown', asks: 0 },
    { why: '257 characters', kid: 'k'.repeat(257), detail: 'key_unknown', asks: 0 },
    { why: 'a number', kid: 1, detail: 'token_malformed', asks: 0 },
    { why: 'an array', kid: ['rsa'], detail: 'token_malformed', asks: 0 },
    { why: 'null', kid: null, detail: 'token_malformed', asks: 0 },
    { why: 'unknown', kid: 'rsa2', detail: 'key_unknown', asks: 1 },
    { why: '256 characters, unknown', kid: 'k'.repeat(256), detail: 'key_unknown', asks: 1 },
    { why: 'almost a known one', kid: 'RSA', detail: 'key_unknown', asks: 1 },
    { why: 'a name of the prototype', kid: '__proto__', detail: 'key_unknown', asks: 1 },
    { why: 'a path', kid: '../../rsa', detail: 'key_unknown', asks: 1 },
  ] as const)('is refused: $why', async ({ kid, detail, asks }) => {
    const { verify, asked } = verifierOf(published);
    expect(await verify(tokenOf(rsa, { header: { kid } }))).toEqual(invalid(detail));
    expect(asked).toHaveLength(asks);
  });

  test('chooses the key: that of another is a bad signature or an unfit key', async () => {
    const { verify } = verifierOf({
      [demoIssuer.jwksUri]: [rsa.jwk, ec.jwk, ed.jwk, (await signingKey('ES256', 'ec2')).jwk],
    });
    expect(await verify(tokenOf(ec, { header: { kid: 'ec2' } }))).toEqual(invalid('signature_bad'));
    expect(await verify(tokenOf(ec, { header: { kid: 'rsa' } }))).toEqual(invalid('key_unfit'));
    expect(await verify(tokenOf(ed, { header: { kid: 'ec' } }))).toEqual(invalid('key_unfit'));
    expect(await verify(tokenOf(rsa, { header: { kid: 'ed' } }))).toEqual(invalid('key_unfit'));
  });
});

describe('the kind of token a header names', () => {
  test.each([undefined, 'JWT', 'jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt', 'application/jwt'])(
    '%s is an access token',
    async (typ) => {
      const { verify } = verifierOf(published);
      expect(await verify(tokenOf(ed, { header: { typ } }))).toEqual(goodIdentity);
    },
  );

  test.each(['logout+jwt', 'application/logout+jwt', 'id+jwt', 'JOSE', '', 'x', 1, null, ['JWT'], { typ: 'JWT' }])(
    '%j is none, and no key is asked for',
    async (typ) => {
      const { verify, asked } = verifierOf(published);
      expect(await verify(tokenOf(ed, { header: { typ } }))).toEqual(invalid('token_use_wrong'));
      expect(asked).toEqual([]);
    },
  );
});
