import { describe, expect, test } from '@jest/globals';
import { EnvironmentError } from '../../lambdas/env.ts';
import { issuersFrom } from '../../lambdas/identity/issuer.ts';
import { demoIssuer } from './tokens.ts';

describe('trusted issuers', () => {
  test('are read as they were configured', () => {
    expect(issuersFrom([demoIssuer, { ...demoIssuer, alias: 'b', issuer: 'https://b.example' }])).toHaveLength(2);
    expect(issuersFrom([demoIssuer])).toEqual([demoIssuer]);
  });

  test.each(['http://127.0.0.1:3000/issuer', 'http://localhost', 'http://[::1]:80', 'http://issuer.localhost/x'])(
    'may do without TLS on this machine: %s',
    (address) => {
      const local = { ...demoIssuer, issuer: address, jwks_uri: `${address}/keys` };
      expect(issuersFrom([local])).toEqual([local]);
    },
  );

  test.each<{ why: string; items: readonly unknown[]; names: string }>([
    { why: 'none', items: [], names: 'Invalid length' },
    { why: 'text for an issuer', items: ['https://issuer.example'], names: '0' },
    { why: 'a field missing', items: [{ ...demoIssuer, jwks_uri: undefined }], names: '0.jwks_uri' },
    { why: 'an alias with a separator', items: [{ ...demoIssuer, alias: 'a#b' }], names: '0.alias' },
    { why: 'an empty alias', items: [{ ...demoIssuer, alias: '' }], names: '0.alias' },
    { why: 'an alias of 17 characters', items: [{ ...demoIssuer, alias: 'a'.repeat(17) }], names: '0.alias' },
    { why: 'an issuer without TLS', items: [{ ...demoIssuer, issuer: 'http://issuer.example' }], names: '0.issuer' },
    {
      why: 'a host that only sounds like this machine',
      items: [{ ...demoIssuer, issuer: 'http://localhost.example' }],
      names: '0.issuer',
    },
    {
      why: 'a host that ends like this machine',
      items: [{ ...demoIssuer, issuer: 'http://evillocalhost' }],
      names: '0.issuer',
    },
    {
      why: 'a user name like this machine',
      items: [{ ...demoIssuer, issuer: 'http://localhost@issuer.example' }],
      names: '0.issuer',
    },
    { why: 'keys without TLS', items: [{ ...demoIssuer, jwks_uri: 'http://169.254.169.254/' }], names: '0.jwks_uri' },
    { why: 'keys in a file', items: [{ ...demoIssuer, jwks_uri: 'file:///etc/passwd' }], names: '0.jwks_uri' },
    { why: 'no audience', items: [{ ...demoIssuer, audience: [] }], names: '0.audience' },
    { why: 'an empty audience', items: [{ ...demoIssuer, audience: [''] }], names: '0.audience.0' },
    { why: 'HMAC', items: [{ ...demoIssuer, algorithms: ['HS256'] }], names: '0.algorithms.0' },
    { why: 'no algorithm at all', items: [{ ...demoIssuer, algorithms: ['none'] }], names: '0.algorithms.0' },
    { why: 'an empty list of algorithms', items: [{ ...demoIssuer, algorithms: [] }], names: '0.algorithms' },
    { why: 'no user claim', items: [{ ...demoIssuer, user_id_claim: '' }], names: '0.user_id_claim' },
    {
      why: 'a lifetime of text',
      items: [{ ...demoIssuer, max_token_lifetime_seconds: '86400' }],
      names: '0.max_token',
    },
    { why: 'the second one broken', items: [demoIssuer, { ...demoIssuer, alias: 'X' }], names: '1.alias' },
    {
      why: 'one alias for two',
      items: [demoIssuer, { ...demoIssuer, issuer: 'https://b.example' }],
      names: 'each alias',
    },
    { why: 'one issuer twice', items: [demoIssuer, { ...demoIssuer, alias: 'b' }], names: 'each issuer' },
  ])('stop a function from starting, by name, when they are wrong: $why', ({ items, names }) => {
    const reading = () => issuersFrom(items);
    expect(reading).toThrow(EnvironmentError);
    expect(reading).toThrow('ISSUERS');
    expect(reading).toThrow(names);
  });
});
