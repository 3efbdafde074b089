/**
 * The issuers' public keys. Whatever tokens arrive, a key set is fetched at most once in `fetchIntervalMs` and each
 * fetch ends within its own time limit; keys once known go on verifying while their endpoint is down.
 */
import { type assertIsJwks, isJwk, type Jwk } from 'aws-jwt-verify/jwk';
import type { Issuer } from '../../config-schema/issuer.ts';
import { keyFor, type WantedKey } from './key-rules.ts';
import { KeySetError, type KeySetFailure, keySetFailureOf } from './key-set-failure.ts';
import { skewSeconds } from './token-rules.ts';

/** Gets a JSON document; rejects on any failure. */
export type FetchJson = (url: string) => Promise<Json>;
type Json = Parameters<typeof assertIsJwks>[0];

/**
 * `unfit`: of that id there are only keys that may not check such a signature. What the next fetch may change has the time until
 * then: `not_fetched_yet` where the token says that it is younger than the last fetch, `unreachable` where that one failed.
 */
export type KeyFound =
  | Readonly<{ jwk: Jwk }>
  | Readonly<{ missing: 'unknown' | 'unfit' }>
  | Readonly<{ missing: 'not_fetched_yet' | 'unreachable'; retryAfterMs: number }>;

export type KeyIssuer = Pick<Issuer, 'alias' | 'jwksUri'>;
/** `issuedAtMs` is what the token says, unverified. */
export type FindKey = (
  issuer: KeyIssuer,
  wanted: WantedKey & Readonly<{ issuedAtMs: number | undefined }>,
) => Promise<KeyFound>;

const fetchIntervalMs = 10_000;
/** A key the issuer has withdrawn is trusted no longer than this, as long as the issuer can be asked. */
const maxAgeMs = 60 * 60 * 1000;

type KeySet = {
  keys: readonly Jwk[] | undefined;
  /** Malformed keys of the last fetch. */
  skipped: number;
  fetchedAtMs: number;
  askedAtMs: number;
  asking: Promise<void> | undefined;
};

/** @param onFailure told of each fetch that brought nothing, and once, until their number changes, of malformed keys beside good ones */
export const signingKeys = (
  fetchJson: FetchJson,
  now: () => number,
  onFailure: (alias: string, failure: KeySetFailure) => void = () => {},
): FindKey => {
  const sets = new Map<string, KeySet>();

  const ask = async ({ alias, jwksUri }: KeyIssuer, set: KeySet): Promise<void> => {
    set.askedAtMs = now();
    try {
      const { keys, skipped } = usableKeys(await fetchJson(jwksUri));
      const isNews = skipped !== set.skipped;
      set.skipped = skipped;
      if (keys.length === 0 && skipped > 0) throw new KeySetError('no_usable_key', skipped);
      // Once: a set that stays as it is should not ring each time somebody makes us ask.
      if (skipped > 0 && isNews) onFailure(alias, { cause: 'malformed_keys', found: skipped });
      set.keys = keys;
      set.fetchedAtMs = now();
    } catch (error) {
      // What was known stays. The caller sees that the last question has no answer.
      onFailure(alias, keySetFailureOf(error));
    }
  };

  return async (issuer, wanted) => {
    const set = sets.get(issuer.jwksUri) ?? {
      keys: undefined,
      skipped: 0,
      fetchedAtMs: 0,
      askedAtMs: Number.NEGATIVE_INFINITY,
      asking: undefined,
    };
    sets.set(issuer.jwksUri, set);
    const calledAtMs = now();
    const known = keyFor(set.keys ?? [], wanted);
    const isFresh = calledAtMs - set.fetchedAtMs < maxAgeMs;
    if (isFresh && !('missing' in known && known.missing === 'unknown')) return known;
    if (set.asking === undefined && calledAtMs - set.askedAtMs >= fetchIntervalMs)
      set.asking = ask(issuer, set).finally(() => {
        set.asking = undefined;
      });
    await set.asking;
    const found = keyFor(set.keys ?? [], wanted);
    if ('jwk' in found) return found;
    const retryAfterMs = Math.max(1, set.askedAtMs + fetchIntervalMs - now());
    // Only a set fetched by the latest question can say that there is no such key.
    if (set.keys === undefined || set.fetchedAtMs < set.askedAtMs) return { missing: 'unreachable', retryAfterMs };
    // A fetch that began with the token in hand has seen whatever key was published for it.
    const isYounger = set.askedAtMs < calledAtMs && mayBeYounger(wanted.issuedAtMs, set.askedAtMs, now());
    return isYounger && found.missing === 'unknown' ? { missing: 'not_fetched_yet', retryAfterMs } : found;
  };
};

/** Tokens say their time in whole seconds. One from further ahead than clocks may differ proves nothing. */
const mayBeYounger = (issuedAtMs: number | undefined, askedAtMs: number, nowMs: number): boolean =>
  issuedAtMs !== undefined && issuedAtMs + 1_000 > askedAtMs && issuedAtMs <= nowMs + skewSeconds * 1_000;

/** One malformed key, such as one whose `use` is a list, does not take the others with it. Throws where there is no list of keys. */
const usableKeys = (document: Json): { keys: Jwk[]; skipped: number } => {
  const all = isObject(document) ? document['keys'] : undefined;
  if (!Array.isArray(all)) throw new KeySetError('no_key_set');
  const keys = all.filter(isJwk);
  return { keys, skipped: all.length - keys.length };
};

const isObject = (document: Json): document is Extract<Json, { [key: string]: unknown }> =>
  typeof document === 'object' && document !== null && !Array.isArray(document);
