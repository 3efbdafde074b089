/** The `issuers` entry of a stage's configuration that fits an issuer's keys and, where there is one, its token. Pure. */
import * as v from 'valibot';
import { type Algorithm, algorithms, audienceClaims, type Issuer, Issuers } from '../../config-schema/issuer.ts';
import { isShared, knownIdTokens } from '../../config-schema/known-issuers.ts';
import type { JudgedKey } from './key-judgements.ts';
import { claimProblem } from './one-claim.ts';
import { providerOf } from './providers.ts';
import { type Line, note, shown } from './report.ts';
import type { SampleToken } from './sample-token.ts';
import { clientsOf, kindOf, type Requirement } from './token-kind.ts';

/** What the person said of the entry; whatever is not said is found out. */
export type Said = Readonly<{
  issuer: string;
  alias?: string | undefined;
  audience?: readonly string[] | undefined;
  userIdClaim?: string | undefined;
}>;

export type Entry = Readonly<Record<string, unknown>>;

/** Stands where only a person can say what it is. */
export const unknownAudience = '<audience>';

/** `entry` with every default, as the gateway reads it; else which key is wrong, and the rest of a sentence that begins with it. */
export const completeEntry = (
  entry: Entry,
): Readonly<{ issuer: Issuer }> | Readonly<{ key: string; problem: string }> => {
  const read = v.safeParse(Issuers, [entry]);
  if (!read.success) {
    const [issue] = read.issues;
    return { key: (v.getDotPath(issue) ?? '').replace(/^0\.?/, ''), problem: issue.message };
  }
  const [issuer] = read.output;
  return issuer === undefined ? { key: 'issuers', problem: 'must not be empty' } : { issuer };
};

/** As much as is known before anything is asked. With it the schema already judges names and addresses. */
export const bareEntry = ({ issuer, alias }: Said, jwksUri: string | undefined): Entry => ({
  alias: alias ?? providerOf(issuer)?.alias ?? 'main',
  issuer,
  audience: unknownAudience,
  // Enough for the rules about ID tokens, whoever the issuer is.
  requiredClaims: { scope: 'present' },
  ...(jwksUri !== undefined && { jwksUri }),
});

type Place = Readonly<{ jwksUri: string; keys: readonly JudgedKey[]; nowMs: number }>;

/** The finished entry, and what of it a person should look at. */
export const entryFor = (
  said: Said,
  place: Place,
  token: SampleToken | undefined,
): Readonly<{ entry: Entry; notes: readonly Line[] }> => {
  const { alias, issuer, jwksUri } = bareEntry(said, place.jwksUri);
  const audience = audienceOf(said, place, token);
  const userIdClaim = said.userIdClaim ?? userClaimOf(said, place, token);
  const rest = {
    ...(userIdClaim !== 'sub' && { userIdClaim }),
    algorithms: algorithmsOf(place.keys, token),
    jwksUri,
    ...(isWithoutKeyId(place.keys, token) && { keyIdOptional: true }),
    ...(token !== undefined && Object.hasOwn(token.unverifiedHeader, 'jku') && { ignoredHeaders: ['jku'] }),
    ...lifetimeOf(token),
  };
  const named = {
    alias,
    issuer,
    audience: audience.is.length === 1 ? audience.is[0] : audience.is,
    ...audience.claim,
  };
  const apart = apartFrom({ ...named, ...rest }, audience.is, token);
  return {
    entry: { ...named, ...apart.keys, ...rest },
    notes: [...audience.notes, ...apart.notes, ...(said.alias === undefined ? [note(aliasIsForEver(alias))] : [])],
  };
};

const aliasIsForEver = (alias: unknown): string =>
  `the alias ${shown(alias)} becomes part of every user's identity, and cannot be changed later: --alias says another one`;

type Audience = Readonly<{ is: readonly string[]; claim: Entry; notes: readonly Line[] }>;

const audienceOf = ({ audience, issuer }: Said, { jwksUri }: Place, token: SampleToken | undefined): Audience => {
  if (token === undefined)
    return audience === undefined
      ? { is: [unknownAudience], claim: {}, notes: [note(audienceIsYours)] }
      : { is: audience, claim: {}, notes: [] };
  for (const claim of audienceClaims) {
    const candidates = candidatesIn(token.unverifiedPayload, claim, issuer);
    const is = audience === undefined ? candidates.slice(0, 1) : audience.filter((one) => candidates.includes(one));
    if (is.length === 0) continue;
    return {
      is: audience ?? is,
      claim: isDefaultClaim(issuer, claim) ? {} : { audienceClaim: claim },
      notes: audience === undefined ? [note(lookAtAudience(is[0], claim))] : [],
    };
  }
  // An issuer that is one client's says so in its name.
  const isItself = /\/user_management\/client_/.test(issuer) && !isShared(issuer, jwksUri);
  return { is: audience ?? [isItself ? 'issuer' : unknownAudience], claim: {}, notes: [] };
};

const audienceIsYours = 'the audience is yours to fill in: --token-file or --audience tells it';
const lookAtAudience = (audience: string | undefined, claim: string): string =>
  `the audience ${shown(audience)} is this token's ${claim}: see that it is your API's, and nobody else's`;

/** What tells its ID tokens from access tokens, in the keys that the schema asks for. */
const apartFrom = (
  entry: Entry,
  audiences: readonly string[],
  token: SampleToken | undefined,
): Readonly<{ keys: Entry; notes: readonly Line[] }> => {
  const other = { keys: { idTokens: 'other_audience' }, notes: [note(onlyIfOther)] };
  const guessed = { keys: { requiredClaims: { scope: 'present' } }, notes: [note(seeAToken)] };
  if (token === undefined)
    return [{ keys: {}, notes: [] }, other, guessed].find(({ keys }) => isTaken(entry, keys)) ?? guessed;
  const { unverifiedHeader, unverifiedPayload } = token;
  const kind = kindOf(unverifiedHeader, unverifiedPayload);
  const known = knownIdTokens(String(entry['issuer']), audiences);
  if (kind.is === 'id') return known?.idTokens === 'sent' ? { keys: {}, notes: [] } : guessed;
  const clients = clientsOf(unverifiedPayload);
  const mayBeClients =
    clients.length === 0 || 'audienceClaim' in entry || audiences.some((one) => clients.includes(one));
  const also = unverifiedPayload['is_anonymous'] === false ? { is_anonymous: false } : {};
  const asked = (requires: Requirement): Entry =>
    Object.keys(requires).length > 0 ? { requiredClaims: requires } : {};
  const required = asked({ ...kind.requires, ...also });
  const isSaid = kind.isSaid === true || (mayBeClients && kind.requires !== undefined);
  const choices = [
    ...(isSaid ? [] : [{ keys: asked(also), notes: [] }]),
    ...(mayBeClients || isSaid ? [{ keys: required, notes: [] }] : []),
    { keys: { ...other.keys, ...asked(also) }, notes: clients.length > 0 && !mayBeClients ? [] : other.notes },
    { keys: required, notes: [] },
  ];
  return choices.find(({ keys }) => isTaken(entry, keys)) ?? guessed;
};

const isTaken = (entry: Entry, keys: Entry): boolean => 'issuer' in completeEntry({ ...entry, ...keys });

const onlyIfOther =
  'leave "idTokens": "other_audience" there only if no ID token of this issuer has this audience (docs/issuers.md#id-tokens)';
const seeAToken =
  '"requiredClaims" is a guess: an access token by --token-file tells which claim it has and ID tokens have not';

/** The API before the client, which has ID tokens; what every token of an issuer has is nobody's audience. */
const candidatesIn = (payload: Entry, claim: string, issuer: string): readonly string[] => {
  const value = payload[claim];
  const all = (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
  const clients = clientsOf(payload);
  return all
    .filter((one) => one !== 'account' && !one.endsWith('/userinfo') && one !== issuer)
    .toSorted((one, other) => Number(clients.includes(one)) - Number(clients.includes(other)));
};

const isDefaultClaim = (issuer: string, claim: string): boolean => {
  const read = completeEntry(bareEntry({ issuer }, undefined));
  return claim === ('issuer' in read ? read.issuer.audienceClaim : 'aud');
};

/** Where else a user's id is found when `sub` is none that the gateway takes. */
const otherUserClaims = ['uid', 'oid', 'user_id', 'subname'];

const userClaimOf = (
  said: Said,
  { jwksUri, nowMs }: Readonly<{ jwksUri: string; nowMs: number }>,
  token: SampleToken | undefined,
): string => {
  const preferred = [providerOf(said.issuer)?.userIdClaim ?? 'sub', 'sub', ...otherUserClaims];
  if (token === undefined) return preferred[0] ?? 'sub';
  const isUsable = (userIdClaim: string): boolean => {
    const read = completeEntry({ ...bareEntry(said, jwksUri), userIdClaim });
    return 'issuer' in read && claimProblem(read.issuer, nowMs, token, userIdClaim) === undefined;
  };
  return preferred.find(isUsable) ?? 'sub';
};

/** What the keys are for, and no more: a key that does not say it is taken for what most issuers do with its kind, or the token. */
export const algorithmsOf = (keys: readonly JudgedKey[], token: SampleToken | undefined): readonly Algorithm[] => {
  const ofToken = token?.unverifiedHeader['alg'];
  const used = keys.flatMap(({ fits }) => fits.find((one) => one === ofToken) ?? fits[0] ?? []);
  return algorithms.filter((one) => used.includes(one));
};

const isWithoutKeyId = (keys: readonly JudgedKey[], token: SampleToken | undefined): boolean => {
  if (token === undefined || Object.hasOwn(token.unverifiedHeader, 'kid')) return false;
  const { alg } = token.unverifiedHeader;
  return keys.filter(({ fits }) => fits.some((one) => one === alg)).length === 1;
};

const [daySeconds, weekSeconds] = [86_400, 604_800];

const lifetimeOf = (token: SampleToken | undefined): Entry => {
  const { exp, iat } = token?.unverifiedPayload ?? {};
  if (typeof exp !== 'number' || typeof iat !== 'number') return {};
  const seconds = Math.ceil(exp - iat);
  return seconds > daySeconds && seconds <= weekSeconds ? { maxTokenLifetimeSeconds: seconds } : {};
};
