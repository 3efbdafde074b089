/**
 * Token issuers of the tests' own, beside that of the local gateway: one whose tokens look like Cognito's access tokens,
 * one whose key set cannot be had, and one whose key set takes its time.
 */
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Issuer } from '../../config-schema/issuer.ts';
import { cast } from './cast.ts';

type Fields = Readonly<Record<string, unknown>>;

export type TestIssuer = Readonly<{
  alias: string;
  url: string;
  /** Signs with the issuer's own key; `claims` and `header` replace and add, `undefined` leaves one out. */
  token: (claims?: Fields, header?: Fields) => string;
}>;

export type TestIssuers = Readonly<{
  /** As a stage's file has them. */
  settings: readonly Issuer[];
  pool: TestIssuer;
  /** Its key set is answered with 503. */
  dark: TestIssuer;
  /** Its key set takes one and a half seconds. */
  slow: TestIssuer;
  /** How often each path was asked for. */
  requests: ReadonlyMap<string, number>;
  close: () => Promise<void>;
}>;

const audience = 'till-app';

export const openIssuers = async (): Promise<TestIssuers> => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'pool-1', alg: 'ES256', use: 'sig' };
  const requests = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.set(path, (requests.get(path) ?? 0) + 1);
    const publish = () => response.writeHead(200).end(JSON.stringify({ keys: [jwk] }));
    if (path === '/pool/keys') publish();
    else if (path === '/slow/keys') setTimeout(publish, 1_500);
    else response.writeHead(503).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const issuer = (alias: string): TestIssuer => ({
    alias,
    url: `${url}/${alias}`,
    token: (claims = {}, header = {}) => {
      const nowSeconds = Math.floor(Date.now() / 1000);
      return compactToken(
        { alg: 'ES256', kid: jwk.kid, typ: 'JWT', ...header },
        {
          iss: `${url}/${alias}`,
          sub: 'u-till',
          client_id: audience,
          token_use: 'access',
          iat: nowSeconds,
          exp: nowSeconds + 600,
          ...claims,
        },
        privateKey,
      );
    },
  });
  const pool = issuer('pool');
  const dark = issuer('dark');
  const slow = issuer('slow');
  return {
    settings: [pool, dark, slow].map(settingsOf),
    slow,
    pool,
    dark,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const settingsOf = ({ alias, url }: TestIssuer): Issuer => ({
  alias,
  issuer: url,
  audience: [audience],
  audienceClaim: 'client_id',
  tokenUse: 'access',
  userIdClaim: 'sub',
  algorithms: ['RS256', 'ES256', 'EdDSA'],
  jwksUri: `${url}/keys`,
  keyIdOptional: false,
  maxTokenLifetimeSeconds: 86_400,
  membershipClaim: {
    path: ['cognito:groups'],
    shape: 'ids',
    role: cast.roles.member,
    idField: 'id',
    roleField: 'role',
    restaurants: [`of-${alias}`],
  },
});

/** A token with any header and payload: no library would sign some of these. */
const compactToken = (header: Fields, payload: Fields, key: KeyObject): string => {
  const signed = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${signed}.${signature(String(header['alg']), signed, key)}`;
};

const signature = (algorithm: string, signed: string, key: KeyObject): string => {
  if (algorithm === 'none') return '';
  if (algorithm === 'HS256') return createHmac('sha256', 'secret').update(signed).digest('base64url');
  return sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
};
