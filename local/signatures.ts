/**
 * Signature Version 4 as a service checks it, after AWS's documents: what a request should be signed with, computed once more from
 * the request itself and the secret.
 */
import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import type { WireRequest } from './wire.ts';

/** What an `Authorization` header says. */
export type Authorization = Readonly<{
  accessKeyId: string;
  /** `20261127`. */
  date: string;
  region: string;
  service: string;
  signedHeaders: readonly string[];
  signature: string;
}>;

/** Where a request may be signed for. Without a service, which a request may fail to name, any. */
type Scope = Readonly<{ regions: ReadonlySet<string>; service: string | undefined }>;

/** How an endpoint refuses a request for its signature; a service adds its own status. */
export type SignatureRefusal = Readonly<{
  code:
    | 'IncompleteSignatureException'
    | 'InvalidSignatureException'
    | 'MissingAuthenticationTokenException'
    | 'UnrecognizedClientException';
  message: string;
}>;

/** Reads an `Authorization` header; one of another scheme is none. */
export const readAuthorization = (header: string | undefined): Authorization | SignatureRefusal => {
  if (!header?.startsWith('AWS4-HMAC-SHA256 '))
    return { code: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' };
  const [, accessKeyId, date, region, service] =
    /\bCredential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request\b/.exec(header) ?? [];
  const signedHeaders = /\bSignedHeaders=([^,\s]+)/.exec(header)?.[1]?.split(';');
  const signature = /\bSignature=([0-9a-f]+)/.exec(header)?.[1];
  if (!accessKeyId || !date || !region || !service || !signedHeaders || !signature)
    return {
      code: 'IncompleteSignatureException',
      message: "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters.",
    };
  return { accessKeyId, date, region, service, signedHeaders, signature };
};

/** As long as a signature is good, before and after its time. */
const toleranceMs = 15 * 60_000;

/** Why a request is not signed with this secret, for this place and about now; undefined where it is. */
export const faultOf = (
  request: WireRequest,
  authorization: Authorization,
  secret: string,
  scope: Scope,
  nowMs: number,
): SignatureRefusal | undefined => {
  const { date, region, service, signedHeaders, signature } = authorization;
  const stamp = request.headers['x-amz-date'] ?? '';
  const signedAtMs = timeOf(stamp);
  if (Number.isNaN(signedAtMs) || !stamp.startsWith(date))
    return invalid(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date}' != '${stamp.slice(0, 8)}', from '${stamp}'.`,
    );
  if (!scope.regions.has(region)) return invalid(`Credential should be scoped to a valid region, not '${region}'.`);
  if (scope.service !== undefined && service !== scope.service)
    return invalid(`Credential should be scoped to correct service: '${scope.service}'.`);
  if (nowMs - signedAtMs > toleranceMs)
    return invalid(
      `Signature expired: ${stamp} is now earlier than ${stampOf(nowMs - toleranceMs)} (${stampOf(nowMs)} - 15 min.)`,
    );
  if (signedAtMs - nowMs > toleranceMs)
    return invalid(
      `Signature not yet current: ${stamp} is still later than ${stampOf(nowMs + toleranceMs)} (${stampOf(nowMs)} + 15 min.)`,
    );
  const unsigned = mustBeSigned(request.headers).find((name) => !signedHeaders.includes(name));
  if (unsigned !== undefined) return invalid(`'${unsigned}' must be a 'SignedHeader' in the AWS Authorization.`);
  if (signatureOf(request, authorization, secret) !== signature)
    return invalid(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
    );
  return undefined;
};

const invalid = (message: string): SignatureRefusal => ({ code: 'InvalidSignatureException', message });

/** The host and what AWS's own headers say: whoever is on the way could change the others. */
const mustBeSigned = (headers: WireRequest['headers']): readonly string[] => [
  'host',
  ...Object.keys(headers).filter((name) => name === 'x-amz-date' || name === 'x-amz-target'),
];

/** `20261127T193025Z` in epoch milliseconds; NaN for anything else. */
const timeOf = (stamp: string): number => {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(stamp) ?? [];
  const [year = Number.NaN, month = 0, ...rest] = parts.map(Number);
  return Date.UTC(year, month - 1, ...rest);
};

const stampOf = (ms: number): string => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '');

/** What the request should have been signed with. */
export const signatureOf = (
  { method, path, headers, body }: WireRequest,
  { accessKeyId, date, region, service, signedHeaders }: Omit<Authorization, 'signature'>,
  secret: string,
): string => {
  const [resource = '', query = ''] = path.split(/\?(.*)/s);
  const named = signedHeaders.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`).join('');
  const canonical = `${method}\n${canonicalPath(resource)}\n${canonicalQuery(query)}\n${named}\n${signedHeaders.join(';')}\n${sha256(body)}`;
  const scope = `${date}/${region}/${service}/aws4_request`;
  const toSign = `AWS4-HMAC-SHA256\n${headers['x-amz-date']}\n${scope}\n${sha256(canonical)}`;
  return createHmac('sha256', signingKey(accessKeyId, secret, date, region, service))
    .update(toSign)
    .digest('hex');
};

const sha256 = (text: string): string => hash('sha256', text);

/** Four HMACs, the same for all that one caller signs within a day. */
const signingKeys = new Map<string, KeyObject>();

const signingKey = (
  accessKeyId: string,
  secret: string,
  ...[date, region, service]: [string, string, string]
): KeyObject => {
  const name = `${accessKeyId}/${secret}/${date}/${region}/${service}`;
  const known = signingKeys.get(name);
  if (known !== undefined) return known;
  const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const bytes = [region, service, 'aws4_request'].reduce<Buffer>(hmac, hmac(`AWS4${secret}`, date));
  const key = createSecretKey(bytes);
  if (signingKeys.size >= mostKeys) signingKeys.clear();
  signingKeys.set(name, key);
  return key;
};

/** A dozen callers, three services; whoever signs with other dates and places fills no memory. */
const mostKeys = 200;

/** Each segment encoded once more than it was sent; of empty ones, and of those that mean a place, nothing is left. */
const canonicalPath = (path: string): string => {
  if (path === '/' || path === '') return '/';
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(encoded(segment));
  }
  return `/${segments.join('/')}${path.endsWith('/') && segments.length > 0 ? '/' : ''}`;
};

/** In the order of names and then of values, each encoded anew. */
const canonicalQuery = (query: string): string =>
  query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      return [encoded(decoded(name)), encoded(decoded(value))] as const;
    })
    .sort(([a, x], [b, y]) => compared(a, b) || compared(x, y))
    .map((pair) => pair.join('='))
    .join('&');

const compared = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** RFC 3986, which leaves fewer characters as they are than JavaScript does. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
