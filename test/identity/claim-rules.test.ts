/** What else a token must say, whom it is for where it names nobody, and which header may be left unread. */
import { describe, expect, test } from '@jest/globals';
import type { Issuer } from '../../config-schema/issuer.ts';
import { demoIssuer, goodIdentity, invalid, signingKey, tokenOf, verifierOf } from './tokens.ts';

const key = await signingKey('EdDSA', 'ed');
const verifierFor = (issuer: Partial<Issuer>) =>
  verifierOf({ [demoIssuer.jwksUri]: [key.jwk] }, [{ ...demoIssuer, ...issuer }]);
const verdictOn = (issuer: Partial<Issuer>, claims: Record<string, unknown>) =>
  verifierFor(issuer).verify(tokenOf(key, { claims }));

describe('a required claim', () => {
  test.each<{ why: string; rule: NonNullable<Issuer['requiredClaims']>[string]; claim: unknown; enters: boolean }>([
    { why: 'exactly this text', rule: 'Bearer', claim: 'Bearer', enters: true },
    { why: 'another text', rule: 'Bearer', claim: 'ID', enters: false },
    { why: 'other letters', rule: 'Bearer', claim: 'bearer', enters: false },
    { why: 'more of it', rule: 'Bearer', claim: 'Bearer ', enters: false },
    { why: 'missing', rule: 'Bearer', claim: undefined, enters: false },
    { why: 'a list of it', rule: 'Bearer', claim: ['Bearer'], enters: false },
    { why: 'false', rule: false, claim: false, enters: true },
    { why: 'true for false', rule: false, claim: true, enters: false },
    { why: 'nothing for false', rule: false, claim: undefined, enters: false },
    { why: 'null for false', rule: false, claim: null, enters: false },
    { why: 'the text of false', rule: false, claim: 'false', enters: false },
    { why: 'zero for false', rule: false, claim: 0, enters: false },
    { why: 'a number', rule: 2, claim: 2, enters: true },
    { why: 'its text', rule: 2, claim: '2', enters: false },
    { why: 'one of a list', rule: ['a', 'b', 3], claim: 'b', enters: true },
    { why: 'another one of a list', rule: ['a', 'b', 3], claim: 3, enters: true },
    { why: 'none of a list', rule: ['a', 'b', 3], claim: 'c', enters: false },
    { why: 'the list itself', rule: ['a', 'b'], claim: ['a', 'b'], enters: false },
    { why: 'present, a text', rule: 'present', claim: 'x', enters: true },
    { why: 'present, a list', rule: 'present', claim: ['x'], enters: true },
    { why: 'present, an object', rule: 'present', claim: { x: 1 }, enters: true },
    { why: 'present, false', rule: 'present', claim: false, enters: true },
    { why: 'present, zero', rule: 'present', claim: 0, enters: true },
    { why: 'present, null', rule: 'present', claim: null, enters: false },
    { why: 'present, empty', rule: 'present', claim: '', enters: false },
    { why: 'present, an empty list', rule: 'present', claim: [], enters: false },
    { why: 'present, an empty object', rule: 'present', claim: {}, enters: false },
    { why: 'present, missing', rule: 'present', claim: undefined, enters: false },
    { why: 'the very word', rule: ['present'], claim: 'present', enters: true },
    { why: 'any other than the very word', rule: ['present'], claim: 'x', enters: false },
  ])('decides: $why', async ({ rule, claim, enters }) => {
    expect(await verdictOn({ requiredClaims: { kind: rule } }, { kind: claim })).toEqual(
      enters ? goodIdentity : invalid('claim_refused'),
    );
  });

  test.each(['toString', 'hasOwnProperty', 'valueOf'])('is not there because every object has it: %s', async (name) => {
    expect(await verdictOn({ requiredClaims: { [name]: 'present' } }, {})).toEqual(invalid('claim_refused'));
  });

  test('is one of several, and all of them are asked for', async () => {
    const issuer: Partial<Issuer> = { requiredClaims: { typ: 'Bearer', scope: 'present' } };
    expect(await verdictOn(issuer, { typ: 'Bearer', scope: ['a'] })).toEqual(goodIdentity);
    expect(await verdictOn(issuer, { typ: 'Bearer' })).toEqual(invalid('claim_refused'));
    expect(await verdictOn(issuer, { scope: 'a' })).toEqual(invalid('claim_refused'));
  });
});

describe('the audience', () => {
  test.each(['aud', 'client_id', 'azp', 'cid', 'appid'] as const)(
    'may be in the claim %s, and is in no other then',
    async (claim) => {
      const issuer: Partial<Issuer> = { audienceClaim: claim, audience: ['pos'] };
      const others = Object.fromEntries(['aud', 'client_id', 'azp', 'cid', 'appid'].map((name) => [name, 'pos']));
      expect(await verdictOn(issuer, { aud: undefined, [claim]: 'pos' })).toEqual(goodIdentity);
      expect(await verdictOn(issuer, { ...others, [claim]: 'other' })).toEqual(invalid('audience_wrong'));
      expect(await verdictOn(issuer, { ...others, [claim]: undefined })).toEqual(invalid('audience_wrong'));
    },
  );

  test.each<{ why: string; aud: unknown; enters: boolean }>([
    { why: 'names none', aud: undefined, enters: true },
    { why: 'has an empty list', aud: [], enters: true },
    { why: 'names the issuer', aud: demoIssuer.issuer, enters: true },
    { why: 'names a client, as ID tokens do', aud: 'pos', enters: false },
    { why: 'names the issuer and somebody else', aud: [demoIssuer.issuer, 'pos'], enters: false },
    { why: 'is empty', aud: '', enters: false },
    { why: 'is null', aud: null, enters: false },
    { why: 'is the word', aud: 'issuer', enters: false },
  ])('is the issuer itself where the configuration says so, and the token $why', async ({ aud, enters }) => {
    expect(await verdictOn({ audience: 'issuer' }, { aud })).toEqual(enters ? goodIdentity : invalid('audience_wrong'));
  });
});

describe('a header that is left unread by choice', () => {
  const jku = 'https://attacker.example/keys';

  test('lets the token be judged by the published keys, and nobody asks where it points', async () => {
    const stranger = await signingKey('EdDSA', 'ed');
    const { verify, asked } = verifierFor({ ignoredHeaders: ['jku'] });
    expect(await verify(tokenOf(key, { header: { jku } }))).toEqual(goodIdentity);
    expect(await verify(tokenOf(stranger, { header: { jku } }))).toEqual(invalid('signature_bad'));
    expect(asked).toEqual([demoIssuer.jwksUri]);
  });

  test.each(['crit', 'b64', 'zip', 'x5u', 'x5c', 'jwk'])('is no other one: %s', async (name) => {
    const { verify, asked } = verifierFor({ ignoredHeaders: ['jku'] });
    expect(await verify(tokenOf(key, { header: { jku, [name]: 'x' } }))).toEqual(invalid('header_forbidden'));
    expect(asked).toEqual([]);
  });
});

test.each<{ why: string; claims: Record<string, unknown> }>([
  { why: 'a list of scopes', claims: { scope: ['openid', 'profile'] } },
  { why: 'a number of scopes', claims: { scope: 7 } },
  { why: 'a number as its id', claims: { jti: 7 } },
  { why: 'a list as its id', claims: { jti: ['a'] } },
  { why: 'an audience that is more than texts', claims: { aud: ['maitred-demo', 7, null] } },
  { why: 'all of it', claims: { scope: [], jti: {}, aud: [{}, 'maitred-demo'] } },
])('claims that nobody uses are nobody’s business: $why', async ({ claims }) => {
  const stranger = await signingKey('EdDSA', 'ed');
  const { verify } = verifierFor({});
  expect(await verify(tokenOf(key, { claims }))).toEqual(goodIdentity);
  expect(await verify(tokenOf(stranger, { claims }))).toEqual(invalid('signature_bad'));
  expect(await verify(tokenOf(key, { claims: { ...claims, exp: 1 } }))).toMatchObject({ reason: 'token_expired' });
});
