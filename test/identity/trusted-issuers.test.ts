import { expect, test } from '@jest/globals';
import { ConfigError } from '../../config-schema/config-error.ts';
import { EnvironmentError } from '../../lambdas/env.ts';
import { trustedIssuers } from '../../lambdas/identity/trusted-issuers.ts';
import { userPoolIssuer } from '../../lib/own-user-pool.ts';
import { demoIssuer } from './tokens.ts';

const pool = userPoolIssuer({ url: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123', clientId: 'c' });
const none = { issuers: [] };

test('are those of the configuration, and then nobody asks the environment', () => {
  const issuers = [demoIssuer, { ...demoIssuer, alias: 'b', issuer: 'https://b.example' }];
  expect(trustedIssuers({ issuers }, {})).toEqual(issuers);
  expect(trustedIssuers({ issuers }, { ISSUERS: JSON.stringify([pool]) })).toEqual(issuers);
});

test("are, without any in the configuration, the stage's own user pool as its deployment tells it", () => {
  expect(trustedIssuers(none, { ISSUERS: JSON.stringify([pool]) })).toEqual([pool]);
});

test.each([
  { why: 'address', standing: { issuer: 'https://deploy-time-0.invalid' } },
  { why: 'key address', standing: { jwksUri: 'https://keys.deploy-time-0.invalid/keys' } },
  { why: 'audience', standing: { audience: ['tills', 'deploy-time-1.invalid'] } },
])('are all in the environment where the configuration has a stand-in for the $why of one', ({ standing }) => {
  const issuers = [demoIssuer, { ...demoIssuer, alias: 'b', issuer: 'https://b.example', ...standing }];
  expect(trustedIssuers({ issuers }, { ISSUERS: JSON.stringify([pool]) })).toEqual([pool]);
  expect(() => trustedIssuers({ issuers }, {})).toThrow(EnvironmentError);
});

test('stop a function from starting when there are none', () => {
  expect(() => trustedIssuers(none, {})).toThrow(EnvironmentError);
  expect(() => trustedIssuers(none, {})).toThrow('environment variable ISSUERS must be set');
});

test.each([
  { why: 'no JSON', text: '[1', says: 'environment variable ISSUERS is not JSON' },
  { why: 'no list', text: '{}', says: 'environment variable ISSUERS must be a list, got {}' },
  { why: 'an empty list', text: '[]', says: 'environment variable ISSUERS must not be empty, got []' },
  {
    why: 'an address that the deployment did not resolve',
    text: JSON.stringify([{ ...pool, issuer: '<UserPool>', jwksUri: '<UserPool>/.well-known/jwks.json' }]),
    says: 'environment variable ISSUERS: 0.jwksUri must be an https URL',
  },
])('stop a function from starting, by name, when they are wrong: $why', ({ text, says }) => {
  expect(() => trustedIssuers(none, { ISSUERS: text })).toThrow(ConfigError);
  expect(() => trustedIssuers(none, { ISSUERS: text })).toThrow(says);
});
