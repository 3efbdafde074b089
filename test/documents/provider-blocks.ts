/**
 * The blocks of docs/issuers.md, by their headings, and what each is about: the fixtures that it is for, and what makes an ID token of
 * its provider of an access token.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig } from '../../config-schema/parse-config.ts';
import { StageConfig } from '../../config-schema/stage-config.ts';
import type { ProviderShape, TokenShape } from '../issuer-fixtures.ts';
import { blocksOf } from './markdown.ts';

type Fields = Readonly<Record<string, unknown>>;
export type Twin = Readonly<{ set?: Fields; without?: readonly string[] }>;
type Block = Readonly<{
  fixtures: readonly string[];
  /** What an ID token says instead. `undefined` in `set` is `without`. A text: why there is none. */
  idToken: Twin | string;
  /** Shapes that the fixtures do not have. */
  more?: readonly ProviderShape[];
}>;

const page = readFileSync(join(import.meta.dirname, '../../docs/issuers.md'), 'utf8');

/** The JSON block under each heading of the third level; two under one would hide each other. */
export const blocks = new Map(
  page
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const [heading = ''] = section.split('\n');
      const [block, ...others] = blocksOf(section).filter(({ language }) => language === 'json');
      if (block === undefined || others.length > 0) throw new Error(`${heading} must have one block`);
      return [heading, block.text] as const;
    }),
);

export const issuerUnder = (heading: string) => {
  const { issuers } = parseConfig(StageConfig, heading, blocks.get(heading) ?? '');
  const [issuer] = issuers;
  if (issuer === undefined) throw new Error(`${heading} must configure an issuer`);
  return issuer;
};

const key = { kty: 'RSA', kid: 'k', use: 'sig', alg: 'RS256', n: '<rsa:a:n>', e: 'AQAB' };
const rs256 = (payload: Fields): TokenShape => ({
  sign: 'rsa:a',
  header: { alg: 'RS256', typ: 'JWT', kid: 'k' },
  payload: { iat: '@+0', exp: '@+3600', ...payload },
});
const shape = (id: string, accept: TokenShape, refuse: ProviderShape['refuse'] = []): ProviderShape => ({
  id,
  name: id,
  jwks: { keys: [key] },
  accept,
  refuse,
});

const loginOnly = 'the ID token is what devices send';
const noIdTokens = 'it gives no ID tokens';
const client = 'otherwise-the-client';
const forClient = (without: readonly string[] = []): Twin => ({
  set: { aud: client, nonce: 'n', at_hash: 'x' },
  without,
});
const sameAudience = (without: readonly string[], set: Fields = {}): Twin => ({
  set: { nonce: 'n', at_hash: 'x', azp: client, email: 'cook@example.com', ...set },
  without,
});

/** What Zitadel calls roles: by their names the organizations that granted them. */
const zitadelRoles = 'urn:zitadel:iam:org:project:roles';

export const providerBlocks: Readonly<Record<string, Block>> = {
  'Amazon Cognito: access tokens': {
    fixtures: ['cognito-access', 'cognito-24h-skew'],
    idToken: { set: { token_use: 'id', aud: 'exampleclient0000000000000' }, without: ['client_id', 'scope'] },
  },
  'Amazon Cognito: ID tokens': { fixtures: ['cognito-id'], idToken: loginOnly },
  Auth0: { fixtures: ['auth0-api'], idToken: forClient(['scope', 'azp']) },
  'Auth0: an API that signs with PS256': { fixtures: ['auth0-rfc9068-ps256'], idToken: forClient(['scope']) },
  Supabase: { fixtures: ['supabase-es256', 'supabase-anonymous'], idToken: forClient(['role', 'app_metadata']) },
  'Firebase Authentication': { fixtures: ['firebase'], idToken: loginOnly },
  'Clerk: a JWT template': { fixtures: ['clerk-template'], idToken: forClient(['sid']) },
  'Clerk: session tokens': { fixtures: ['clerk-session'], idToken: sameAudience(['sts', 'fva', 'o']) },
  'Keycloak: an Audience mapper': { fixtures: ['keycloak-mapper'], idToken: sameAudience(['scope'], { typ: 'ID' }) },
  'Keycloak: as it comes': {
    fixtures: ['keycloak-azp', 'keycloak-no-aud'],
    idToken: { set: { typ: 'ID', aud: 'pos-app', at_hash: 'x' }, without: ['scope'] },
  },
  'Keycloak: a client that is its own audience': {
    fixtures: ['keycloak-id-as-access'],
    idToken: sameAudience(['scope'], { typ: 'ID' }),
  },
  'Microsoft Entra ID: v2.0': { fixtures: ['entra-v2'], idToken: sameAudience(['scp', 'azp', 'azpacr']) },
  'Microsoft Entra ID: v1.0': { fixtures: ['entra-v1'], idToken: forClient(['scp', 'appid']) },
  Okta: { fixtures: ['okta-custom'], idToken: forClient(['cid', 'uid', 'scp']) },
  'Duende IdentityServer, IdentityServer4': {
    fixtures: ['duende-scope-array'],
    idToken: forClient(['scope', 'client_id']),
  },
  'Duende IdentityServer: PS256': { fixtures: ['duende-ps256'], idToken: forClient(['scope', 'client_id']) },
  'Spring Authorization Server': { fixtures: ['spring-as'], idToken: sameAudience(['scope']) },
  'Ory Hydra': {
    fixtures: ['hydra'],
    idToken: forClient(['scp']),
    more: [
      shape(
        'hydra-scope-list',
        rs256({
          iss: 'https://hydra.example.com',
          aud: ['https://maitred.example.com'],
          sub: 'user-17',
          client_id: 'c',
          scope: ['openid', 'offline'],
        }),
      ),
    ],
  },
  Zitadel: {
    fixtures: [],
    idToken: sameAudience([zitadelRoles]),
    more: [
      shape(
        'zitadel',
        rs256({
          iss: 'https://restaurants.zitadel.example',
          aud: ['200000000000000018', '200000000000000017'],
          sub: '100000000000000017',
          jti: 'V2_1-at_1',
          [zitadelRoles]: { kitchen: { '300000000000000017': 'restaurants.zitadel.example' } },
        }),
        [
          {
            why: 'a client that asked for the audience and was granted nothing',
            expect: 'claim_refused',
            ...rs256({
              iss: 'https://restaurants.zitadel.example',
              aud: ['200000000000000017'],
              sub: '100000000000000017',
              [zitadelRoles]: {},
            }),
          },
        ],
      ),
    ],
  },
  FusionAuth: { fixtures: ['fusionauth-rs256'], idToken: sameAudience(['applicationId', 'roles']) },
  'FusionAuth: a tenant whose issuer is a name': {
    fixtures: [],
    idToken: sameAudience(['applicationId']),
    more: [
      shape(
        'fusionauth-name',
        rs256({
          iss: 'acme.com',
          aud: '00000000-0000-4000-8000-000000000001',
          applicationId: '00000000-0000-4000-8000-000000000001',
          sub: '00000000-0000-4000-8000-000000000017',
        }),
      ),
    ],
  },
  authentik: {
    fixtures: [],
    idToken: sameAudience(['uid', 'scope']),
    more: [
      shape(
        'authentik',
        rs256({
          iss: 'https://auth.example.com/application/o/maitred/',
          aud: 'exampleAuthentikClient00000000000000000',
          azp: 'exampleAuthentikClient00000000000000000',
          sub: 'a1'.repeat(32),
          uid: 'exampleUid',
          auth_time: '@-60',
          acr: 'goauthentik.io/providers/oauth2/default',
          groups: ['r-17'],
        }),
      ),
    ],
  },
  'WorkOS AuthKit': { fixtures: ['workos'], idToken: { set: { aud: 'client_EXAMPLE' } } },
  Google: { fixtures: ['google-id'], idToken: loginOnly },
  Apple: { fixtures: ['apple-id'], idToken: loginOnly },
  'PingAM, ForgeRock AM': {
    fixtures: ['pingam-one-kid-scope-string'],
    idToken: sameAudience(['scope', 'client_id', 'token_type', 'grant_type'], { tokenName: 'id_token' }),
    more: [
      shape(
        'pingam-scope-list',
        rs256({
          iss: 'https://am.example.com/am/oauth2/realms/root/realms/alpha',
          aud: 'pos-app',
          sub: '(usr!cook)',
          subname: 'cook',
          tokenName: 'access_token',
          scope: ['openid', 'profile'],
        }),
      ),
    ],
  },
  'SAP XSUAA': { fixtures: ['xsuaa', 'xsuaa-no-scope-array'], idToken: forClient(['scope']) },
  'Cloud Foundry UAA, without key ids': { fixtures: ['uaa-no-kid'], idToken: forClient(['scope']) },
  Salesforce: {
    fixtures: [],
    idToken: sameAudience(['scp', 'client_id'], { aud: '3MVG9EXAMPLE' }),
    more: [
      shape('salesforce', {
        sign: 'rsa:a',
        header: { alg: 'RS256', typ: 'JWT', kid: 'k', tty: 'sfdc-core-token', tnk: 'core/prod/00D', ver: '1.0' },
        payload: {
          iss: 'https://example.my.salesforce.com',
          aud: ['https://example.my.salesforce.com'],
          client_id: '3MVG9EXAMPLE',
          sub: 'uid:005EXAMPLE0000017',
          scp: 'api openid',
          roles: [],
          iat: '@+0',
          nbf: '@+0',
          exp: '@+1800',
        },
      }),
    ],
  },
  'AWS outbound identity federation': { fixtures: ['aws-outbound'], idToken: noIdTokens },
  'Kubernetes service accounts': { fixtures: ['kubernetes', 'long-sub'], idToken: noIdTokens },
  'Better Auth': { fixtures: ['own-eddsa'], idToken: forClient() },
  'An issuer of your own': {
    fixtures: ['own-no-iat', 'fastapi-python-jose'],
    idToken: forClient(),
    more: [
      {
        ...shape('own', {
          sign: 'ec256:a',
          header: { alg: 'ES256', kid: 'k1' },
          payload: {
            iss: 'https://id.example.com',
            aud: 'maitred',
            sub: 17,
            jti: 1,
            scope: 7,
            iat: '@+0',
            exp: '@+600',
          },
        }),
        jwks: { keys: [{ kty: 'EC', kid: 'k1', crv: 'P-256', x: '<ec256:a:x>', y: '<ec256:a:y>' }] },
      },
    ],
  },
  'An issuer of your own: Ed25519': { fixtures: ['own-ed25519-rfc9864'], idToken: forClient() },
  'An issuer of your own: a key without an id': { fixtures: ['own-jose-no-kid'], idToken: forClient() },
};
