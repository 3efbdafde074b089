/** `npm run issuer -- check` against issuers on this machine, good ones and bad ones, and tokens of every wrong kind. */
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { completeEntry } from '../../bin/issuer/bare-entry.ts';
import { base64url, type SigningKey, signingKey, signTexts } from '../identity/tokens.ts';
import { createCheckout } from './checkout.ts';

/** In every token, so that none of it can be printed without being seen. */
const canary = 'c4nary';
const checkout = createCheckout();
const [ec, rsa]: readonly [SigningKey, SigningKey] = [
  await signingKey('ES256', 'key-ec'),
  await signingKey('RS256', `key-rsa`),
];
const encryption = { ...rsa.jwk, kid: 'key-enc', alg: 'RSA-OAEP', use: 'enc' };
const { server, origin } = await issuers();

afterAll(async () => {
  await checkout.remove();
  server.closeAllConnections();
  server.close();
});

type Answer = Readonly<{ status?: number; headers?: Readonly<Record<string, string>>; body: unknown }>;

/** One issuer a folder; what is in no folder is not there. */
function answers(at: string): Readonly<Record<string, Answer>> {
  const oidc = '.well-known/openid-configuration';
  const document = (name: string, keys = `${at}/${name}/keys`): Answer => ({
    body: { issuer: `${at}/${name}`, jwks_uri: keys },
  });
  const good = { body: { keys: [ec.jwk, encryption] } };
  return {
    [`/good/${oidc}`]: document('good'),
    '/good/keys': good,
    [`/slash/${oidc}`]: { body: { issuer: `${at}/slash/`, jwks_uri: `${at}/good/keys` } },
    [`/other/${oidc}`]: { body: { issuer: 'https://elsewhere.example', jwks_uri: `${at}/good/keys` } },
    [`/tenants/${oidc}`]: { body: { issuer: 'https://login.example/{tenantid}/v2.0', jwks_uri: `${at}/good/keys` } },
    [`/nameless/${oidc}`]: { body: { hello: 'world' } },
    '/.well-known/oauth-authorization-server/rfc8414': document('rfc8414', `${at}/good/keys`),
    '/plain/.well-known/jwks.json': good,
    [`/empty/${oidc}`]: document('empty'),
    '/empty/keys': { body: { keys: [] } },
    [`/no-list/${oidc}`]: document('no-list'),
    '/no-list/keys': { body: {} },
    [`/unfit/${oidc}`]: document('unfit'),
    '/unfit/keys': { body: { keys: [encryption, { kty: 'oct', kid: 'secret', use: 'sig' }, 'x'] } },
    [`/leak/${oidc}`]: document('leak'),
    '/leak/keys': { body: { keys: [ec.jwk, { ...rsa.jwk, d: 'AQAB' }] } },
    [`/moved/${oidc}`]: { status: 301, headers: { location: `${at}/good/${oidc}` }, body: {} },
    [`/moved-keys/${oidc}`]: document('moved-keys'),
    '/moved-keys/keys': { status: 302, headers: { location: `${at}/good/keys` }, body: {} },
    [`/large/${oidc}`]: document('large'),
    '/large/keys': { body: { keys: [ec.jwk], padding: 'x'.repeat(256 * 1024) } },
    [`/page/${oidc}`]: document('page'),
    '/page/keys': { body: undefined },
    [`/broken/${oidc}`]: document('broken'),
    '/broken/keys': { status: 503, body: {} },
    [`/far/${oidc}`]: document('far', 'http://keys.example/'),
    [`/query/${oidc}`]: document('query', `${at}/good/keys?p=policy`),
    '/good/keys?p=policy': good,
    [`/secret/${oidc}`]: document('secret', 'https://me:secret@keys.example/'),
  };
}

async function issuers(): Promise<{ server: Server; origin: string }> {
  const made = createServer((request, response) => {
    const {
      status = 200,
      headers = {},
      body,
    } = answers(`http://${request.headers.host}`)[request.url ?? ''] ?? {
      status: 404,
      body: {},
    };
    response.writeHead(status, headers).end(body === undefined ? '<html>' : JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(made, 'listening');
  return { server: made, origin: `http://127.0.0.1:${(made.address() as AddressInfo).port}` };
}

const seconds = (): number => Math.floor(Date.now() / 1_000);
const claimsOf = (iss: string) => ({
  iss,
  aud: 'maitred',
  sub: 'u-1',
  azp: 'pos-app',
  scope: 'openid',
  iat: seconds(),
  exp: seconds() + 3_600,
  secret: canary,
});
const tokenFor = (claims: object = {}, header: object = {}, key: SigningKey = ec): string =>
  signTexts(
    key,
    JSON.stringify({ alg: key.alg, kid: key.kid, typ: 'JWT', note: canary, ...header }),
    JSON.stringify({ ...claimsOf(`${origin}/good`), ...claims }),
  );

let nth = 0;
const fileWith = (content: string): string => {
  const name = join(checkout.dir, `token-${nth++}.txt`);
  writeFileSync(name, content);
  return name;
};

/** Runs the command, and holds that no part of the token came out. */
const check = async (name: string, token?: string, ...options: readonly string[]) => {
  const file = token === undefined ? [] : ['--token-file', fileWith(token)];
  const answered = await checkout.run('issuer', 'check', '--issuer', `${origin}/${name}`, ...file, ...options);
  const said = answered.stdout + answered.stderr;
  for (const part of (token ?? '').split(/[.\s]/).filter((one) => one.length > 12)) expect(said).not.toContain(part);
  expect(said).not.toContain(canary);
  expect(said).not.toMatch(/\n {4}at /);
  return answered;
};

/** The command in a process of its own, with the token on its standard input. */
const piped = async (token: string, ...args: readonly string[]): Promise<string> => {
  const child = spawn(process.execPath, ['bin/issuer.ts', 'check', ...args], { cwd: checkout.dir });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  child.stdin.end(token);
  await once(child, 'close');
  return said;
};

const entryIn = (stdout: string): Record<string, unknown> => {
  const [json = ''] = /^\{\n[\s\S]*?^\}$/m.exec(stdout) ?? [];
  return JSON.parse(json).issuers[0];
};

describe('an issuer', () => {
  test('whose document, keys and token fit is usable, and its entry is one that a stage takes', async () => {
    const { code, stdout, stderr } = await check('good', tokenFor(), '--alias', 'shop');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/ok +kid "key-ec", alg "ES256", kty "EC", use "sig": fits ES256\n/);
    expect(stdout).toMatch(/note +kid "key-enc", .*: not used, it is not for signatures/);
    expect(stdout).toMatch(/ok +altogether: user "u-1" of shop, until /);
    expect(entryIn(stdout)).toEqual({
      alias: 'shop',
      issuer: `${origin}/good`,
      audience: 'maitred',
      algorithms: ['ES256'],
      jwksUri: `${origin}/good/keys`,
    });
    expect(completeEntry(entryIn(stdout))).toHaveProperty('issuer');
  });

  test('is usable without a token, whose audience a person fills in', async () => {
    const { code, stdout } = await check('good');
    expect(code).toBe(0);
    expect(entryIn(stdout)).toMatchObject({ audience: '<audience>', jwksUri: `${origin}/good/keys` });
  });

  test.each([
    { why: 'a server without OpenID Connect', name: 'rfc8414', keys: 'good/keys' },
    { why: 'one with keys at the usual place and no document', name: 'plain', keys: 'plain/.well-known/jwks.json' },
    { why: 'one whose keys are told apart by a query', name: 'query', keys: 'good/keys?p=policy' },
  ])('is found, too: $why', async ({ name, keys }) => {
    const { code, stdout } = await check(name);
    expect(code).toBe(0);
    expect(entryIn(stdout)).toMatchObject({ issuer: `${origin}/${name}`, jwksUri: `${origin}/${keys}` });
  });

  test('needs no document where somebody says where its keys are', async () => {
    const { code, stdout } = await check('nowhere', undefined, '--jwks-uri', `${origin}/good/keys`);
    expect(code).toBe(0);
    expect(entryIn(stdout)).toMatchObject({ issuer: `${origin}/nowhere`, jwksUri: `${origin}/good/keys` });
  });

  test.each([
    {
      why: 'a last slash less',
      name: 'slash',
      code: 4,
      says: /the last slash counts\. Say --issuer "http.*\/slash\/"/,
    },
    { why: 'a last slash more', name: 'good/', code: 4, says: /the last slash counts\. Say --issuer "http.*\/good"/ },
    {
      why: "another one's document",
      name: 'other',
      code: 4,
      says: /is of another issuer, "https:\/\/elsewhere\.example"/,
    },
    { why: 'all tenants', name: 'tenants', code: 4, says: /is for all tenants/ },
    { why: 'no document at its place', name: 'nameless', code: 4, says: /it is no discovery document/ },
    { why: 'nothing there', name: 'nowhere', code: 3, says: /\/jwks\.json answers with 404/ },
    { why: 'an empty key set', name: 'empty', code: 4, says: /has an empty list/ },
    { why: 'no key set', name: 'no-list', code: 4, says: /has no list of keys/ },
    { why: 'keys for something else', name: 'unfit', code: 4, says: /none of these keys/ },
    {
      why: 'a shared secret among the keys',
      name: 'unfit',
      code: 4,
      says: /kid "secret".*not used, it is a shared secret/,
    },
    { why: 'a private key in the set', name: 'leak', code: 4, says: /holds a private key or a shared secret/ },
    { why: 'a redirect', name: 'moved', code: 3, says: /openid-configuration answers with a redirect \(301\)/ },
    { why: 'redirected keys', name: 'moved-keys', code: 3, says: /\/keys answers with a redirect \(302\)/ },
    { why: 'too many keys', name: 'large', code: 3, says: /is larger than the 256 KB/ },
    { why: 'a page in place of keys', name: 'page', code: 3, says: /\/keys is no JSON/ },
    { why: 'keys that fail', name: 'broken', code: 3, says: /\/keys answers with 503/ },
    {
      why: 'keys without TLS',
      name: 'far',
      code: 4,
      says: /jwksUri must be an https URL .*, got "http:\/\/keys\.example\/"/,
    },
    {
      why: 'keys behind a password',
      name: 'secret',
      code: 4,
      says: /jwksUri must be an https URL .* without credentials and fragment/,
    },
  ])('is refused in words that help: $why', async ({ name, code, says }) => {
    const answered = await check(name);
    expect(answered).toMatchObject({ code, stderr: '' });
    expect(answered.stdout).toMatch(says);
    expect(answered.stdout).not.toContain('"issuers"');
  });

  test('whom nobody can reach is not asked a second time', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as AddressInfo;
    gone.close();
    await once(gone, 'close');
    const answered = await checkout.run('issuer', 'check', '--issuer', `http://127.0.0.1:${port}/realms/r`);
    expect(answered).toMatchObject({ code: 3, stderr: '' });
    expect(answered.stdout).toMatch(/openid-configuration cannot be reached \(ECONNREFUSED\)\n.*Nobody answers/);
    expect(answered.stdout).not.toContain('oauth-authorization-server');
  });
});

const part = (value: object): string => base64url(JSON.stringify(value));
const sharedSecret = (): string => {
  const input = `${part({ alg: 'HS256', typ: 'JWT', note: canary })}.${part(claimsOf(`${origin}/good`))}`;
  return `${input}.${createHmac('sha256', 'secret').update(input).digest('base64url')}`;
};
const unsigned = (): string => `${part({ alg: 'none' })}.${part(claimsOf(`${origin}/good`))}.`;

describe('a token', () => {
  test.each([
    { why: 'an opaque one', token: () => `${canary}OpaqueTokenOfSomeLength0123456789`, says: /It is opaque/ },
    {
      why: 'an encrypted one',
      token: () => [1, 2, 3, 4, 5].map((i) => base64url(`${canary}${i}`.repeat(3))).join('.'),
      says: /encrypted \(a JWE/,
    },
    {
      why: 'three words with dots',
      token: () => `${canary}abcdefghijk.${canary}abcdefghijk.${canary}abcdefghijk`,
      says: /is no JWT/,
    },
    { why: 'nothing', token: () => '\n', says: /It is empty/ },
    {
      why: 'the answer of a token endpoint',
      token: () => `{"access_token":"${tokenFor()}"}`,
      says: /give the access_token alone/,
    },
    { why: 'a header line', token: () => `authorization: Bearer ${tokenFor()}`, says: /more than one word/ },
    { why: 'a shared secret', token: sharedSecret, says: /alg "HS256": signed with a shared secret.*RS256 or ES256/ },
    {
      why: "Supabase's of old",
      token: () => sharedSecretOf('supabase'),
      says: /in Supabase, turn on asymmetric JWT signing keys/,
    },
    { why: 'no signature', token: unsigned, says: /alg "none": / },
    {
      why: 'a signature that was cut',
      token: () => tokenFor().slice(0, -4),
      says: /signature: it is not by the published key|signature/,
    },
    {
      why: 'a key that is not published',
      token: () => tokenFor({}, { kid: 'key-old' }),
      says: /signature: no published key has this name/,
    },
    {
      why: 'a key for something else',
      token: () => tokenFor({}, { kid: 'key-enc' }),
      says: /signature: the published key of this name/,
    },
    {
      why: 'an algorithm without a key',
      token: () => tokenFor({}, {}, rsa),
      says: /header alg "RS256": no published key of this issuer is for it/,
    },
    {
      why: 'a key of its own',
      token: () => tokenFor({}, { jwk: ec.jwk }),
      says: /header jwk .*: no token may bring a key of its own/,
    },
    {
      why: 'another kind',
      token: () => tokenFor({}, { typ: 'logout+jwt' }),
      says: /header typ "logout\+jwt": it is not the mark/,
    },
    {
      why: 'another issuer',
      token: () => tokenFor({ iss: 'https://x.example' }),
      says: /iss "https:\/\/x\.example": --issuer is/,
    },
    {
      why: 'a last slash',
      token: () => tokenFor({ iss: `${origin}/good/` }),
      says: /the last slash counts: say it as the token does/,
    },
    {
      why: 'no audience',
      token: () => tokenFor({ aud: undefined, azp: undefined }),
      says: /aud nothing: it is not the audience/,
    },
    { why: 'the past', token: () => tokenFor({ exp: seconds() - 9 }), says: /exp \d+ \(.*Z\): over\. Get a fresh one/ },
    { why: 'no end', token: () => tokenFor({ exp: undefined }), says: /exp nothing: there has to be a time/ },
    { why: 'a month', token: () => tokenFor({ exp: seconds() + 2_592_000 }), says: /exp .*: it is too far ahead/ },
    { why: 'no beginning', token: () => tokenFor({ iat: undefined }), says: /iat nothing: there has to be a time/ },
    { why: 'the future', token: () => tokenFor({ nbf: seconds() + 3_600 }), says: /nbf \d+ .*: it is not valid yet/ },
    {
      why: 'a user name with spaces',
      token: () => tokenFor({ sub: 'Ada Lovelace' }),
      says: /sub "Ada Lovelace", the user id: it is no user id.*--user-id-claim/,
    },
    {
      why: 'an ID token',
      token: () => tokenFor({ nonce: 'n', scope: undefined }),
      says: /an ID token \(it has nonce\)/,
    },
    {
      why: 'what speaks to a terminal',
      token: () => tokenFor({ sub: '\u001b[2J\u009b' }),
      says: /sub "\\u001b\[2J\\u009b"/,
    },
  ])('is refused in words that help, and printed nowhere: $why', async ({ token, says }) => {
    const answered = await check('good', token());
    expect(answered).toMatchObject({ code: 4, stderr: '' });
    expect(
      answered.stdout
        .split('\n')
        .filter((line) => line.includes('REFUSED'))
        .join('\n'),
    ).toMatch(says);
    expect(answered.stdout).toMatch(/^[\x20-\x7e\n]*$/);
  });

  test.each([
    { why: 'a week', token: () => tokenFor({ exp: seconds() + 604_800 }), has: { maxTokenLifetimeSeconds: 604_800 } },
    { why: 'no key id', token: () => tokenFor({}, { kid: undefined }), has: { keyIdOptional: true } },
    {
      why: 'a client for an audience',
      token: () => tokenFor({ aud: undefined, client_id: 'pos-app' }),
      has: { audience: 'pos-app', audienceClaim: 'client_id' },
    },
    {
      why: 'the API before the client',
      token: () => tokenFor({ aud: ['pos-app', 'account', 'api'] }),
      has: { audience: 'api' },
    },
    {
      why: 'a claim of access tokens where the audience is the client',
      token: () => tokenFor({ aud: 'pos-app' }),
      has: { audience: 'pos-app', requiredClaims: { scope: 'present' } },
    },
    {
      why: 'the word of access tokens wherever they have one',
      token: () => tokenFor({ typ: 'Bearer' }),
      has: { audience: 'maitred', requiredClaims: { typ: 'Bearer' } },
    },
    { why: 'a number for a user', token: () => tokenFor({ sub: 17 }), has: { audience: 'maitred' } },
    {
      why: 'an address of keys in every header',
      token: () => tokenFor({}, { jku: 'https://keys.example/' }),
      has: { ignoredHeaders: ['jku'] },
    },
    {
      why: 'a login name in sub',
      token: () => tokenFor({ sub: 'Ada Lovelace', uid: 'u-7' }),
      has: { userIdClaim: 'uid' },
    },
  ])('has the entry that it needs: $why', async ({ token, has }) => {
    const { code, stdout } = await check('good', token());
    expect(code).toBe(0);
    expect(entryIn(stdout)).toMatchObject(has);
  });

  test('is judged by the audience that was said', async () => {
    expect(await check('good', tokenFor(), '--audience', 'maitred')).toMatchObject({ code: 0 });
    const { code, stdout } = await check('good', tokenFor(), '--audience', 'kitchen');
    expect(code).toBe(4);
    expect(stdout).toMatch(/REFUSED +aud "maitred": it is not the audience of the entry/);
  });

  test('comes in through a pipe, too', async () => {
    const said = await piped(tokenFor(), '--issuer', `${origin}/good`, '--token-file', '-');
    expect(said).toMatch(/ok +altogether: user "u-1"/);
    expect(said).not.toContain(canary);
  });
});

function sharedSecretOf(iss: string): string {
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ ...claimsOf(iss), note: canary })}.${base64url(`${canary}signature`)}`;
}

test.each([
  { args: ['check'], says: '--issuer is missing; see --help' },
  { args: [], says: 'say check, and nothing more but options; see --help' },
  { args: ['check', `${canary}.in.place`], says: 'say check, and nothing more but options; see --help' },
  {
    args: ['check', '--issuer', canary],
    says: '--issuer must be an https URL (http on loopback only) without credentials, query and fragment, or --jwks-uri must say where the keys of such an issuer are',
  },
  {
    args: ['check', '--issuer', 'http://issuer.example'],
    says: '--issuer must be an https URL (http on loopback only) without credentials, query and fragment, or --jwks-uri must say where the keys of such an issuer are',
  },
  {
    args: ['check', '--issuer', 'https://i.example', '--alias', 'No Alias'],
    says: '--alias must be 1 to 16 of a-z, 0-9 and "-"',
  },
  {
    args: ['check', '--issuer', 'https://i.example', '--token-file', `/nowhere/${canary}`],
    says: 'the file of --token-file is not there',
  },
  {
    args: ['check', '--issuer', 'https://i.example', '--token-file', '/'],
    says: 'the file of --token-file cannot be read (EISDIR)',
  },
  ...['--token', '--token='].map((option) => ({
    args: [
      'check',
      '--issuer',
      'https://i.example',
      ...(option.endsWith('=') ? [`${option}${canary}`] : [option, canary]),
    ],
    says: 'a token on the command line stays in the history of the shell and shows in the list of processes: put it into a file and say --token-file FILE, or pipe it in with --token-file -',
  })),
])('issuer $args is refused in one sentence that repeats nothing', async ({ args, says }) => {
  const { stdout, stderr } = await checkout.run('issuer', ...args);
  expect({ stdout, stderr }).toEqual({ stdout: '', stderr: `${says}\n` });
});
