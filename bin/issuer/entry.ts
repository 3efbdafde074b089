/** The `issuers` entry of a stage's configuration that fits an issuer's keys and, where there is one, its token. Pure. */
import * as v from 'valibot';
import { algorithms, type Issuer, Issuers } from '../../config-schema/issuer.ts';
import type { Algorithm, JudgedKey } from './key-judgements.ts';
import { claimProblem } from './one-claim.ts';
import { providerOf } from './providers.ts';
import { type Line, note, shown } from './report.ts';
import type { SampleToken } from './sample-token.ts';
import { clientsOf } from './token-kind.ts';

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

/** The least that an entry for these keys has: with it alone the schema already judges names and addresses. */
export const bareEntry = ({ issuer, alias }: Said, jwksUri: string): Entry => ({
  alias: alias ?? providerOf(issuer)?.alias ?? 'main',
  issuer,
  audience: unknownAudience,
  jwksUri,
});

/** The finished entry, and what of it a person should look at. */
export const entryFor = (
  said: Said,
  place: Readonly<{ jwksUri: string; keys: readonly JudgedKey[]; nowMs: number }>,
  token: SampleToken | undefined,
): Readonly<{ entry: Entry; notes: readonly Line[] }> => {
  const { alias, issuer, jwksUri } = bareEntry(said, place.jwksUri);
  const audience = audienceOf(said, token);
  const userIdClaim = said.userIdClaim ?? userClaimOf(said, place, token);
  const found = algorithmsOf(place.keys, token);
  return {
    entry: {
      alias,
      issuer,
      audience: audience.is.length === 1 ? audience.is[0] : audience.is,
      ...audience.claim,
      ...(userIdClaim !== 'sub' && { userIdClaim }),
      algorithms: found,
      jwksUri,
      ...(isWithoutKeyId(place.keys, token) && { keyIdOptional: true }),
      ...lifetimeOf(token),
    },
    notes: [...audience.notes, ...(said.alias === undefined ? [note(aliasIsForEver(alias))] : [])],
  };
};

const aliasIsForEver = (alias: unknown): string =>
  `the alias ${shown(alias)} becomes part of every user's identity, and cannot be changed later: --alias says another one`;

/** The claims that may hold the audience, as they are looked for. */
const audienceClaims = ['aud', 'client_id'] as const satisfies readonly Issuer['audienceClaim'][];

type Audience = Readonly<{ is: readonly string[]; claim: Entry; notes: readonly Line[] }>;

const audienceOf = ({ audience, issuer }: Said, token: SampleToken | undefined): Audience => {
  if (token === undefined)
    return audience === undefined
      ? {
          is: [unknownAudience],
          claim: {},
          notes: [note('the audience is yours to fill in: --token-file or --audience tells it')],
        }
      : { is: audience, claim: {}, notes: [] };
  for (const claim of audienceClaims) {
    const candidates = candidatesIn(token.unverifiedPayload, claim, issuer);
    const is = audience === undefined ? candidates.slice(0, 1) : audience.filter((one) => candidates.includes(one));
    if (is.length > 0)
      return {
        is: audience ?? is,
        claim: claim === 'aud' || isDefaultClaim(issuer, claim) ? {} : { audienceClaim: claim },
        notes:
          audience === undefined
            ? [
                note(
                  `the audience ${shown(is[0])} is this token's ${claim}: see that it is your API's, and nobody else's`,
                ),
              ]
            : [],
      };
  }
  return { is: audience ?? [unknownAudience], claim: {}, notes: [] };
};

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
  const read = completeEntry(bareEntry({ issuer }, issuer));
  return 'issuer' in read && read.issuer.audienceClaim === claim;
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
    const value = token.unverifiedPayload[userIdClaim];
    return 'issuer' in read && claimProblem(read.issuer, nowMs, { [userIdClaim]: value }) === undefined;
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
