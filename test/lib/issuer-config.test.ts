import { expect, test } from '@jest/globals';
import { issuersFrom } from '../../lambdas/identity/issuer.ts';
import { parseStageConfig } from '../../lib/config.ts';
import { completeIssuer, userPoolIssuer } from '../../lib/issuer-config.ts';

const completed = (config: object) => {
  const [issuer] = parseStageConfig('config/test.json', JSON.stringify({ issuers: [config] })).issuers;
  if (issuer === undefined) throw new Error('no issuer');
  return completeIssuer(issuer);
};

const plain = { alias: 'shop', issuer: 'https://id.example.com', audience: 'tills' };
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
    audience_claim: 'aud',
    token_use: null,
    user_id_claim: 'sub',
    algorithms: ['RS256', 'ES256', 'EdDSA'],
    jwks_uri: 'https://id.example.com/.well-known/jwks.json',
    max_token_lifetime_seconds: 86_400,
  });
});

test.each([
  {
    why: 'one slash, not two, before the key set',
    config: { ...plain, issuer: 'https://id.example.com/' },
    is: { issuer: 'https://id.example.com/', jwks_uri: 'https://id.example.com/.well-known/jwks.json' },
  },
  {
    why: 'a key set elsewhere',
    config: { ...plain, jwksUri: 'https://k.example/j' },
    is: { jwks_uri: 'https://k.example/j' },
  },
  { why: 'several audiences', config: { ...plain, audience: ['a', 'b'] }, is: { audience: ['a', 'b'] } },
  { why: 'access tokens of Cognito', config: cognito, is: { token_use: 'access', audience_claim: 'client_id' } },
  {
    why: 'id tokens of Cognito',
    config: { ...cognito, tokenUse: 'id' },
    is: { token_use: 'id', audience_claim: 'aud' },
  },
  {
    why: 'no rules of Cognito for a look-alike',
    config: { ...cognito, issuer: 'https://cognito-idp.eu-west-1.amazonaws.com.evil.example/eu-west-1_AbCdEf123' },
    is: { token_use: null, audience_claim: 'aud' },
  },
  {
    why: 'another user id and lifetime',
    config: { ...plain, userIdClaim: 'https://example.com/staff', maxTokenLifetimeSeconds: 3600 },
    is: { user_id_claim: 'https://example.com/staff', max_token_lifetime_seconds: 3600 },
  },
  { why: 'the local issuer', config: { ...plain, issuer: 'http://issuer.maitred.localhost' }, is: { alias: 'shop' } },
])('$why', ({ config, is }) => {
  expect(completed(config)).toMatchObject(is);
});

test('what is completed is what the functions read', () => {
  const all = [completed(plain), completed(cognito), userPoolIssuer({ url: 'https://pool.example', clientId: 'c' })];
  expect(issuersFrom(JSON.parse(JSON.stringify(all)))).toEqual(all);
});
