/** Tokens that let nobody in, of an issuer whose key is at hand: each row of the token rules, over the wire. */

import { connectionTypeOfVisitor, visitorOfTests } from './demo-visitor.ts';
import { type InsideConversation, refusal } from './refusals.ts';
import { refusedAs, type Traces } from './traces.ts';

/** Anonymous: neither a user id nor a token that is valid. */
const anonymous = (detail: string): Traces => refusedAs('access_denied', 'CRITICAL', detail);

const nowSeconds = (): number => Math.floor(Date.now() / 1000);

const badTokens: readonly InsideConversation[] = (
  [
    ['an unknown issuer', 'issuer_unknown', () => ({ iss: 'https://elsewhere.example.com' })],
    ['another audience', 'audience_wrong', () => ({ client_id: 'another-app' })],
    ['another use', 'token_use_wrong', () => ({ token_use: 'id' })],
    ['no exp', 'expiry_missing', () => ({ exp: undefined })],
    ['an exp that is text', 'token_malformed', () => ({ exp: '9999999999' })],
    ['an exp too large for any clock', 'expiry_missing', () => ({ exp: 1e300 })],
    ['an exp of a year', 'expiry_too_far', () => ({ exp: nowSeconds() + 365 * 86_400 })],
    ['no iat', 'issued_at_missing', () => ({ iat: undefined })],
    ['no user', 'user_claim_unusable', () => ({ sub: undefined })],
    ['the user "0"', 'user_claim_unusable', () => ({ sub: '0' })],
    ['a number as user that no user id is', 'user_claim_unusable', () => ({ sub: 1.5 })],
    ['a list of scopes for another app', 'audience_wrong', () => ({ client_id: 'another-app', scope: ['openid'] })],
  ] as const
).map(([why, detail, claims]) =>
  refusal(`a token with ${why} is refused`, 'token_invalid', anonymous(detail), ({ fixture }) => ({
    token: fixture.keepSecret(fixture.issuers.pool.token(claims())),
  })),
);

const badHeaders: readonly InsideConversation[] = (
  [
    ['alg none', 'signature_bad', { alg: 'none' }],
    ['a symmetric alg', 'algorithm_refused', { alg: 'HS256' }],
    ['an alg of another key type', 'key_unfit', { alg: 'RS256' }],
    ['a kid that is not published', 'key_unknown', { kid: 'pool-2' }],
    ['no kid', 'key_unknown', { kid: undefined }],
    ['a critical extension', 'header_forbidden', { crit: ['exp'] }],
    ['a key of its own', 'header_forbidden', { jwk: { kty: 'EC' } }],
  ] as const
).map(([why, detail, header]) =>
  refusal(`a token with ${why} is refused`, 'token_invalid', anonymous(detail), ({ fixture }) => ({
    // Issued before any key set was asked for: a key id that nobody knows is not one that is still to come.
    token: fixture.keepSecret(fixture.issuers.pool.token({ iat: Math.floor(Date.now() / 1000) - 3_600 }, header)),
  })),
);

/** Where a token's own header would have its key fetched from. */
export const temptingPath = '/theirs';

const tempting: readonly InsideConversation[] = ['jku', 'x5u'].map((name) =>
  refusal(`a token with a ${name} is refused`, 'token_invalid', anonymous('header_forbidden'), ({ fixture }) => {
    const { pool } = fixture.issuers;
    return { token: fixture.keepSecret(pool.token({}, { [name]: new URL(temptingPath, pool.url).href })) };
  }),
);

const untimely: readonly InsideConversation[] = [
  refusal(
    'a token that is not valid yet counts as expired',
    'token_expired',
    refusedAs('token_expired', 'WARNING', 'not_yet_valid'),
    async ({ fixture }) => ({ token: await fixture.token(visitorOfTests, { nbf: nowSeconds() + 300 }) }),
  ),
  refusal(
    'a token from the future counts as expired',
    'token_expired',
    refusedAs('token_expired', 'WARNING', 'issued_in_future'),
    async ({ fixture }) => ({ token: await fixture.token(visitorOfTests, { iat: nowSeconds() + 300 }) }),
  ),
  refusal(
    'an expired token with a bad signature is no expired token',
    'token_invalid',
    anonymous('signature_bad'),
    async ({ fixture }) => ({
      token: fixture.keepSecret(`${(await fixture.token(visitorOfTests, { exp: 1 })).slice(0, -8)}AAAAAAAA`),
    }),
  ),
  refusal(
    'a bad token of somebody who says who he is is recorded as such',
    'token_invalid',
    refusedAs('token_invalid', 'ERROR', 'token_malformed', {
      claimed: { user_id: 'u-1', restaurant_id: 'r-17', connection_type: connectionTypeOfVisitor },
    }),
    () => ({ token: 'open sesame', user_id: 'u-1' }),
  ),
];

export const badTokenConversations: readonly InsideConversation[] = [
  ...badTokens,
  ...badHeaders,
  ...tempting,
  ...untimely,
];
