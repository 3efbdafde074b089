/**
 * The issuers' public keys. Whatever tokens arrive, a key set is fetched at most once in `fetchIntervalMs` and each
 * fetch ends within its own time limit; keys once known go on verifying while their endpoint is down.
 */
import { type assertIsJwks, findJwkInJwks, isJwk, type Jwk, type Jwks } from 'aws-jwt-verify/jwk';

/** Gets a JSON document; rejects on any failure. */
export type FetchJson = (url: string) => Promise<Json>;
type Json = Parameters<typeof assertIsJwks>[0];
export type FindKey = (jwksUri: string, keyId: string) => Promise<Jwk | 'unknown' | 'unreachable'>;

const fetchIntervalMs = 10_000;
/** A key the issuer has withdrawn is trusted no longer than this, as long as the issuer can be asked. */
const maxAgeMs = 60 * 60 * 1000;

type KeySet = {
  jwks: Jwks | undefined;
  /** Malformed keys of the last fetch. */
  skipped: number;
  fetchedAtMs: number;
  askedAtMs: number;
  asking: Promise<void> | undefined;
};

/** A key set has keys that are none. */
export class MalformedKeys extends Error {
  readonly code = 'KEYS_MALFORMED';
  readonly skipped: number;

  constructor(skipped: number) {
    super(`a key set has ${skipped} malformed keys, expected none`);
    this.name = 'MalformedKeys';
    this.skipped = skipped;
  }
}

/** @param onMalformed told when some keys of a set cannot be used, and again when their number changes; the others are used */
export const signingKeys = (
  fetchJson: FetchJson,
  now: () => number,
  onMalformed: (problem: MalformedKeys) => void = () => {},
): FindKey => {
  const sets = new Map<string, KeySet>();

  const ask = async (uri: string, set: KeySet): Promise<void> => {
    set.askedAtMs = now();
    try {
      const { keys, skipped } = usableKeys(await fetchJson(uri));
      // Once: a set that stays as it is should not ring each time somebody makes us ask.
      if (skipped > 0 && skipped !== set.skipped) onMalformed(new MalformedKeys(skipped));
      set.skipped = skipped;
      if (keys.length === 0 && skipped > 0) return;
      set.jwks = { keys };
      set.fetchedAtMs = now();
    } catch {
      // Unreachable or unusable: what was known stays. The caller sees which of the two cases it is.
    }
  };

  return async (uri, keyId) => {
    const set = sets.get(uri) ?? {
      jwks: undefined,
      skipped: 0,
      fetchedAtMs: 0,
      askedAtMs: Number.NEGATIVE_INFINITY,
      asking: undefined,
    };
    sets.set(uri, set);
    const known = set.jwks && findJwkInJwks(set.jwks, keyId);
    const isFresh = now() - set.fetchedAtMs < maxAgeMs;
    if (known && isFresh) return known;
    if (set.asking === undefined && now() - set.askedAtMs >= fetchIntervalMs)
      set.asking = ask(uri, set).finally(() => {
        set.asking = undefined;
      });
    await set.asking;
    const found = set.jwks && findJwkInJwks(set.jwks, keyId);
    if (found) return found;
    // Only a set fetched by the latest question can say that there is no such key.
    return set.jwks !== undefined && set.fetchedAtMs >= set.askedAtMs ? 'unknown' : 'unreachable';
  };
};

/** One malformed key, such as one whose `use` is a list, does not take the others with it. Throws where there is no list of keys. */
const usableKeys = (document: Json): { keys: Jwk[]; skipped: number } => {
  const all = isObject(document) ? document['keys'] : undefined;
  if (!Array.isArray(all)) throw new TypeError('a key set is a list of keys');
  const keys = all.filter(isJwk);
  return { keys, skipped: all.length - keys.length };
};

const isObject = (document: Json): document is Extract<Json, { [key: string]: unknown }> =>
  typeof document === 'object' && document !== null && !Array.isArray(document);
