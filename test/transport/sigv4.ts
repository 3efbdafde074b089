/** Signature Version 4 as AWS's documents have it, of a request as it arrived: written for the tests, from nothing that signs. */
import { createHash, createHmac } from 'node:crypto';
import type { Asked } from './scripted-service.ts';

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** What the service would compute, and compare with what it was sent. */
export const expectedSignature = ({ method, url = '', headers, body }: Asked, secret: string): string => {
  const [, scope = '', signed = ''] =
    /Credential=[^/]+\/([^,]+), SignedHeaders=([^,]+)/.exec(headers.authorization ?? '') ?? [];
  const [date = '', region = '', service = ''] = scope.split('/');
  const canonical = [
    method,
    canonicalPath(url),
    '',
    ...signed.split(';').map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, ' ')}`),
    '',
    signed,
    sha256(body),
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', String(headers['x-amz-date']), scope, sha256(canonical)].join('\n');
  const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), service), 'aws4_request');
  return hmac(key, toSign).toString('hex');
};

/** Each segment encoded once more than it was sent; of none, and of those that mean a place, nothing is left. */
const canonicalPath = (path: string): string => {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  const encoded = segments.map((segment) =>
    [...Buffer.from(segment)].map((byte) => (isUnreserved(byte) ? String.fromCharCode(byte) : percent(byte))).join(''),
  );
  const isFolder = path.endsWith('/') && segments.length > 0;
  return `/${encoded.join('/')}${isFolder ? '/' : ''}`;
};

const isUnreserved = (byte: number): boolean => /[A-Za-z0-9\-._~]/.test(String.fromCharCode(byte));
const percent = (byte: number): string => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
