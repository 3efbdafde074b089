import { describe, expect, test } from '@jest/globals';
import type { Issuer } from '../../config-schema/issuer.ts';
import type { Detail } from '../../lambdas/security/catalogue.ts';
import {
  demoIssuer,
  expired,
  goodClaims,
  goodIdentity,
  invalid,
  nowMs,
  nowSeconds,
  signingKey,
  signTexts,
  tokenOf,
  verifierOf,
} from './tokens.ts';

const key = await signingKey('EdDSA', 'ed');
const { verify } = verifierOf({ [demoIssuer.jwksUri]: [key.jwk] });
const verifyFor = (issuer: Partial<Issuer>) =>
  verifierOf({ [demoIssuer.jwksUri]: [key.jwk] }, [{ ...demoIssuer, ...issuer }]).verify;

/** A genuine token whose payload is good but for one field, written as raw JSON so that it may be any number. */
const withRaw = (name: string, literal: string | undefined): string => {
  const fields = Object.entries({ ...goodClaims, [name]: undefined }).map(([field, value]) =>
    field === name ? literal && `"${field}":${literal}` : `"${field}":${JSON.stringify(value)}`,
  );
  return signTexts(key, '{"alg":"EdDSA","kid":"ed"}', `{${fields.filter(Boolean).join(',')}}`);
};

describe('exp', () => {
  test.each<{ why: string; literal: string | undefined; detail: Detail }>([
    { why: 'missing', literal: undefined, detail: 'expiry_missing' },
    { why: 'negative', literal: '-1', detail: 'expiry_missing' },
    { why: 'hugely negative, which makes no date', literal: '-1e300', detail: 'expiry_missing' },
    { why: 'huge', literal: '1e300', detail: 'expiry_missing' },
    { why: 'one second after the last date', literal: '8640000000001', detail: 'expiry_missing' },
    { why: 'the last date', literal: '8640000000000', detail: 'expiry_too_far' },
    { why: 'more than a double holds', literal: '1e999', detail: 'token_malformed' },
    { why: 'less than a double holds', literal: '-1e999', detail: 'token_malformed' },
    { why: 'NaN', literal: 'NaN', detail: 'token_malformed' },
    { why: 'text', literal: '"1900000000"', detail: 'token_malformed' },
    { why: 'text that reads NaN', literal: '"NaN"', detail: 'token_malformed' },
    { why: 'null', literal: 'null', detail: 'token_malformed' },
    { why: 'true', literal: 'true', detail: 'token_malformed' },
    { why: 'an array', literal: `[${nowSeconds + 60}]`, detail: 'token_malformed' },
    { why: 'an object', literal: '{"valueOf":1900000000}', detail: 'token_malformed' },
    {
      why: 'a minute and a second more than 24 hours ahead',
      literal: String(nowSeconds + 86_461),
      detail: 'expiry_too_far',
    },
    { why: 'in milliseconds', literal: String(nowMs + 3_600_000), detail: 'expiry_too_far' },
  ])('is refused: $why', async ({ literal, detail }) => {
    expect(await verify(withRaw('exp', literal))).toEqual(invalid(detail));
  });

  test.each([
    { why: 'this very second', exp: nowSeconds },
    { why: 'a second ago', exp: nowSeconds - 1 },
    { why: 'the epoch', exp: 0 },
  ])('has passed: $why', async ({ exp }) => {
    expect(await verify(tokenOf(key, { claims: { exp } }))).toEqual(expired('expired'));
  });

  test.each([
    { why: 'one second ahead', exp: nowSeconds + 1, expiresAtMs: nowMs + 1_000 },
    { why: 'half a second ahead', exp: nowSeconds + 0.5, expiresAtMs: nowMs + 500 },
    { why: '24 hours ahead', exp: nowSeconds + 86_400, expiresAtMs: nowMs + 86_400_000 },
    {
      why: '24 hours from an issuer that is a minute ahead',
      exp: nowSeconds + 86_460,
      expiresAtMs: nowMs + 86_460_000,
    },
  ])('is the end of the session: $why', async ({ exp, expiresAtMs }) => {
    expect(await verify(tokenOf(key, { claims: { exp } }))).toEqual({ ...goodIdentity, expiresAtMs });
  });

  test('may be as far ahead as the issuer is allowed', async () => {
    const token = tokenOf(key, { claims: { exp: nowSeconds + 600 } });
    expect(await verifyFor({ maxTokenLifetimeSeconds: 540 })(token)).toMatchObject({ userId: 'u-1' });
    expect(await verifyFor({ maxTokenLifetimeSeconds: 539 })(token)).toEqual(invalid('expiry_too_far'));
  });
});

describe('iat', () => {
  test.each<{ why: string; literal: string | undefined; detail: Detail }>([
    { why: 'missing', literal: undefined, detail: 'issued_at_missing' },
    { why: 'negative', literal: '-1', detail: 'issued_at_missing' },
    { why: 'huge', literal: '1e300', detail: 'issued_at_missing' },
    { why: 'hugely negative', literal: '-1e300', detail: 'issued_at_missing' },
    { why: 'text', literal: '"now"', detail: 'token_malformed' },
    { why: 'null', literal: 'null', detail: 'token_malformed' },
    { why: 'more than a double holds', literal: '1e999', detail: 'token_malformed' },
  ])('is refused: $why', async ({ literal, detail }) => {
    expect(await verify(withRaw('iat', literal))).toEqual(invalid(detail));
  });

  test('may be 60 s ahead of this clock and no more', async () => {
    const issuedIn = (seconds: number) => verify(tokenOf(key, { claims: { iat: nowSeconds + seconds } }));
    expect(await issuedIn(60)).toEqual({ ...goodIdentity, issuedAtMs: nowMs + 60_000 });
    expect(await issuedIn(61)).toEqual(expired('issued_in_future'));
  });
});

describe('nbf', () => {
  test.each<{ why: string; literal: string; detail: Detail }>([
    { why: 'negative', literal: '-1', detail: 'not_yet_valid' },
    { why: 'hugely negative', literal: '-1e300', detail: 'not_yet_valid' },
    { why: 'huge', literal: '1e300', detail: 'not_yet_valid' },
    { why: 'text', literal: '"now"', detail: 'token_malformed' },
    { why: 'null', literal: 'null', detail: 'token_malformed' },
  ])('is refused: $why', async ({ literal, detail }) => {
    expect(await verify(withRaw('nbf', literal))).toEqual(invalid(detail));
  });

  test('may be missing, past, or 60 s ahead and no more', async () => {
    const validFrom = (nbf: number | undefined) => verify(tokenOf(key, { claims: { nbf } }));
    for (const nbf of [undefined, 0, nowSeconds, nowSeconds + 60]) expect(await validFrom(nbf)).toEqual(goodIdentity);
    expect(await validFrom(nowSeconds + 61)).toEqual(expired('not_yet_valid'));
  });
});

describe('the signature comes first', () => {
  const tampered = (token: string) => {
    const [header, , signature] = token.split('.');
    return (claims: object) =>
      [header, Buffer.from(JSON.stringify({ ...goodClaims, ...claims })).toString('base64url'), signature].join('.');
  };

  test.each([
    { why: 'expired', claims: { exp: nowSeconds - 1 } },
    { why: 'not valid yet', claims: { nbf: nowSeconds + 3_600 } },
    { why: 'for another audience', claims: { aud: 'other' } },
    { why: 'for somebody else', claims: { sub: 'u-2' } },
    { why: 'hostile to clocks', claims: { exp: -1e300 } },
  ])('so a forged token is forged, though it is also $why', async ({ claims }) => {
    expect(await verify(tampered(tokenOf(key))(claims))).toEqual(invalid('signature_bad'));
  });

  test('and what is wrong for good outweighs what a new token would mend', async () => {
    const old = { exp: nowSeconds - 1 };
    expect(await verify(tokenOf(key, { claims: { ...old, aud: 'other' } }))).toEqual(invalid('audience_wrong'));
    expect(await verify(tokenOf(key, { claims: { ...old, iat: undefined } }))).toEqual(invalid('issued_at_missing'));
  });
});

describe('the login', () => {
  const issuedAt = goodClaims.iat;
  const supabase = (...timestamps: readonly unknown[]) =>
    JSON.stringify(timestamps.map((timestamp, nth) => ({ method: `method-${nth}`, timestamp })));

  test.each<{ why: string; claim: string; literal: string; loggedInAt: number }>([
    {
      why: 'an hour before the token',
      claim: 'auth_time',
      literal: `${issuedAt - 3_600}`,
      loggedInAt: issuedAt - 3_600,
    },
    { why: 'as the token', claim: 'auth_time', literal: `${issuedAt}`, loggedInAt: issuedAt },
    { why: 'half a second before', claim: 'auth_time', literal: `${issuedAt - 0.5}`, loggedInAt: issuedAt - 0.5 },
    { why: 'after the token, which is none', claim: 'auth_time', literal: `${issuedAt + 1}`, loggedInAt: issuedAt },
    { why: 'in years, which is none', claim: 'auth_time', literal: '8640000000000', loggedInAt: issuedAt },
    { why: 'one method of Supabase', claim: 'amr', literal: supabase(issuedAt - 60), loggedInAt: issuedAt - 60 },
    {
      why: 'the first of several methods',
      claim: 'amr',
      literal: supabase(issuedAt - 5, issuedAt - 60, issuedAt - 20),
      loggedInAt: issuedAt - 60,
    },
    {
      why: 'the one method that tells',
      claim: 'amr',
      literal: `["pwd",null,{"timestamp":"${issuedAt - 90}"},{"timestamp":${issuedAt - 60}}]`,
      loggedInAt: issuedAt - 60,
    },
  ])('is told by $claim: $why', async ({ claim, literal, loggedInAt }) => {
    expect(await verify(withRaw(claim, literal))).toEqual({ ...goodIdentity, loggedInAtMs: loggedInAt * 1_000 });
  });

  test('is the earliest of all that a token tells', async () => {
    const claims = { auth_time: issuedAt - 10, amr: [{ timestamp: issuedAt - 20 }] };
    expect(await verify(tokenOf(key, { claims }))).toMatchObject({ loggedInAtMs: (issuedAt - 20) * 1_000 });
  });

  test('has happened, though the issuer is ahead', async () => {
    const claims = { iat: nowSeconds + 30, auth_time: nowSeconds + 30 };
    expect(await verify(tokenOf(key, { claims }))).toMatchObject({ loggedInAtMs: nowMs });
  });

  test.each<{ claim: string; literal: string }>([
    { claim: 'auth_time', literal: '0' },
    { claim: 'auth_time', literal: '-1' },
    { claim: 'auth_time', literal: '1e300' },
    { claim: 'auth_time', literal: `"${issuedAt}"` },
    { claim: 'auth_time', literal: 'null' },
    { claim: 'auth_time', literal: '{}' },
    { claim: 'amr', literal: '["pwd","mfa"]' },
    { claim: 'amr', literal: '[]' },
    { claim: 'amr', literal: '"pwd"' },
    { claim: 'amr', literal: 'null' },
    { claim: 'amr', literal: `{"timestamp":${issuedAt}}` },
    { claim: 'amr', literal: '[{"timestamp":0}]' },
  ])('is not told by $claim $literal, which refuses nobody', async ({ claim, literal }) => {
    expect(await verify(withRaw(claim, literal))).toEqual(goodIdentity);
  });
});
