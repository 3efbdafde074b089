/** Where an issuer says that its keys are: which documents are asked in which order, and what each answer means. */
import { type KeySetFailure, keySetFailureOf } from '../../lambdas/identity/key-set-failure.ts';
import type { FetchJson } from '../../lambdas/identity/signing-keys.ts';
import { type Line, note, ok, refused, shown } from './report.ts';

/** `known` may be a place that the gateway's configuration refuses. */
export type Discovered = Readonly<{ lines: readonly Line[] }> &
  (Readonly<{ jwksUri: string }> | Readonly<{ verdict: 'not_found' | 'refused' }>);

const withoutSlash = (address: string): string => address.replace(/\/$/, '');

/** OpenID Connect Discovery 1.0, section 4, and RFC 8414, section 3: the same document at two places. */
export const documentsOf = (issuer: string): readonly string[] => {
  const { origin, pathname } = new URL(issuer);
  return [
    `${withoutSlash(issuer)}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${withoutSlash(pathname)}`,
  ];
};

/** Where keys are when nobody says it. */
export const usualKeySetOf = (issuer: string): string => `${withoutSlash(issuer)}/.well-known/jwks.json`;

/** The keys' place by the first document that there is, else the usual one. What a document of another issuer says is not taken. */
export const discover = async (fetchJson: FetchJson, issuer: string): Promise<Discovered> => {
  const lines: Line[] = [];
  for (const url of documentsOf(issuer)) {
    const got = await get(fetchJson, url);
    if ('failure' in got) {
      lines.push(note(`${url} ${inWords(got.failure)}`));
      if (isNobodyThere(got.failure)) return { lines: [...lines, refused(unreachable)], verdict: 'not_found' };
      continue;
    }
    const { document } = got;
    const [itself, jwksUri] = [fieldOf(document, 'issuer'), fieldOf(document, 'jwks_uri')];
    if (itself !== issuer)
      return { lines: [...lines, refused(`${url} ${otherIssuer(itself, issuer)}`)], verdict: 'refused' };
    if (typeof jwksUri === 'string')
      return {
        lines: [...lines, ok(`${url} is of this issuer, and says that its keys are at ${shown(jwksUri)}`)],
        jwksUri,
      };
    lines.push(note(`${url} is of this issuer, and does not say where its keys are (jwks_uri)`));
  }
  return { lines, jwksUri: usualKeySetOf(issuer) };
};

export const get = async (
  fetchJson: FetchJson,
  url: string,
): Promise<Readonly<{ document: Awaited<ReturnType<FetchJson>> }> | Readonly<{ failure: KeySetFailure }>> => {
  try {
    return { document: await fetchJson(url) };
  } catch (error) {
    return { failure: keySetFailureOf(error) };
  }
};

/** Then asking the same host for something else only takes more time. */
const isNobodyThere = ({ cause }: KeySetFailure): boolean => cause === 'connection' || cause === 'timeout';

const unreachable =
  'Nobody answers. The gateway needs to reach this address from AWS without a proxy, over a certificate that everybody trusts.';

const otherIssuer = (itself: unknown, issuer: string): string => {
  if (typeof itself !== 'string') return 'does not say whose it is (issuer): it is no discovery document';
  if (itself.includes('{tenantid}'))
    return 'is for all tenants. Say --issuer with the id of one tenant, and make an entry for each: there are no patterns';
  if (withoutSlash(itself) === withoutSlash(issuer))
    return `calls itself ${shown(itself)}, and so do its tokens: the last slash counts. Say --issuer ${shown(itself)}`;
  return `is of another issuer, ${shown(itself)}. If that is the one you mean, say --issuer ${shown(itself)}: its tokens have that name`;
};

/** What became of a request, as the rest of a sentence that begins with the address. */
export const inWords = ({ cause, found }: KeySetFailure): string => {
  switch (cause) {
    case 'timeout':
      return 'did not answer in time: the gateway waits two seconds';
    case 'connection':
      return `cannot be reached${found === undefined ? '' : ` (${found})`}`;
    case 'redirect':
      return `answers with a redirect (${found}), which the gateway does not follow: say the address that it leads to`;
    case 'status':
      return `answers with ${found}`;
    case 'too_large':
      return 'is larger than the 256 KB that the gateway reads';
    case 'not_json':
      return 'is no JSON';
    case 'no_key_set':
      return 'has no list of keys';
    case 'no_usable_key':
    case 'malformed_keys':
      return `has malformed keys${found === undefined ? '' : ` (${found})`}`;
  }
};

export const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
