/** What the gateway says of a sample token: of each claim that it uses, and of the whole. */
import type { Issuer } from '../../config-schema/issuer.ts';
import { knownIdTokens } from '../../config-schema/known-issuers.ts';
import { isRefusal, type Identity, type TokenRefusal } from '../../lambdas/identity/identity.ts';
import type { Detail } from '../../lambdas/security/catalogue.ts';
import { claimProblem, headerFieldProblem } from './one-claim.ts';
import { insteadOfSecret } from './providers.ts';
import { type Line, note, ok, refused, shown } from './report.ts';
import type { SampleToken } from './sample-token.ts';
import { kindOf } from './token-kind.ts';

/** `outcome` is what the gateway's verification said of the whole token. */
export const linesOfToken = (
  token: SampleToken,
  issuer: Issuer,
  nowMs: number,
  outcome: Identity | TokenRefusal,
): readonly Line[] => [
  ...headerLines(token, issuer),
  ...signatureLines(outcome),
  ...claimLines(token, issuer, nowMs),
  ...kindLines(token, issuer),
  isRefusal(outcome)
    ? refused(`altogether: ${outcome.reason} (${outcome.detail}), as the audit record would have it`)
    : ok(
        `altogether: user ${shown(outcome.userId)} of ${outcome.issuer}, until ${timeOf(outcome.expiresAtMs / 1_000)}`,
      ),
];

const headerLines = ({ unverifiedHeader: header, unverifiedPayload }: SampleToken, issuer: Issuer): readonly Line[] => {
  const { alg } = header;
  const isSecret = typeof alg === 'string' && /^HS\d+$/.test(alg);
  return Object.entries({ alg: undefined, kid: undefined, ...header }).flatMap(([name, value]) => {
    const problem = headerFieldProblem(issuer, { [name]: value });
    const whatIs = `header ${shownName(name)} ${shown(value)}`;
    if (name === 'alg' && isSecret)
      return refused(
        `${whatIs}: signed with a shared secret, and whoever can check that can forge it. It stays refused: ${insteadOfSecret(issuer.issuer, unverifiedPayload)}`,
      );
    if (problem !== undefined) return refused(`${whatIs}: ${wordsOf(problem)}`);
    return usedHeaders.includes(name) ? ok(whatIs) : [];
  });
};

const usedHeaders = ['alg', 'kid', 'typ'];

/** What is known before a signature is looked at, so that nothing can be said of it. */
const beforeSignature: readonly Detail[] = [
  'token_malformed',
  'issuer_unknown',
  'header_forbidden',
  'algorithm_refused',
];
const ofKeys: readonly Detail[] = [
  'key_unknown',
  'key_unfit',
  'keys_unreachable',
  'key_not_fetched_yet',
  'signature_bad',
];

const signatureLines = (outcome: Identity | TokenRefusal): readonly Line[] => {
  if (!isRefusal(outcome)) return [ok('signature: genuine, under a published key')];
  if (ofKeys.includes(outcome.detail)) return [refused(`signature: ${wordsOf(outcome.detail)}`)];
  return beforeSignature.includes(outcome.detail) ? [] : [note('signature: not what it is refused for')];
};

const claimLines = (token: SampleToken, issuer: Issuer, nowMs: number): readonly Line[] => {
  const { unverifiedPayload: payload } = token;
  const judged = (name: string, says: string): Line => {
    const problem = claimProblem(issuer, nowMs, token, name);
    return problem === undefined ? ok(says) : refused(`${says}: ${wordsOf(problem)}`);
  };
  const claim = (name: string): string => `${shownName(name)} ${shown(payload[name])}`;
  const time = (name: string): string => {
    const value = payload[name];
    return typeof value === 'number' ? `${name} ${value}${inTime(value)}` : claim(name);
  };
  return [
    payload['iss'] === issuer.issuer
      ? ok(claim('iss'))
      : refused(`${claim('iss')}: ${otherIssuer(payload['iss'], issuer)}`),
    judged(issuer.audienceClaim, claim(issuer.audienceClaim)),
    ...(issuer.tokenUse === undefined ? [] : [judged('token_use', claim('token_use'))]),
    ...Object.keys(issuer.requiredClaims ?? {}).map((name) => judged(name, `${claim(name)}, which is required`)),
    judged('exp', time('exp')),
    judged('iat', time('iat')),
    ...(payload['nbf'] === undefined ? [] : [judged('nbf', time('nbf'))]),
    judged(issuer.userIdClaim, `${claim(issuer.userIdClaim)}, the user id`),
  ];
};

const otherIssuer = (iss: unknown, { issuer }: Issuer): string =>
  typeof iss === 'string' && iss.replace(/\/$/, '') === issuer.replace(/\/$/, '')
    ? `--issuer is ${shown(issuer)}, and the last slash counts: say it as the token does`
    : `--issuer is ${shown(issuer)}, and the gateway takes no other`;

const kindLines = ({ unverifiedHeader, unverifiedPayload: payload }: SampleToken, issuer: Issuer): readonly Line[] => {
  const kind = kindOf(unverifiedHeader, payload);
  const known = knownIdTokens(issuer.issuer, issuer.audience === 'issuer' ? [] : issuer.audience);
  if (kind.is === 'id')
    return known?.idTokens === 'sent'
      ? [note(`an ID token, of ${known.provider}: it proves a login once, and refreshing it is another login`)]
      : [
          refused(
            `an ID token (${kind.because}): it tells an app who logged in. Give the access token that the app gets with it`,
          ),
        ];
  if (kind.is === 'access') return [ok(`an access token: ${kind.because}`)];
  // What is known to be sent is none that comes in by mistake.
  return known?.idTokens === 'sent'
    ? []
    : [note(`${kind.because}: see that no ID token of this issuer has its audience`)];
};

const shownName = (name: string): string => (/^[\w:./-]{1,64}$/.test(name) ? name : shown(name));

const timeOf = (epochSeconds: number): string => {
  const date = new Date(epochSeconds * 1_000);
  return Number.isNaN(date.getTime()) ? 'no time' : date.toISOString();
};
const inTime = (epochSeconds: number): string => ` (${timeOf(epochSeconds)})`;

/** Each refusal that a token can get, in words that help. */
const wordsOf = (detail: Detail): string => (Object.hasOwn(words, detail) ? words[detail] : undefined) ?? detail;

const words: Readonly<Partial<Record<Detail, string>>> = {
  token_malformed: 'it is no token that the gateway can read',
  header_forbidden: 'no token may bring a key of its own, or change how it is read',
  algorithm_refused: 'no published key of this issuer is for it',
  token_use_wrong: 'it is not the mark of an access token',
  claim_refused: 'it is not what the entry requires',
  key_unknown: 'no published key has this name (kid)',
  key_unfit: 'the published key of this name (kid) is not for this algorithm',
  signature_bad: 'it is not by the published key: the token was changed or cut, or is of another environment',
  audience_wrong: 'it is not the audience of the entry',
  expiry_missing: 'there has to be a time, in whole seconds since 1970',
  expiry_too_far:
    'it is too far ahead: maxTokenLifetimeSeconds may be a week at most, so let the issuer give shorter tokens',
  expired: 'over. Get a fresh one and look again',
  issued_at_missing: 'there has to be a time, in seconds since 1970: let the issuer write one',
  issued_in_future: 'it is ahead: the clocks differ by more than a minute',
  not_yet_valid: 'it is not valid yet',
  user_claim_unusable:
    'it is no user id: 1 to 255 printable ASCII characters without spaces, and no zero. --user-id-claim names another claim',
};
