/** Trusted issuers as a stage configures them, and as the functions want them: complete. */
import * as v from 'valibot';
import type { Issuer } from '../lambdas/identity/issuer.ts';
import { section, text, whole } from './config-sections.ts';

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || /^127(?:\.\d{1,3}){3}$/.test(host) || host === '[::1]';

const isPlainUrl = (address: string): boolean => {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  if (username !== '' || password !== '' || /[?#\s]/.test(address)) return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
};

const plainUrl = 'must be an https URL (http on loopback only) without credentials, query and fragment';
const Url = v.pipe(v.string(plainUrl), v.check(isPlainUrl, plainUrl));

const printable = 'must be 1 to 256 printable ASCII characters';
const Printable = text(/^[\x21-\x7e]{1,256}$/, printable);

const audience = 'must be an audience or a list of audiences, each of 1 to 256 printable ASCII characters';
const Audience = v.union(
  [Printable, v.pipe(v.array(Printable), v.minLength(1, audience), v.maxLength(20, audience))],
  audience,
);

const alias = 'must be 1 to 16 of a-z, 0-9 and "-"';
const algorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;
const algorithm = `must be one of ${algorithms.join(', ')}`;

export const IssuerConfig = section({
  /** Short name of the issuer in keys and records. It is part of every user's identity: never change it. */
  alias: text(/^[a-z0-9-]{1,16}$/, alias),
  /** Exactly the `iss` of its tokens. */
  issuer: Url,
  audience: Audience,
  /** Claim that holds the audience. Default: `client_id` for access tokens of Cognito, else `aud`. */
  audienceClaim: v.optional(v.picklist(['aud', 'client_id'], 'must be "aud" or "client_id"')),
  /** Demanded value of `token_use`. Default: `access` for Cognito, else none. */
  tokenUse: v.optional(v.picklist(['access', 'id'], 'must be "access" or "id"')),
  userIdClaim: v.optional(Printable, 'sub'),
  algorithms: v.optional(
    v.pipe(v.array(v.picklist(algorithms, algorithm), 'must be a list'), v.minLength(1, 'must not be empty')),
    ['RS256', 'ES256', 'EdDSA'],
  ),
  /** Default: `<issuer>/.well-known/jwks.json`. */
  jwksUri: v.optional(Url),
  /** `exp` may be this far ahead, at most; a minute to a week. */
  maxTokenLifetimeSeconds: v.optional(whole(60, 604_800), 86_400),
});

export type IssuerConfig = Readonly<v.InferOutput<typeof IssuerConfig>>;

/** Two issuers under one alias would share their users; one issuer under two aliases would double them. */
export const issuersAreDistinct = v.rawCheck<IssuerConfig[]>(({ dataset, addIssue }) => {
  if (!dataset.typed) return;
  const issuers = dataset.value;
  for (const [index, issuer] of issuers.entries())
    for (const key of ['alias', 'issuer'] as const)
      if (issuers.findIndex((other) => other[key] === issuer[key]) < index)
        addIssue({
          message: 'must differ from those before it',
          input: issuer[key],
          path: [
            { type: 'array', origin: 'value', input: issuers, key: index, value: issuer },
            { type: 'object', origin: 'value', input: issuer, key, value: issuer[key] },
          ],
        });
});

const cognitoPattern = /^https:\/\/cognito-idp\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?\/[\w-]+$/;

/** Fills in what the configuration leaves open. Pure; Cognito's access tokens carry `client_id` where others carry `aud`. */
export const completeIssuer = (config: IssuerConfig): Issuer => {
  const tokenUse = config.tokenUse ?? (cognitoPattern.test(config.issuer) ? 'access' : null);
  return {
    alias: config.alias,
    issuer: config.issuer,
    audience: typeof config.audience === 'string' ? [config.audience] : config.audience,
    audience_claim: config.audienceClaim ?? (tokenUse === 'access' ? 'client_id' : 'aud'),
    token_use: tokenUse,
    user_id_claim: config.userIdClaim,
    algorithms: config.algorithms,
    jwks_uri: config.jwksUri ?? `${config.issuer.replace(/\/$/, '')}/.well-known/jwks.json`,
    max_token_lifetime_seconds: config.maxTokenLifetimeSeconds,
  };
};

/** A Cognito user pool as an issuer. `url` may be a deploy-time value: it is only put together, never looked into. */
export const userPoolIssuer = (pool: { url: string; clientId: string }): Issuer => ({
  alias: 'cognito',
  issuer: pool.url,
  audience: [pool.clientId],
  audience_claim: 'client_id',
  token_use: 'access',
  user_id_claim: 'sub',
  algorithms: ['RS256'],
  jwks_uri: `${pool.url}/.well-known/jwks.json`,
  max_token_lifetime_seconds: 86_400,
});
