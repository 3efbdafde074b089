import { describe, expect, test } from '@jest/globals';
import { Issuers } from '../../config-schema/issuer.ts';
import { ConfigError } from '../../config-schema/config-error.ts';
import { parseConfig } from '../../config-schema/parse-config.ts';
import { userPoolIssuer } from '../../lib/own-user-pool.ts';

const issuersOf = (issuers: unknown) => parseConfig(Issuers, 'issuers', JSON.stringify(issuers));
const completed = (config: object) => issuersOf([config])[0];

const plain = {
  alias: 'shop',
  issuer: 'https://id.example.com',
  audience: 'tills',
  idTokens: 'other_audience',
} as const;
const cognito = {
  alias: 'pool',
  issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123',
  audience: ['client'],
};

test('an issuer is completed with every default', () => {
  expect(completed(plain)).toEqual({
    alias: 'shop',
    issuer: 'https://id.example.com',
    audience: ['tills'],
    audienceClaim: 'aud',
    idTokens: 'other_audience',
    userIdClaim: 'sub',
    algorithms: ['RS256', 'ES256', 'ES384', 'EdDSA'],
    jwksUri: 'https://id.example.com/.well-known/jwks.json',
    keyIdOptional: false,
    maxTokenLifetimeSeconds: 86_400,
  });
});

test.each([
  {
    why: 'one slash, not two, before the key set',
    config: { ...plain, issuer: 'https://id.example.com/' },
    is: { issuer: 'https://id.example.com/', jwksUri: 'https://id.example.com/.well-known/jwks.json' },
  },
  {
    why: 'a key set elsewhere',
    config: { ...plain, jwksUri: 'https://k.example/j' },
    is: { jwksUri: 'https://k.example/j' },
  },
  { why: 'several audiences', config: { ...plain, audience: ['a', 'b'] }, is: { audience: ['a', 'b'] } },
  { why: 'access tokens of Cognito', config: cognito, is: { tokenUse: 'access', audienceClaim: 'client_id' } },
  {
    why: 'id tokens of Cognito',
    config: { ...cognito, tokenUse: 'id' },
    is: { tokenUse: 'id', audienceClaim: 'aud' },
  },
  {
    why: 'no rules of Cognito for a look-alike',
    config: {
      ...cognito,
      issuer: 'https://cognito-idp.eu-west-1.amazonaws.com.evil.example/eu-west-1_AbCdEf123',
      idTokens: 'other_audience',
    },
    is: { audienceClaim: 'aud' },
  },
  {
    why: 'another user id and lifetime',
    config: { ...plain, userIdClaim: 'https://example.com/staff', maxTokenLifetimeSeconds: 3600 },
    is: { userIdClaim: 'https://example.com/staff', maxTokenLifetimeSeconds: 3600 },
  },
])('$why', ({ config, is }) => {
  expect(completed(config)).toMatchObject(is);
});

test('what is complete reads as itself', () => {
  const all = [
    completed(plain),
    completed(cognito),
    completed({ ...plain, alias: 'ids', issuer: 'https://ids.example', tokenUse: 'id', audienceClaim: 'client_id' }),
    userPoolIssuer({ url: 'https://pool.example', clientId: 'c' }),
  ];
  expect(issuersOf(all)).toEqual(all);
});

test.each([
  'http://127.0.0.1:3000/issuer',
  'http://127.0.0.2/i',
  'http://localhost',
  'http://[::1]:80',
  'http://issuer.maitred.localhost',
])('may do without TLS on this machine: %s', (issuer) => {
  expect(completed({ ...plain, issuer, jwksUri: `${issuer}/keys` })).toMatchObject({
    issuer,
    jwksUri: `${issuer}/keys`,
  });
});

describe('an issuer is refused, by its key, with', () => {
  test.each<{ why: string; issuers: unknown; key: string }>([
    { why: 'text for an issuer', issuers: ['https://issuer.example'], key: '0' },
    { why: 'no audience', issuers: [{ alias: 'a', issuer: 'https://a.example' }], key: '0.audience' },
    { why: 'an alias with a separator', issuers: [{ ...plain, alias: 'a#b' }], key: '0.alias' },
    { why: 'an empty alias', issuers: [{ ...plain, alias: '' }], key: '0.alias' },
    { why: 'an alias of 17 characters', issuers: [{ ...plain, alias: 'a'.repeat(17) }], key: '0.alias' },
    { why: 'no TLS', issuers: [{ ...plain, issuer: 'http://issuer.example' }], key: '0.issuer' },
    {
      why: 'a host that only sounds like this machine',
      issuers: [{ ...plain, issuer: 'http://localhost.example' }],
      key: '0.issuer',
    },
    {
      why: 'a user name like this machine',
      issuers: [{ ...plain, issuer: 'http://localhost@issuer.example' }],
      key: '0.issuer',
    },
    { why: 'keys without TLS', issuers: [{ ...plain, jwksUri: 'http://169.254.169.254/' }], key: '0.jwksUri' },
    { why: 'keys in a file', issuers: [{ ...plain, jwksUri: 'file:///etc/passwd' }], key: '0.jwksUri' },
    { why: 'an empty list of audiences', issuers: [{ ...plain, audience: [] }], key: '0.audience' },
    { why: 'an empty audience', issuers: [{ ...plain, audience: [''] }], key: '0.audience.0' },
    { why: 'HMAC', issuers: [{ ...plain, algorithms: ['HS256'] }], key: '0.algorithms.0' },
    { why: 'no algorithm at all', issuers: [{ ...plain, algorithms: ['none'] }], key: '0.algorithms.0' },
    { why: 'an empty list of algorithms', issuers: [{ ...plain, algorithms: [] }], key: '0.algorithms' },
    { why: 'an empty user claim', issuers: [{ ...plain, userIdClaim: '' }], key: '0.userIdClaim' },
    { why: 'a null for no token use', issuers: [{ ...plain, tokenUse: null }], key: '0.tokenUse' },
    {
      why: 'a lifetime of text',
      issuers: [{ ...plain, maxTokenLifetimeSeconds: '86400' }],
      key: '0.maxTokenLifetimeSeconds',
    },
    { why: 'the second one broken', issuers: [plain, { ...plain, alias: 'X' }], key: '1.alias' },
    { why: 'one alias for two', issuers: [plain, { ...plain, issuer: 'https://b.example' }], key: '1.alias' },
    { why: 'one issuer twice', issuers: [plain, { ...plain, alias: 'b' }], key: '1.issuer' },
  ])('$why', ({ issuers, key }) => {
    expect(() => issuersOf(issuers)).toThrow(ConfigError);
    expect(() => issuersOf(issuers)).toThrow(expect.objectContaining({ key }));
  });
});

describe('a claim that makes members', () => {
  const claim = { path: ['app_metadata', 'restaurants'], shape: 'roles' };
  const withClaim = (membershipClaim: unknown) => ({ ...plain, membershipClaim });

  test.each([
    { why: 'of roles', membershipClaim: claim },
    { why: 'of ids with their role', membershipClaim: { ...claim, shape: 'ids', role: 'employee' } },
    { why: 'of somewhere with a name', membershipClaim: { ...claim, path: ['tenant', 'name'] } },
    { why: 'under an address', membershipClaim: { ...claim, path: ['https://example.com/restaurants'] } },
    { why: 'of Cognito’s groups', membershipClaim: { ...claim, path: ['cognito:groups'] } },
    {
      why: 'at the places that are named',
      membershipClaim: { ...claim, restaurants: ['r-17'], restaurantPrefix: 'a-' },
    },
  ])('is complete, and reads as itself: $why', ({ membershipClaim }) => {
    const [issuer] = issuersOf([withClaim(membershipClaim)]);
    expect(issuer?.membershipClaim).toEqual({ idField: 'id', roleField: 'role', ...membershipClaim });
    expect(issuersOf([issuer])).toEqual([issuer]);
  });

  test.each<{ why: string; membershipClaim: unknown; key: string }>([
    { why: 'no path', membershipClaim: { ...claim, path: undefined }, key: 'path' },
    { why: 'a path of text', membershipClaim: { ...claim, path: 'app_metadata.restaurants' }, key: 'path' },
    { why: 'an empty path', membershipClaim: { ...claim, path: [] }, key: 'path' },
    { why: 'a path of nine levels', membershipClaim: { ...claim, path: [...'abcdefghi'] }, key: 'path' },
    { why: 'an empty name', membershipClaim: { ...claim, path: [''] }, key: 'path.0' },
    { why: 'another shape', membershipClaim: { ...claim, shape: 'list' }, key: 'shape' },
    { why: 'a list of ids without a role', membershipClaim: { ...claim, shape: 'ids' }, key: 'role' },
    { why: 'a role beside those of the claim', membershipClaim: { ...claim, role: 'employee' }, key: 'role' },
    { why: 'what can be no role', membershipClaim: { ...claim, shape: 'ids', role: 'Chef' }, key: 'role' },
    { why: 'every restaurant', membershipClaim: { ...claim, restaurants: ['*'] }, key: 'restaurants.0' },
    { why: 'no restaurant', membershipClaim: { ...claim, restaurants: [] }, key: 'restaurants' },
    { why: 'a prefix of all', membershipClaim: { ...claim, restaurantPrefix: '' }, key: 'restaurantPrefix' },
    { why: 'a prefix that no id has', membershipClaim: { ...claim, restaurantPrefix: 'r/' }, key: 'restaurantPrefix' },
    { why: 'a key that is none', membershipClaim: { ...claim, claim: 'groups' }, key: 'claim' },
    ...[
      ['user_metadata', 'restaurants'],
      ['USER_METADATA', 'restaurants'],
      ['a', 'userMetadata', 'restaurants'],
      ['https://example.com/user_metadata'],
      ['raw_user_meta_data', 'restaurants'],
      ['unsafe_metadata', 'restaurants'],
      ['unsafeMetadata'],
      ['untrusted_metadata', 'restaurants'],
      ['custom:restaurants'],
      ['Custom:restaurants'],
      ['ext', 'identity', 'traits', 'restaurants'],
      ['profile'],
      ['preferred_username'],
    ].map((path) => ({
      why: `what users write themselves (${path.join(', ')})`,
      membershipClaim: { ...claim, path },
      key: 'path',
    })),
  ])('is refused with $why', ({ membershipClaim, key }) => {
    expect(() => issuersOf([withClaim(membershipClaim)])).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', key: `0.membershipClaim.${key}` }),
    );
  });

  const other = { ...plain, alias: 'other', issuer: 'https://other.example' };
  test('has to name its restaurants where the stage trusts several issuers, whichever has the claim', () => {
    for (const [nth, issuers] of [
      [withClaim(claim), other],
      [other, withClaim(claim)],
    ].entries())
      expect(() => issuersOf(issuers)).toThrow(expect.objectContaining({ key: `${nth}.membershipClaim` }));
    expect(issuersOf([withClaim({ ...claim, restaurantPrefix: 'r-' }), other])).toHaveLength(2);
    expect(issuersOf([withClaim({ ...claim, restaurants: ['r-17'] }), other])).toHaveLength(2);
  });
});
