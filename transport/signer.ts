/** Signature Version 4 of a request without a query, as the SDK signs it. */
import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import type { Credentials } from './environment.ts';
import type { HttpRequest } from './http.ts';

export type Signer = (request: HttpRequest, atMs: number) => Promise<HttpRequest>;

/** Whoever carries a request may change it. */
const unsignedHeaders: ReadonlySet<string> = new Set(['x-amzn-trace-id', 'user-agent', 'connection', 'expect']);

/** @param credentials asked at each request */
export const signer = (
  service: string,
  region: string,
  credentials: () => Credentials | Promise<Credentials>,
): Signer => {
  const keyOf = signingKey(region, service);
  return async (request, atMs) => {
    const { accessKeyId, secretAccessKey, sessionToken } = await credentials();
    const stamp = new Date(atMs).toISOString().replace(/[-:]|\.\d+/g, '');
    const date = stamp.slice(0, 8);
    const bodyHash = hash('sha256', request.body ?? '');
    const headers: Record<string, string> = {
      ...request.headers,
      'x-amz-date': stamp,
      ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
      'x-amz-content-sha256': bodyHash,
    };
    const names = Object.keys(headers)
      .filter((name) => !unsignedHeaders.has(name))
      .sort();
    const lines = names.map((name) => `${name}:${headers[name]?.replace(/\s+/g, ' ').trim()}\n`).join('');
    const signed = names.join(';');
    const canonical = `${request.method}\n${canonicalPath(request.path)}\n\n${lines}\n${signed}\n${bodyHash}`;
    const scope = `${date}/${region}/${service}/aws4_request`;
    const signature = createHmac('sha256', keyOf(secretAccessKey, date))
      .update(`AWS4-HMAC-SHA256\n${stamp}\n${scope}\n${hash('sha256', canonical)}`)
      .digest('hex');
    headers['authorization'] =
      `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`;
    return { ...request, headers };
  };
};

/** The key of a secret's day, kept until another is asked for. */
const signingKey = (region: string, service: string): ((secret: string, date: string) => KeyObject) => {
  let last: { secret: string; date: string; key: KeyObject } | undefined;
  return (secret, date) => {
    if (last?.secret !== secret || last.date !== date) {
      const bytes = [date, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secret}`);
      last = { secret, date, key: createSecretKey(Buffer.from(bytes)) };
    }
    return last.key;
  };
};

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** Its segments encoded once more than they are sent; those that mean a place are gone. */
const canonicalPath = (path: string): string => {
  if (path === '/') return path;
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(encoded(segment));
  }
  return `/${segments.join('/')}${path.endsWith('/') && segments.length > 0 ? '/' : ''}`;
};

/** After RFC 3986, by which fewer characters stay what they are than by JavaScript. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
