/** What an issuer's settings must be together, so that its ID tokens and the tokens of strangers stay outside. Pure. */
import { isForEveryTenant, isShared, knownIdTokens } from './known-issuers.ts';
import type { IdTokens } from './known-issuers.ts';
import { isLoopback } from './loopback.ts';

/** The settings of an issuer, complete. */
type Settings = Readonly<{
  issuer: string;
  isUrl: boolean;
  audience: 'issuer' | readonly string[];
  audienceClaim: string;
  tokenUse?: string | undefined;
  requiredClaims?: Readonly<Record<string, unknown>> | undefined;
  idTokens?: IdTokens | undefined;
  jwksUri: string;
}>;

type Said = Readonly<{ jwksUri?: string | undefined; audienceClaim?: string | undefined }>;
type Problem = Readonly<{
  key: 'issuer' | 'audience' | 'audienceClaim' | 'requiredClaims' | 'idTokens';
  message: string;
}>;

/** Claims that ID tokens may have, too: OpenID Connect Core 1.0, sections 2 and 5.1, and the tokens of many issuers. They tell nothing. */
const claimsOfIdTokens = new Set([
  ...[
    'iss',
    'sub',
    'aud',
    'exp',
    'iat',
    'nbf',
    'jti',
    'azp',
    'sid',
    'nonce',
    'acr',
    'amr',
    'auth_time',
    'at_hash',
    'c_hash',
  ],
  ...[
    'name',
    'given_name',
    'family_name',
    'middle_name',
    'nickname',
    'preferred_username',
    'profile',
    'picture',
    'website',
  ],
  ...['email', 'email_verified', 'gender', 'birthdate', 'zoneinfo', 'locale', 'phone_number', 'phone_number_verified'],
  ...['address', 'updated_at', 'tid', 'oid', 'hd', 'idp'],
]);

/** The first thing that is wrong, by its key, as the rest of a sentence that begins with it. `said`: what was there before defaults. */
export const issuerProblem = (settings: Settings, said: Said): Problem | undefined =>
  nameProblem(settings, said) ?? ownAudienceProblem(settings, said) ?? idTokenProblem(settings);

const nameProblem = ({ issuer, isUrl }: Settings, { jwksUri }: Said): Problem | undefined => {
  if (isForEveryTenant(issuer))
    return {
      key: 'issuer',
      message: 'must be the issuer of one tenant, as its tokens have it: list each tenant with an alias of its own',
    };
  return isUrl || jwksUri !== undefined
    ? undefined
    : {
        key: 'issuer',
        message:
          'must be an https URL (http on loopback only) without credentials, query and fragment, or jwksUri must say where the keys of such an issuer are',
      };
};

const ownAudienceProblem = ({ issuer, audience, jwksUri }: Settings, { audienceClaim }: Said): Problem | undefined => {
  if (audience !== 'issuer') return undefined;
  if (audienceClaim !== undefined && audienceClaim !== 'aud')
    return { key: 'audienceClaim', message: 'must not be there beside the audience "issuer", which is in no claim' };
  return isShared(issuer, jwksUri)
    ? {
        key: 'audience',
        message:
          'must name your client or API: the keys of this issuer sign for strangers, too, and nothing else tells their tokens from yours',
      }
    : undefined;
};

const idTokenProblem = (settings: Settings): Problem | undefined => {
  const { audience, audienceClaim, tokenUse, requiredClaims = {}, idTokens } = settings;
  const required = Object.keys(requiredClaims).filter((name) => name !== audienceClaim);
  if (tokenUse !== undefined || required.some((name) => !claimsOfIdTokens.has(name))) return undefined;
  // A token that names an audience is refused there, and every ID token names one.
  if (audience === 'issuer')
    return required.length > 0 ? undefined : demanded('a token that names no audience needs another claim to go by');
  if (audienceClaim !== 'aud') return demanded(`${audienceClaim} may be in ID tokens, too, with the same value`);
  const known = knownIdTokens(settings.issuer, audience);
  if (known?.idTokens === 'same_audience') return demanded(`ID tokens of ${known.provider} have the same audience`);
  if (idTokens === 'same_audience') return demanded('its ID tokens have the same audience');
  if (idTokens !== undefined || known !== undefined || isLocal(settings)) return undefined;
  return {
    key: 'idTokens',
    message:
      'must be "other_audience" if no ID token of this issuer has this audience, "same_audience" beside requiredClaims if they do, or "sent" if devices send ID tokens (docs/issuers.md#id-tokens)',
  };
};

const demanded = (because: string): Problem => ({
  key: 'requiredClaims',
  message: `must name a claim that access tokens have and ID tokens do not, such as {"scope": "present"}: ${because} (docs/issuers.md#id-tokens)`,
});

/** An issuer on this machine is one of a developer's own. */
const isLocal = ({ issuer, isUrl }: Settings): boolean => isUrl && isLoopback(new URL(issuer).hostname);
