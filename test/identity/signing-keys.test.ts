import { describe, expect, test } from '@jest/globals';
import { KeySetError, type KeySetFailure } from '../../lambdas/identity/key-set-failure.ts';
import { type FetchJson, type FindKey, type KeyFound, signingKeys } from '../../lambdas/identity/signing-keys.ts';

const uri = 'https://issuer.example/jwks.json';
const jwk = (kid: string) => ({ kid, kty: 'OKP', crv: 'Ed25519', x: 'AA' });
const keySet = (...kids: readonly string[]) => ({ keys: kids.map(jwk) });
const minuteMs = 60_000;

/** What is found, in one word where it is no key. */
const inAWord = (found: KeyFound) => ('missing' in found ? found.missing : found.jwk);
/** Looks for a key by its id, and by when its token says that it was issued where that is said. */
const asker = (find: FindKey) => async (jwksUri: string, keyId: string, issuedAtMs?: number) =>
  inAWord(await find({ alias: 'demo', jwksUri }, { keyId, algorithm: 'EdDSA', issuedAtMs }));

/** An endpoint whose answer the test sets, and a clock it turns. */
const scene = (answer: () => unknown) => {
  const endpoint = { answer, asked: [] as string[] };
  const clock = { ms: Date.UTC(2026, 10, 23) };
  const fetchJson: FetchJson = async (url) => {
    endpoint.asked.push(url);
    return endpoint.answer() as Awaited<ReturnType<FetchJson>>;
  };
  const findKey = signingKeys(fetchJson, () => clock.ms);
  return { endpoint, clock, findKey, find: asker(findKey) };
};
const down = (): never => {
  throw new Error('connection refused');
};

describe('keys', () => {
  test('are fetched once for all tokens of an hour, then again', async () => {
    const { endpoint, clock, find } = scene(() => keySet('a', 'b'));
    for (let minute = 0; minute < 60; minute++) {
      expect(await find(uri, 'a')).toEqual(jwk('a'));
      expect(await find(uri, 'b')).toEqual(jwk('b'));
      clock.ms += minuteMs;
    }
    expect(endpoint.asked).toHaveLength(1);
    expect(await find(uri, 'a')).toEqual(jwk('a'));
    expect(endpoint.asked).toHaveLength(2);
  });

  test('are fetched once for all callers that wait together', async () => {
    let answer: (keys: unknown) => void = () => undefined;
    const { endpoint, find } = scene(() => new Promise((resolve) => (answer = resolve)));
    const finding = Promise.all(
      ['a', 'b', 'c', 'a', ...Array.from({ length: 96 }, (_, i) => `x${i}`)].map((kid) => find(uri, kid)),
    );
    await Promise.resolve();
    answer(keySet('a', 'b'));
    const found = await finding;
    expect(found.slice(0, 4)).toEqual([jwk('a'), jwk('b'), 'unknown', jwk('a')]);
    expect(found.slice(4)).toEqual(Array(96).fill('unknown'));
    expect(endpoint.asked).toHaveLength(1);
  });

  test('are not asked for twice at a time, however long the answer takes', async () => {
    let answer: (keys: unknown) => void = () => undefined;
    const { endpoint, clock, find } = scene(() => new Promise((resolve) => (answer = resolve)));
    const early = find(uri, 'a');
    clock.ms += minuteMs;
    const late = find(uri, 'a');
    answer(keySet('a'));
    expect(await Promise.all([early, late])).toEqual([jwk('a'), jwk('a')]);
    expect(endpoint.asked).toHaveLength(1);
  });

  test('that are rotated are picked up by the first token that needs them, 10 s after the last fetch', async () => {
    const { endpoint, clock, find } = scene(() => keySet('old'));
    expect(await find(uri, 'old')).toEqual(jwk('old'));
    endpoint.answer = () => keySet('old', 'new');
    clock.ms += 9_999;
    expect(await find(uri, 'new')).toBe('unknown');
    clock.ms += 1;
    expect(await find(uri, 'new')).toEqual(jwk('new'));
    expect(endpoint.asked).toHaveLength(2);
  });

  test('that are withdrawn are trusted for an hour at most', async () => {
    const { endpoint, clock, find } = scene(() => keySet('old'));
    await find(uri, 'old');
    endpoint.answer = () => keySet('new');
    clock.ms += 60 * minuteMs - 1;
    expect(await find(uri, 'old')).toEqual(jwk('old'));
    clock.ms += 1;
    expect(await find(uri, 'old')).toBe('unknown');
  });

  test('that are withdrawn go at once when a rotation is noticed', async () => {
    const { endpoint, clock, find } = scene(() => keySet('old'));
    await find(uri, 'old');
    endpoint.answer = () => keySet('new');
    clock.ms += 10_000;
    expect(await find(uri, 'new')).toEqual(jwk('new'));
    expect(await find(uri, 'old')).toBe('unknown');
  });

  test('of an issuer that publishes none are unknown, not unreachable', async () => {
    const { find } = scene(() => ({ keys: [] }));
    expect(await find(uri, 'a')).toBe('unknown');
  });

  test('of two issuers are asked for and kept apart', async () => {
    const asked: string[] = [];
    const find = asker(
      signingKeys(
        async (url) => {
          asked.push(url);
          return keySet(url === uri ? 'a' : 'b');
        },
        () => 0,
      ),
    );
    expect(await find(uri, 'a')).toEqual(jwk('a'));
    expect(await find('https://other.example/keys', 'a')).toBe('unknown');
    expect(await find('https://other.example/keys', 'b')).toEqual(jwk('b'));
    expect(await find(uri, 'b')).toBe('unknown');
    expect(asked).toEqual([uri, 'https://other.example/keys']);
  });
});

describe('while the endpoint is down', () => {
  test('it is asked once in 10 s, whatever the number of tokens and key ids', async () => {
    const { endpoint, clock, find } = scene(down);
    for (let second = 0; second < 60; second++) {
      const flood = Array.from({ length: 50 }, (_, i) => find(uri, `kid-${second}-${i}`));
      expect(new Set(await Promise.all(flood))).toEqual(new Set(['unreachable']));
      expect(endpoint.asked).toHaveLength(1 + Math.floor(second / 10));
      clock.ms += 1_000;
    }
    expect(endpoint.asked).toHaveLength(6);
  });

  test('known keys go on verifying, however old they are', async () => {
    const { endpoint, clock, find } = scene(() => keySet('a'));
    await find(uri, 'a');
    endpoint.answer = down;
    clock.ms += 24 * 60 * minuteMs;
    for (let i = 0; i < 100; i++) expect(await find(uri, 'a')).toEqual(jwk('a'));
    expect(endpoint.asked).toHaveLength(2);
  });

  test('nobody can say that a key does not exist', async () => {
    const { endpoint, clock, find } = scene(() => keySet('a'));
    await find(uri, 'a');
    endpoint.answer = down;
    clock.ms += 10_000;
    expect(await find(uri, 'b')).toBe('unreachable');
    clock.ms += 5_000;
    expect(await find(uri, 'c')).toBe('unreachable');
    expect(await find(uri, 'a')).toEqual(jwk('a'));
  });

  test('it is asked again, also after a failure that did not wait', async () => {
    let isDown = true;
    const clock = { ms: 0 };
    const find = asker(
      signingKeys(
        () => (isDown ? down() : Promise.resolve(keySet('a'))),
        () => clock.ms,
      ),
    );
    expect(await find(uri, 'a')).toBe('unreachable');
    isDown = false;
    clock.ms += 10_000;
    expect(await find(uri, 'a')).toEqual(jwk('a'));
  });

  test('it is asked again and heals, 10 s after the last question', async () => {
    const { endpoint, clock, find } = scene(down);
    expect(await find(uri, 'a')).toBe('unreachable');
    endpoint.answer = () => keySet('a');
    clock.ms += 9_999;
    expect(await find(uri, 'a')).toBe('unreachable');
    clock.ms += 1;
    expect(await find(uri, 'a')).toEqual(jwk('a'));
  });
});

describe('while the endpoint is up', () => {
  test('a flood of unknown key ids asks it once in 10 s', async () => {
    const { endpoint, clock, find } = scene(() => keySet('a'));
    for (let second = 0; second < 30; second++) {
      const flood = await Promise.all(Array.from({ length: 50 }, (_, i) => find(uri, `kid-${second}-${i}`)));
      expect(new Set(flood)).toEqual(new Set(['unknown']));
      clock.ms += 1_000;
    }
    expect(endpoint.asked).toHaveLength(3);
  });
});

describe('a document that is no key set', () => {
  test.each<{ why: string; document: unknown }>([
    { why: 'null', document: null },
    { why: 'text', document: 'keys' },
    { why: 'a number', document: 1 },
    { why: 'an array', document: [jwk('a')] },
    { why: 'no keys', document: {} },
    { why: 'keys of null', document: { keys: null } },
    { why: 'keys in an object', document: { keys: { a: jwk('a') } } },
    { why: 'a key of null', document: { keys: [null] } },
    { why: 'a key that is text', document: { keys: ['a'] } },
    { why: 'a key without a type', document: { keys: [{ kid: 'a' }] } },
    { why: 'a key with a numeric id', document: { keys: [{ kid: 1, kty: 'OKP' }] } },
    { why: 'an error page', document: { error: 'down for maintenance' } },
  ])('counts as unreachable, and what was known stays: $why', async ({ document }) => {
    const fresh = scene(() => document);
    expect(await fresh.find(uri, 'a')).toBe('unreachable');

    const { endpoint, clock, find } = scene(() => keySet('a'));
    await find(uri, 'a');
    endpoint.answer = () => document;
    clock.ms += 2 * 60 * minuteMs;
    expect(await find(uri, 'a')).toEqual(jwk('a'));
    expect(await find(uri, 'b')).toBe('unreachable');
    expect(endpoint.asked).toHaveLength(2);
  });
});

describe('a key set with malformed keys', () => {
  test.each<{ why: string; key: unknown }>([
    { why: 'null', key: null },
    { why: 'text', key: 'a' },
    { why: 'no type', key: { kid: 'a' } },
    { why: 'a numeric id', key: { kid: 1, kty: 'OKP' } },
    { why: 'a use that is a list', key: { ...jwk('a'), use: ['sig'] } },
  ])('loses those and keeps the others, and somebody is told: $why', async ({ key }) => {
    const told: KeySetFailure[] = [];
    const document = { keys: [key, jwk('b'), key] };
    const find = asker(
      signingKeys(
        async () => document as Awaited<ReturnType<FetchJson>>,
        () => 0,
        (_, failure) => told.push(failure),
      ),
    );
    expect(await find(uri, 'b')).toEqual(jwk('b'));
    expect(await find(uri, 'a')).toBe('unknown');
    expect(told).toEqual([{ cause: 'malformed_keys', found: 2 }]);
  });

  test('is told about once, however often it is fetched, until it changes', async () => {
    const told: unknown[] = [];
    const clock = { ms: 0 };
    let malformed: unknown[] = [null];
    const find = asker(
      signingKeys(
        async () => ({ keys: [jwk('a'), ...malformed] }) as Awaited<ReturnType<FetchJson>>,
        () => clock.ms,
        (_, { found }) => told.push(found),
      ),
    );
    const fetchAgain = async (): Promise<void> => {
      clock.ms += 10_000;
      await find(uri, 'unknown');
    };
    for (let nth = 0; nth < 5; nth++) await fetchAgain();
    expect(told).toEqual([1]);
    malformed = [null, 1];
    await fetchAgain();
    malformed = [];
    await fetchAgain();
    malformed = [null];
    await fetchAgain();
    expect(told).toEqual([1, 2, 1]);
  });
});

describe('a key that is not there yet', () => {
  const hourMs = 60 * minuteMs;
  /** A set that was fetched `agoMs` ago, without the key of a token that says to be issued `issued` milliseconds after that. */
  const asked = async (agoMs: number, issued: number | undefined) => {
    const { clock, endpoint, findKey, find } = scene(() => keySet('old'));
    const fetchedAtMs = clock.ms;
    await find(uri, 'old');
    clock.ms += agoMs;
    const issuedAtMs = issued === undefined ? undefined : fetchedAtMs + issued;
    const wanted = { keyId: 'new', algorithm: 'EdDSA', issuedAtMs };
    const say = () => findKey({ alias: 'demo', jwksUri: uri }, wanted);
    return { clock, endpoint, find, say, found: await say() };
  };

  test.each<{ why: string; agoMs: number; issued: number | undefined; retryAfterMs?: number }>([
    { why: 'issued after the fetch began', agoMs: 3_000, issued: 2_000, retryAfterMs: 7_000 },
    { why: 'issued this moment', agoMs: 9_999, issued: 9_999, retryAfterMs: 1 },
    { why: 'issued in the second of the fetch', agoMs: 1_000, issued: -999, retryAfterMs: 9_000 },
    { why: 'issued a minute ahead of this clock', agoMs: 1_000, issued: 61_000, retryAfterMs: 9_000 },
    { why: 'issued in the second before', agoMs: 1_000, issued: -1_000 },
    { why: 'issued an hour before', agoMs: 1_000, issued: -hourMs },
    { why: 'issued further ahead than clocks may differ', agoMs: 1_000, issued: 61_001 },
    { why: 'issued in a year that never comes', agoMs: 1_000, issued: 1e15 },
    { why: 'issued at no time', agoMs: 1_000, issued: Number.NaN },
    { why: 'that does not say', agoMs: 1_000, issued: undefined },
  ])('is awaited where the token says to be younger: $why', async ({ agoMs, issued, retryAfterMs }) => {
    const { endpoint, found } = await asked(agoMs, issued);
    expect(found).toEqual(
      retryAfterMs === undefined ? { missing: 'unknown' } : { missing: 'not_fetched_yet', retryAfterMs },
    );
    expect(endpoint.asked).toHaveLength(1);
  });

  test('is found by whoever waited as they were told', async () => {
    const { clock, endpoint, say, found } = await asked(3_000, 2_000);
    endpoint.answer = () => keySet('old', 'new');
    clock.ms += 'retryAfterMs' in found ? found.retryAfterMs : 0;
    expect(await say()).toEqual({ jwk: jwk('new') });
    expect(endpoint.asked).toHaveLength(2);
  });

  test.each([2_000, 30_000])('is unknown after that fetch, whatever the token says (%i)', async (issued) => {
    const { clock, endpoint, say } = await asked(3_000, issued);
    clock.ms += 7_000;
    expect(await say()).toEqual({ missing: 'unknown' });
    expect(endpoint.asked).toHaveLength(2);
  });

  test('is unknown at once where the set is asked for with the token in hand', async () => {
    const { clock, find } = scene(() => keySet('old'));
    expect(await find(uri, 'new', clock.ms)).toBe('unknown');
  });

  test('is awaited by whoever comes while the set is being fetched', async () => {
    let answer: (keys: unknown) => void = () => undefined;
    const { clock, find } = scene(() => new Promise((resolve) => (answer = resolve)));
    const first = find(uri, 'old');
    clock.ms += 1_500;
    const second = find(uri, 'new', clock.ms);
    answer(keySet('old'));
    expect([await first, await second]).toEqual([jwk('old'), 'not_fetched_yet']);
  });
});

describe('an issuer that cannot be asked', () => {
  test('is worth another try when it may be asked again', async () => {
    const { clock, findKey } = scene(down);
    const wanted = { keyId: 'a', algorithm: 'EdDSA', issuedAtMs: undefined };
    for (const [laterMs, retryAfterMs] of [
      [0, 10_000],
      [3_000, 7_000],
      [6_999, 1],
    ] as const) {
      clock.ms += laterMs;
      expect(await findKey({ alias: 'demo', jwksUri: uri }, wanted)).toEqual({ missing: 'unreachable', retryAfterMs });
    }
  });

  const told = async (answer: () => unknown) => {
    const failures: unknown[] = [];
    const fetchJson = async () => answer() as Awaited<ReturnType<FetchJson>>;
    const find = asker(
      signingKeys(
        fetchJson,
        () => 0,
        (alias, failure) => failures.push([alias, failure]),
      ),
    );
    await find(uri, 'a');
    return failures;
  };
  const throwing = (error: unknown) => () => {
    throw error;
  };
  test.each<{ why: string; answer: () => unknown; failure: KeySetFailure }>([
    { why: 'a status', answer: throwing(new KeySetError('status', 404)), failure: { cause: 'status', found: 404 } },
    { why: 'no list', answer: () => ({ error: 'x' }), failure: { cause: 'no_key_set' } },
    { why: 'malformed keys alone', answer: () => ({ keys: [1, 2] }), failure: { cause: 'no_usable_key', found: 2 } },
    {
      why: 'a key without an algorithm that says null',
      answer: () => ({ keys: [{ ...jwk('a'), alg: null }] }),
      failure: { cause: 'no_usable_key', found: 1 },
    },
    {
      why: 'nobody who listens',
      answer: throwing(new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } })),
      failure: { cause: 'connection', found: 'ECONNREFUSED' },
    },
    { why: 'time', answer: throwing(new DOMException('late', 'TimeoutError')), failure: { cause: 'timeout' } },
    { why: 'what nobody expected', answer: throwing('text'), failure: { cause: 'connection' } },
  ])('is told of by its alias and the cause: $why', async ({ answer, failure }) => {
    expect(await told(answer)).toEqual([['demo', failure]]);
  });

  test('is told of at each question, and not by those who wait', async () => {
    const failures: unknown[] = [];
    const clock = { ms: 0 };
    const find = asker(
      signingKeys(
        down,
        () => clock.ms,
        (_, failure) => failures.push(failure),
      ),
    );
    for (let second = 0; second < 21; second++) {
      await Promise.all([find(uri, 'a'), find(uri, 'b')]);
      clock.ms += 1_000;
    }
    expect(failures).toHaveLength(3);
  });
});
