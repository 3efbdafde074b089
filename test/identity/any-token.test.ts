import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isRefusal } from '../../lambdas/identity/identity.ts';
import { limits } from '../../protocol/limits.ts';
import { runs } from '../harness/runs.ts';
import {
  base64url,
  demoIssuer,
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
const good = tokenOf(key);
const [goodHeader = '', goodPayload = '', goodSignature = ''] = good.split('.');

const anyReason = expect.stringMatching(/^(token_invalid|token_expired)$/);
const refused = { reason: anyReason, detail: expect.any(String) };

describe('text that is no token', () => {
  test.each([
    { why: 'missing', token: undefined, detail: 'token_missing' },
    { why: 'empty', token: '', detail: 'token_missing' },
    { why: 'white space', token: ' ', detail: 'token_malformed' },
    { why: 'a word', token: 'undefined', detail: 'token_malformed' },
    { why: 'dots', token: '..', detail: 'token_malformed' },
    { why: 'two parts', token: `${goodHeader}.${goodPayload}`, detail: 'token_malformed' },
    { why: 'four parts', token: `${good}.${goodSignature}`, detail: 'token_malformed' },
    { why: 'five parts, as if encrypted', token: 'a.b.c.d.e', detail: 'token_malformed' },
    { why: 'a scheme before it', token: `Bearer ${good}`, detail: 'token_malformed' },
    { why: 'a space after it', token: `${good} `, detail: 'token_malformed' },
    { why: 'a line break after it', token: `${good}\n`, detail: 'token_malformed' },
    { why: 'the other alphabet', token: `${goodHeader}.${goodPayload}.ab+/`, detail: 'token_malformed' },
    {
      why: 'a header that is no JSON',
      token: `${base64url('{')}.${goodPayload}.${goodSignature}`,
      detail: 'token_malformed',
    },
    {
      why: 'a header that is an array',
      token: `${base64url('[]')}.${goodPayload}.${goodSignature}`,
      detail: 'token_malformed',
    },
    {
      why: 'a payload that is no JSON',
      token: `${goodHeader}.${base64url('x')}.${goodSignature}`,
      detail: 'token_malformed',
    },
    {
      why: 'a payload of null',
      token: `${goodHeader}.${base64url('null')}.${goodSignature}`,
      detail: 'token_malformed',
    },
    { why: 'bytes that are no text', token: `_____w.${goodPayload}.${goodSignature}`, detail: 'token_malformed' },
    { why: 'as many dots as fit', token: '.'.repeat(limits.maxTokenBytes), detail: 'token_malformed' },
    { why: 'one long part', token: 'a'.repeat(limits.maxTokenBytes), detail: 'token_malformed' },
  ] as const)('is refused: $why', async ({ token, detail }) => {
    expect(await verify(token)).toEqual(invalid(detail));
  });

  test('however deep its payload is', async () => {
    const depth = 2_900;
    const payload = JSON.stringify(goodClaims).replace('{', `{"x":${'['.repeat(depth)}${']'.repeat(depth)},`);
    const token = signTexts(key, '{"alg":"EdDSA","kid":"ed"}', payload);
    expect(token.length).toBeLessThanOrEqual(limits.maxTokenBytes);
    expect([goodIdentity, invalid('token_malformed')]).toContainEqual(await verify(token));
  });
});

test('any text is refused, and never thrown at', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.stringMatching(/^[\w-]{0,40}\.[\w-]{0,40}\.[\w-]{0,40}$/),
        fc.tuple(fc.json(), fc.json()).map(([header, payload]) => `${base64url(header)}.${base64url(payload)}.AA`),
      ),
      async (text) => expect(await verify(text)).toEqual(refused),
    ),
    { numRuns: runs(1_000) },
  );
});

test('a token with a character changed is never somebody else, and never thrown at', async () => {
  const mutated = fc
    .tuple(fc.nat({ max: good.length - 1 }), fc.string({ unit: 'grapheme-ascii', maxLength: 3 }), fc.nat({ max: 2 }))
    .map(([at, put, drop]) => good.slice(0, at) + put + good.slice(at + drop));
  await fc.assert(
    fc.asyncProperty(mutated, async (token) => {
      const verdict = await verify(token);
      // Padding and the spare bits of a last character decode alike: the same token, spelled otherwise.
      expect(verdict).toEqual(isRefusal(verdict) ? refused : goodIdentity);
    }),
    { numRuns: runs(1_000) },
  );
});

test('a genuine token with any header and any claims is refused or is the user it names', async () => {
  const nearby = fc.integer({ min: nowSeconds - 100, max: nowSeconds + 90_000 });
  const number = fc.oneof(nearby, fc.double(), fc.integer(), fc.constantFrom(-1e300, 1e300, 8.64e12, -0));
  const value = fc.oneof(
    number,
    fc.string(),
    fc.constantFrom('u-2', 'maitred-demo'),
    fc.jsonValue(),
    fc.constant(undefined),
  );
  const some = (names: readonly string[]) => fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 3 });
  const claims = some(['exp', 'iat', 'nbf', 'aud', 'sub', 'iss', 'scope', 'jti', 'roles']);
  const header = fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, some(['alg', 'kid', 'crit', 'typ', 'b64']));
  let identities = 0;
  await fc.assert(
    fc.asyncProperty(header, claims, async (header, claims) => {
      const verdict = await verify(tokenOf(key, { header, claims }));
      if (isRefusal(verdict)) return expect(verdict).toEqual(refused);
      identities += 1;
      const said: Record<string, unknown> = { ...goodClaims, ...claims };
      // A number is a user id where it is a whole one: `JSON.stringify` writes it as user ids are written.
      expect(verdict.userId).toBe(Number.isSafeInteger(said['sub']) ? String(said['sub']) : said['sub']);
      expect(verdict.expiresAtMs).toBeGreaterThan(nowMs);
      expect(verdict.expiresAtMs).toBeLessThanOrEqual(nowMs + demoIssuer.maxTokenLifetimeSeconds * 1_000 + 60_000);
      expect(verdict.issuedAtMs).toBeLessThanOrEqual(nowMs + 60_000);
    }),
    { numRuns: runs(1_500) },
  );
  expect(identities).toBeGreaterThan(runs(12));
});

test('a verdict holds fixed words only: nothing of the token is in a refusal', async () => {
  const canary = 'canary-7f3a';
  const tokens = [
    canary,
    `${canary}.${canary}.${canary}`,
    tokenOf(key, { header: { alg: canary } }),
    tokenOf(key, { header: { kid: canary } }),
    tokenOf(key, { claims: { iss: canary } }),
    tokenOf(key, { claims: { aud: canary } }),
    tokenOf(key, { claims: { sub: `${canary} ` } }),
    tokenOf(key, { claims: { exp: canary } }),
  ];
  for (const token of tokens) {
    const verdict = await verify(token);
    expect(verdict).toEqual(refused);
    expect(JSON.stringify(verdict)).not.toContain(canary);
  }
});

test('when the keys cannot be had the token is neither good nor bad', async () => {
  const { verify } = verifierOf({});
  expect(await verify(good)).toEqual({
    reason: 'unavailable',
    detail: 'keys_unreachable',
    retryAfterMs: 10_000,
  });
});
