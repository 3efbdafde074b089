/** Which settings of an issuer may stand together: its ID tokens and the tokens of strangers stay outside. */
import { describe, expect, test } from '@jest/globals';
import { Issuers } from '../../config-schema/issuer.ts';
import { ConfigError } from '../../config-schema/config-error.ts';
import { parseConfig } from '../../config-schema/parse-config.ts';

const parse = (config: object) => parseConfig(Issuers, 'issuers', JSON.stringify([config]));
const errorOf = (config: object): ConfigError => {
  try {
    parse(config);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

const own = { alias: 'shop', issuer: 'https://id.example.com', audience: 'tills' };
const guid = '22222222-2222-4222-8222-222222222222';
const issuerOf = (issuer: string, audience = 'tills', more: object = {}) => ({ alias: 'a', issuer, audience, ...more });
const workos = {
  alias: 'workos',
  issuer: 'https://api.workos.com/user_management/client_EXAMPLE',
  audience: 'issuer',
  requiredClaims: { sid: 'present' },
  jwksUri: 'https://api.workos.com/sso/jwks/client_EXAMPLE',
};

describe('a configuration says what tells ID tokens from access tokens', () => {
  test.each([
    { why: 'nothing is known of the issuer', config: own, key: 'idTokens' },
    {
      why: 'they are said to have the same audience',
      config: { ...own, idTokens: 'same_audience' },
      key: 'requiredClaims',
    },
    ...['client_id', 'azp', 'cid', 'appid'].map((audienceClaim) => ({
      why: `the audience is in ${audienceClaim}, whatever is said of ID tokens`,
      config: { ...own, audienceClaim, idTokens: 'other_audience' },
      key: 'requiredClaims',
    })),
    { why: 'authentik', config: issuerOf('https://a.example/application/o/pos/'), key: 'requiredClaims' },
    {
      why: 'authentik, and something else is said',
      config: issuerOf('https://a.example/application/o/pos/', 'tills', { idTokens: 'other_audience' }),
      key: 'requiredClaims',
    },
    { why: 'Zitadel', config: issuerOf('https://a-b1.zitadel.cloud', '200000000000000017'), key: 'requiredClaims' },
    { why: 'FusionAuth', config: issuerOf('https://a.fusionauth.io', guid), key: 'requiredClaims' },
    { why: 'PingAM', config: issuerOf('https://a.example/am/oauth2/realms/root'), key: 'requiredClaims' },
    {
      why: 'Auth0 with a client as audience',
      config: issuerOf('https://t.eu.auth0.com/', 'A'.repeat(32)),
      key: 'requiredClaims',
    },
    {
      why: 'Okta with a client as audience',
      config: issuerOf('https://t.okta.com/oauth2/default', '0oaEXAMPLE'),
      key: 'requiredClaims',
    },
    {
      why: 'Entra ID with an app as audience',
      config: issuerOf(`https://login.microsoftonline.com/${guid}/v2.0`, guid),
      key: 'requiredClaims',
    },
    ...['iss', 'sub', 'aud', 'exp', 'iat', 'azp', 'nonce', 'email', 'email_verified', 'sid', 'auth_time', 'amr'].map(
      (name) => ({
        why: `${name} is in ID tokens, too`,
        config: { ...own, idTokens: 'same_audience', requiredClaims: { [name]: 'present' } },
        key: 'requiredClaims',
      }),
    ),
    {
      why: 'the audience is required once more',
      config: { ...own, audienceClaim: 'client_id', requiredClaims: { client_id: 'tills' } },
      key: 'requiredClaims',
    },
    {
      why: 'no claim is required',
      config: { ...own, idTokens: 'same_audience', requiredClaims: {} },
      key: 'requiredClaims',
    },
  ])('or is refused: $why', ({ config, key }) => {
    const error = errorOf(config);
    expect(error.key).toBe(`0.${key}`);
    expect(error.message).toMatch(/docs\/issuers\.md#id-tokens/);
  });

  test.each([
    { why: 'they have another audience', config: { ...own, idTokens: 'other_audience' } },
    { why: 'devices send them', config: { ...own, idTokens: 'sent' } },
    { why: 'a claim tells', config: { ...own, requiredClaims: { scope: 'present' } } },
    {
      why: 'a claim tells, beside one that does not',
      config: { ...own, requiredClaims: { email: 'present', typ: ['Bearer'] } },
    },
    { why: 'token_use tells', config: { ...own, tokenUse: 'access' } },
    {
      why: 'token_use tells where the audience is a client',
      config: { ...own, tokenUse: 'access', audienceClaim: 'client_id' },
    },
    {
      why: 'a claim tells where the audience is a client',
      config: { ...own, audienceClaim: 'azp', requiredClaims: { typ: 'Bearer' } },
    },
    { why: 'Auth0 with an API', config: issuerOf('https://t.eu.auth0.com/', 'https://maitred.example.com') },
    { why: 'Okta with an API', config: issuerOf('https://t.okta.com/oauth2/default', 'api://maitred') },
    { why: 'Entra ID with an API', config: issuerOf(`https://sts.windows.net/${guid}/`, 'api://maitred') },
    { why: 'Supabase', config: issuerOf('https://ref.supabase.co/auth/v1', 'authenticated') },
    { why: 'Firebase', config: issuerOf('https://securetoken.google.com/p', 'p') },
    { why: 'Google', config: issuerOf('https://accounts.google.com', 'c.apps.googleusercontent.com') },
    { why: 'an issuer on this machine', config: issuerOf('http://localhost:8080/realms/r') },
  ])('and is taken: $why', ({ config }) => {
    expect(parse(config)).toHaveLength(1);
  });
});

describe('the issuer as the audience', () => {
  test('is a word, and is complete as it is', () => {
    const [issuer] = parse(workos);
    expect(issuer).toMatchObject({ audience: 'issuer', audienceClaim: 'aud' });
    expect(parse(issuer ?? {})).toEqual([issuer]);
  });

  test('is a name like any other in a list', () => {
    const [issuer] = parse({ ...own, idTokens: 'other_audience', audience: ['issuer'] });
    expect(issuer).toMatchObject({ audience: ['issuer'] });
    expect(parse(issuer ?? {})).toEqual([issuer]);
  });

  test.each([
    { why: 'WorkOS for everybody', with: { issuer: 'https://api.workos.com' } },
    { why: 'WorkOS for everybody, with a slash', with: { issuer: 'https://api.workos.com/' } },
    { why: "WorkOS with another client's keys", with: { jwksUri: 'https://api.workos.com/sso/jwks/client_OTHER' } },
    { why: 'Firebase', with: { issuer: 'https://securetoken.google.com/p', jwksUri: 'https://www.googleapis.com/k' } },
    {
      why: 'keys of Google under another name',
      with: { issuer: 'https://id.example.com', jwksUri: 'https://www.googleapis.com/oauth2/v3/certs' },
    },
    { why: 'Google', with: { issuer: 'https://accounts.google.com' } },
    { why: 'Google of old', with: { issuer: 'accounts.google.com' } },
    { why: 'Apple', with: { issuer: 'https://appleid.apple.com' } },
    { why: 'Entra ID', with: { issuer: `https://login.microsoftonline.com/${guid}/v2.0` } },
    { why: 'Entra ID v1', with: { issuer: `https://sts.windows.net/${guid}/` } },
    { why: 'Entra External ID', with: { issuer: `https://t.ciamlogin.com/${guid}/v2.0` } },
    { why: 'GitHub Actions', with: { issuer: 'https://token.actions.githubusercontent.com' } },
  ])('is refused where strangers have the same keys: $why', ({ with: changed }) => {
    const error = errorOf({ ...workos, ...changed });
    expect(error.key).toBe('0.audience');
    expect(error.message).toMatch(/sign for strangers/);
  });

  test('needs another claim to go by, and has none beside it', () => {
    const { requiredClaims: _, ...bare } = workos;
    expect(errorOf(bare).key).toBe('0.requiredClaims');
    expect(errorOf({ ...workos, audienceClaim: 'azp' }).key).toBe('0.audienceClaim');
  });
});

describe('the name of an issuer', () => {
  test.each([
    'acme.com',
    'supabase',
    'stytch.com/project-live-17',
    'http://id.example.com',
    'Our own issuer',
    'accounts.google.com',
  ])('may be any printable text where the keys are said to be: %s', (issuer) => {
    const config = { ...own, idTokens: 'other_audience', issuer };
    expect(parse({ ...config, jwksUri: 'https://id.example.com/keys' })).toMatchObject([{ issuer }]);
    expect(errorOf(config)).toMatchObject({ key: '0.issuer' });
  });

  test.each(['', ' acme', 'acme ', 'acme\n', 'ácme', 'a'.repeat(257)])('is refused in any case: %j', (issuer) => {
    expect(errorOf({ ...own, idTokens: 'other_audience', issuer, jwksUri: 'https://id.example.com/keys' }).key).toBe(
      '0.issuer',
    );
  });

  test.each([
    'https://login.microsoftonline.com/{tenantid}/v2.0',
    'https://login.microsoftonline.com/common/v2.0',
    'https://login.microsoftonline.com/organizations/v2.0',
    'https://login.microsoftonline.com/consumers/v2.0',
    'https://*.auth0.com/',
  ])('is that of one tenant: %s', (issuer) => {
    const error = errorOf({ ...own, idTokens: 'other_audience', issuer, jwksUri: 'https://id.example.com/keys' });
    expect(error.key).toBe('0.issuer');
    expect(error.message).toMatch(/list each tenant with an alias of its own/);
  });
});

describe('required claims are refused, by their key', () => {
  test.each([
    { why: 'a list', requiredClaims: ['scope'] },
    { why: 'null', requiredClaims: null },
    { why: 'null as a value', requiredClaims: { scope: null } },
    { why: 'an object as a value', requiredClaims: { scope: { is: 'present' } } },
    { why: 'an empty list of values', requiredClaims: { scope: [] } },
    { why: 'a list in a list', requiredClaims: { scope: [['a']] } },
    { why: 'a name with a space', requiredClaims: { 'a b': 'present' } },
    { why: 'an empty name', requiredClaims: { '': 'present' } },
    { why: 'a name that every object has', requiredClaims: JSON.parse('{"__proto__":"present"}') },
    { why: 'another name that every object has', requiredClaims: { constructor: 'present' } },
    { why: 'too many', requiredClaims: Object.fromEntries(Array.from({ length: 21 }, (_, nth) => [`c${nth}`, 1])) },
  ])('$why', ({ requiredClaims }) => {
    expect(errorOf({ ...own, idTokens: 'other_audience', requiredClaims }).key).toBe('0.requiredClaims');
  });
});

test.each(['HS256', 'HS512', 'none', 'RSA-OAEP', 'ES256K', 'rs256'])(
  'an algorithm is refused with words that help: %s',
  (alg) => {
    const error = errorOf({ ...own, idTokens: 'other_audience', algorithms: [alg] });
    expect(error.key).toBe('0.algorithms.0');
    expect(error.message).toMatch(/never HS256, with which whoever can check a token can forge one/);
  },
);

test.each(['crit', 'b64', 'zip', 'jwk', 'x5u', 'x5c'])('no other header than jku may be left unread: %s', (name) => {
  expect(errorOf({ ...own, idTokens: 'other_audience', ignoredHeaders: [name] }).key).toBe('0.ignoredHeaders.0');
});
