/** The `issuers` entry of a stage's configuration that fits an issuer's keys and, where there is one, its token. Pure. */
import { type Algorithm, algorithms } from '../../config-schema/issuer.ts';
import { apartFrom } from './apart.ts';
import { audienceOf } from './audience.ts';
import { bareEntry, completeEntry, type Entry, type Said } from './bare-entry.ts';
import type { JudgedKey } from './key-judgements.ts';
import { claimProblem } from './one-claim.ts';
import { providerOf } from './providers.ts';
import { type Line, note, shown } from './report.ts';
import type { SampleToken } from './sample-token.ts';

type Place = Readonly<{ jwksUri: string; keys: readonly JudgedKey[]; nowMs: number }>;

/** The finished entry, and what of it a person should look at. */
export const entryFor = (
  said: Said,
  place: Place,
  token: SampleToken | undefined,
): Readonly<{ entry: Entry; notes: readonly Line[] }> => {
  const { alias, issuer, jwksUri } = bareEntry(said, place.jwksUri);
  const audience = audienceOf(said, place.jwksUri, token);
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
  const others = algorithmsOf(place.keys, undefined).filter((one) => !rest.algorithms.includes(one));
  const apart = apartFrom({ ...named, ...rest }, audience.is, token);
  return {
    entry: { ...named, ...apart.keys, ...rest },
    notes: [
      ...audience.notes,
      ...apart.notes,
      ...(others.length > 0
        ? [note(`there are keys for ${others.join(', ')}, too: list that if tokens come by it`)]
        : []),
      ...(said.alias === undefined ? [note(aliasIsForEver(alias))] : []),
    ],
  };
};

const aliasIsForEver = (alias: unknown): string =>
  `the alias ${shown(alias)} becomes part of every user's identity, and cannot be changed later: --alias says another one`;

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

/** What the token is signed with, where a key fits; else what the keys are for. A key that does not say it is taken for what most issuers do. */
export const algorithmsOf = (keys: readonly JudgedKey[], token: SampleToken | undefined): readonly Algorithm[] => {
  const ofToken = token?.unverifiedHeader['alg'];
  const all = keys.flatMap(({ fits }) => fits);
  const ofTokens = all.filter((one) => one === ofToken);
  const used = ofTokens.length > 0 ? ofTokens : keys.flatMap(({ fits }) => fits[0] ?? []);
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
