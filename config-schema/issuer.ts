/** Trusted issuers as a stage configures them. What is read is complete, and reads as itself. */
import * as v from 'valibot';
import { isLoopback } from './loopback.ts';
import { MembershipClaim, namesRestaurants } from './membership-claim.ts';
import { section, text, whole } from './sections.ts';

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

const audience = 'must be an audience or a list of audiences, up to 20, each of 1 to 256 printable ASCII characters';
const Audience = v.union(
  [Printable, v.pipe(v.array(Printable), v.minLength(1, audience), v.maxLength(20, audience))],
  audience,
);

const alias = 'must be 1 to 16 of a-z, 0-9 and "-"';
const algorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;
const algorithm = `must be one of ${algorithms.join(', ')}`;

const IssuerKeys = section({
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
  /** Whether a token may leave out `kid`: then the only published key that fits its algorithm is meant. */
  keyIdOptional: v.optional(v.boolean('must be true or false'), false),
  /** `exp` may be this far ahead, at most; a minute to a week. */
  maxTokenLifetimeSeconds: v.optional(whole(60, 604_800), 86_400),
  /** Default: memberships come from the membership table alone. */
  membershipClaim: v.optional(MembershipClaim),
});

const cognitoPattern = /^https:\/\/cognito-idp\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?\/[\w-]+$/;

/** Fills in what the configuration leaves open. Cognito's access tokens carry `client_id` where others carry `aud`. */
const complete = ({ tokenUse: configured, ...keys }: v.InferOutput<typeof IssuerKeys>) => {
  const tokenUse = configured ?? (cognitoPattern.test(keys.issuer) ? 'access' : undefined);
  return {
    ...keys,
    ...(tokenUse && { tokenUse }),
    audience: typeof keys.audience === 'string' ? [keys.audience] : keys.audience,
    audienceClaim: keys.audienceClaim ?? (tokenUse === 'access' ? 'client_id' : 'aud'),
    jwksUri: keys.jwksUri ?? `${keys.issuer.replace(/\/$/, '')}/.well-known/jwks.json`,
  };
};

const Issuer = v.pipe(IssuerKeys, v.transform(complete));

/** A trusted issuer, complete: without `tokenUse` none is demanded. */
export type Issuer = Readonly<v.InferOutput<typeof Issuer>>;

/** Two issuers under one alias would share their users; one issuer under two aliases would double them. */
const areDistinct = v.rawCheck<Issuer[]>(({ dataset, addIssue }) => {
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

const mustName = 'must say restaurants or restaurantPrefix, since the stage trusts several issuers';

/** Beside others an issuer grants where it was told to, or it would grant in the restaurants of the others. */
const nameTheirRestaurants = v.rawCheck<Issuer[]>(({ dataset, addIssue }) => {
  if (!dataset.typed || dataset.value.length < 2) return;
  const issuers = dataset.value;
  for (const [index, issuer] of issuers.entries())
    if (issuer.membershipClaim !== undefined && !namesRestaurants(issuer))
      addIssue({
        message: mustName,
        input: issuer.membershipClaim,
        path: [
          { type: 'array', origin: 'value', input: issuers, key: index, value: issuer },
          { type: 'object', origin: 'value', input: issuer, key: 'membershipClaim', value: issuer.membershipClaim },
        ],
      });
});

/** The issuers of a stage, in the order of the configuration. */
export const Issuers = v.pipe(v.array(Issuer, 'must be a list'), areDistinct, nameTheirRestaurants);
