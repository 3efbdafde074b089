import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { join } from 'node:path';
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  SignJWT,
} from 'jose';
import { type Demo, type DemoUser, demoAudience, demoMembershipClaim, demoUserId } from './demo.ts';
import { isOwnHost } from './loopback.ts';
import { StartError } from './start-error.ts';

/** A small OpenID Connect issuer for the demo users. */
export type Issuer = {
  /**
   * A signed token of a demo user, good for an hour. `claims` replace or add claims; one that is `undefined` is left out.
   * Whatever they say, the token is genuinely signed.
   */
  readonly token: (user: DemoUser, claims?: Readonly<Record<string, unknown>>) => Promise<string>;
  /** Answers discovery, key set and token requests. False when the request is for something else. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => boolean;
};

/** Where the issuer is mounted on the gateway's HTTP server. */
export const issuerPath = '/issuer';

const algorithm = 'ES256';
const lifetimeSeconds = 3600;
const maxRequestBytes = 4096;

/**
 * @param url the issuer's own URL, which is the `iss` of its tokens
 * @param dataDir keeps the key for the next start; absent means a new key at every start
 */
export const createIssuer = async (url: string, dataDir: string | undefined, demo: Demo): Promise<Issuer> => {
  const jwk = dataDir === undefined ? await newKey() : await keptKey(join(dataDir, 'issuer-key.json'));
  const key = await importJWK(jwk, algorithm);
  const { d: _, ...publicJwk } = jwk;

  const token: Issuer['token'] = (user, claims = {}) => {
    const now = Math.floor(Date.now() / 1000);
    const payload: JWTPayload = {
      iss: url,
      sub: demoUserId(user),
      aud: demoAudience,
      iat: now,
      exp: now + lifetimeSeconds,
      jti: crypto.randomUUID(),
      ...claims,
    };
    return new SignJWT(payload).setProtectedHeader({ alg: algorithm, kid: jwk.kid ?? '', typ: 'JWT' }).sign(key);
  };

  const documents: Readonly<Record<string, object>> = {
    '/.well-known/openid-configuration': {
      issuer: url,
      jwks_uri: `${url}/.well-known/jwks.json`,
      token_endpoint: `${url}/token`,
      response_types_supported: ['token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [algorithm],
    },
    '/.well-known/jwks.json': { keys: [publicJwk] },
  };

  return {
    token,
    handle: (request, response) => {
      const [path = ''] = (request.url ?? '').split('?');
      if (!path.startsWith(`${issuerPath}/`)) return false;
      if (!isOwnHost(request.headers.host, request.socket.localPort) && !isAddress(request.headers.host)) {
        send(response, 403, { error: 'access_denied', error_description: 'this is no host of this machine' });
        return true;
      }
      const document = documents[path.slice(issuerPath.length)];
      if (request.method === 'GET' && document !== undefined) send(response, 200, document);
      else if (request.method === 'POST' && path === `${issuerPath}/token`)
        void grant({ token, demo }, request, response);
      else send(response, 404, { error: 'not_found' });
      return true;
    },
  };
};

/**
 * `POST /token { "user": "chef" }`, or with `"expired": true` a token that ended a minute ago; with `"restaurants": { "r-42": "manager" }`
 * one that makes the user a member there. There is no password: the demo users are everybody's.
 */
const grant = async (
  { token, demo }: Readonly<{ token: Issuer['token']; demo: Demo }>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const asked = await tokenRequest(request, demo);
  if (asked === undefined)
    return send(response, 400, { error: 'invalid_request', error_description: 'user is no demo user' });
  const now = Math.floor(Date.now() / 1000);
  const times = asked.expired ? { iat: now - 60 - lifetimeSeconds, exp: now - 60 } : {};
  send(response, 200, {
    access_token: await token(asked.user, { ...times, [demoMembershipClaim]: asked.restaurants }),
    token_type: 'Bearer',
    expires_in: asked.expired ? 0 : lifetimeSeconds,
  });
};

/** An emulator reaches this machine by an address of its own. No other site can be made to have an address for its name. */
const isAddress = (host = ''): boolean => isIP(host.replace(/:\d+$/, '')) === 4;

type TokenRequest = { user: DemoUser; expired: boolean; restaurants: unknown };

const tokenRequest = async (request: IncomingMessage, demo: Demo): Promise<TokenRequest | undefined> => {
  let body = '';
  for await (const chunk of request) {
    body += chunk;
    if (body.length > maxRequestBytes) return undefined;
  }
  try {
    const { user, expired, restaurants } = JSON.parse(body);
    return demo.isUser(user) ? { user, expired: expired === true, restaurants } : undefined;
  } catch {
    return undefined;
  }
};

const send = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
};

const newKey = async (): Promise<JWK> => {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: algorithm, use: 'sig' };
};

const keptKey = async (file: string): Promise<JWK> => {
  if (!existsSync(file)) {
    const jwk = await newKey();
    writeFileSync(file, JSON.stringify(jwk), { mode: 0o600 });
    return jwk;
  }
  try {
    const jwk: JWK = JSON.parse(readFileSync(file, 'utf8'));
    await importJWK(jwk, algorithm);
    return jwk;
  } catch (cause) {
    throw new StartError('DATA_CORRUPT', `The key file ${file} is damaged; delete it to get a new key.`, { cause });
  }
};
