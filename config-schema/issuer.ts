/** Trusted issuers as a stage configures them. What is read is complete, and reads as itself. */
import * as v from 'valibot';
import { issuerProblem } from './issuer-rules.ts';
import { idTokenKinds } from './known-issuers.ts';
import { isLoopback } from './loopback.ts';
import { MembershipClaim, namesRestaurants } from './membership-claim.ts';
import { section, text, whole } from './sections.ts';

const isPlainUrl = (address: string): boolean => isUrl(address) && !address.includes('?');

/** Some issuers have one key set for each of their policies or apps, which is named behind a question mark. */
const isUrl = (address: string): boolean => {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  if (username !== '' || password !== '' || /[#\s]/.test(address)) return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
};

const url = 'must be an https URL (http on loopback only) without credentials and fragment';
const Url = v.pipe(v.string(url), v.check(isUrl, url));

const issuer =
  'must be an https URL (http on loopback only) without credentials, query and fragment; with jwksUri any text of 1 to 256 printable ASCII characters';
const IssuerName = text(/^(?! )[\x20-\x7e]{1,256}(?<! )$/, issuer);

const printable = 'must be 1 to 256 printable ASCII characters';
const Printable = text(/^[\x21-\x7e]{1,256}$/, printable);

const audience =
  'must be an audience or a list of audiences, up to 20, each of 1 to 256 printable ASCII characters, or the word "issuer"';
const Audience = v.union(
  [Printable, v.pipe(v.array(Printable), v.minLength(1, audience), v.maxLength(20, audience))],
  audience,
);

const alias = 'must be 1 to 16 of a-z, 0-9 and "-"';
/** Signatures that a gateway can be told to accept. */
export const algorithms = [
  ...(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const),
  ...(['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'] as const),
] as const;
export type Algorithm = (typeof algorithms)[number];
const algorithm = `must be one of ${algorithms.join(', ')}; never HS256, with which whoever can check a token can forge one`;

export const audienceClaims = ['aud', 'client_id', 'azp', 'cid', 'appid'] as const;
const audienceClaim = `must be one of ${audienceClaims.join(', ')}`;

const requiredClaims =
  'must be an object of claims, up to 20: each a text, a number, true or false, a list of such, up to 20, or the word "present"';
const ClaimValue = v.union([v.string(), v.number(), v.boolean()]);
const ClaimRule = v.union([ClaimValue, v.pipe(v.array(ClaimValue), v.minLength(1), v.maxLength(20))]);
// What has no own place in an object would get lost on the way.
const isClaimName = (name: string): boolean =>
  /^[\x21-\x7e]{1,256}$/.test(name) && !['__proto__', 'constructor', 'prototype'].includes(name);
const RequiredClaims = v.custom<Readonly<Record<string, ClaimRule>>>((value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const rules = Object.entries(value);
  return rules.length <= 20 && rules.every(([name, rule]) => isClaimName(name) && v.is(ClaimRule, rule));
}, requiredClaims);
/** What a claim must be: exactly this value, or one of these, or with the word `present` anything but nothing. */
export type ClaimRule = v.InferOutput<typeof ClaimRule>;

const idTokens = `must be one of ${idTokenKinds.join(', ')}`;

const IssuerKeys = section({
  /** Short name of the issuer in keys and records. It is part of every user's identity: never change it. */
  alias: text(/^[a-z0-9-]{1,16}$/, alias),
  /** Exactly the `iss` of its tokens. */
  issuer: IssuerName,
  /** The word `issuer`: the issuer stands for one client, and its tokens name no audience. */
  audience: Audience,
  /** Claim that holds the audience. Default: `client_id` for access tokens of Cognito, else `aud`. */
  audienceClaim: v.optional(v.picklist(audienceClaims, audienceClaim)),
  /** Demanded value of `token_use`. Default: `access` for Cognito, else none. */
  tokenUse: v.optional(v.picklist(['access', 'id'], 'must be "access" or "id"')),
  /** What a token must say beside its audience, by the names of its claims. */
  requiredClaims: v.optional(RequiredClaims),
  /** What tells its ID tokens from access tokens: `issuer-rules.ts`. */
  idTokens: v.optional(v.picklist(idTokenKinds, idTokens)),
  userIdClaim: v.optional(Printable, 'sub'),
  algorithms: v.optional(
    v.pipe(v.array(v.picklist(algorithms, algorithm), 'must be a list'), v.minLength(1, 'must not be empty')),
    ['RS256', 'ES256', 'ES384', 'EdDSA'],
  ),
  /** Default: `<issuer>/.well-known/jwks.json`. */
  jwksUri: v.optional(Url),
  /** Whether a token may leave out `kid`: then the only published key that fits its algorithm is meant. */
  keyIdOptional: v.optional(v.boolean('must be true or false'), false),
  /** Fields of the header that are left unread where every other token that has them is refused. */
  ignoredHeaders: v.optional(v.array(v.literal('jku', 'must be "jku"'), 'must be a list')),
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
    audience: audiencesOf(keys.audience),
    audienceClaim: keys.audienceClaim ?? (tokenUse === 'access' ? 'client_id' : 'aud'),
    jwksUri: keys.jwksUri ?? `${keys.issuer.replace(/\/$/, '')}/.well-known/jwks.json`,
  };
};

/** The word stays one: a list holds names of audiences, this one among them. */
const audiencesOf = (said: string | string[]): 'issuer' | string[] => {
  if (typeof said !== 'string') return said;
  return said === 'issuer' ? said : [said];
};

const isSound = v.rawCheck<v.InferOutput<typeof IssuerKeys>>(({ dataset, addIssue }) => {
  if (!dataset.typed) return;
  const problem = issuerProblem({ ...complete(dataset.value), isUrl: isPlainUrl(dataset.value.issuer) }, dataset.value);
  if (problem === undefined) return;
  const { key, message } = problem;
  const input = dataset.value[key];
  addIssue({ message, input, path: [{ type: 'object', origin: 'value', input: dataset.value, key, value: input }] });
});

const Issuer = v.pipe(IssuerKeys, isSound, v.transform(complete));

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
