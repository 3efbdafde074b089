import { describe, expect, test } from '@jest/globals';
import { type FetchJson, type FindKey, type MalformedKeys, signingKeys } from '../../lambdas/identity/signing-keys.ts';

const uri = 'https://issuer.example/jwks.json';
const jwk = (kid: string) => ({ kid, kty: 'OKP', crv: 'Ed25519', x: 'AA' });
const keySet = (...kids: readonly string[]) => ({ keys: kids.map(jwk) });
const minuteMs = 60_000;

/** An endpoint whose answer the test sets, and a clock it turns. */
const scene = (answer: () => unknown) => {
  const endpoint = { answer, asked: [] as string[] };
  const clock = { ms: Date.UTC(2026, 10, 23) };
  const fetchJson: FetchJson = async (url) => {
    endpoint.asked.push(url);
    return endpoint.answer() as Awaited<ReturnType<FetchJson>>;
  };
  return { endpoint, clock, find: signingKeys(fetchJson, () => clock.ms) };
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
    const find: FindKey = signingKeys(
      async (url) => {
        asked.push(url);
        return keySet(url === uri ? 'a' : 'b');
      },
      () => 0,
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
    const find = signingKeys(
      () => (isDown ? down() : Promise.resolve(keySet('a'))),
      () => clock.ms,
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
    const told: MalformedKeys[] = [];
    const document = { keys: [key, jwk('b'), key] };
    const find = signingKeys(
      async () => document as Awaited<ReturnType<FetchJson>>,
      () => 0,
      (problem) => told.push(problem),
    );
    expect(await find(uri, 'b')).toEqual(jwk('b'));
    expect(await find(uri, 'a')).toBe('unknown');
    expect(told).toMatchObject([{ code: 'KEYS_MALFORMED', skipped: 2 }]);
  });

  test('is told about once, however often it is fetched, until it changes', async () => {
    const told: number[] = [];
    const clock = { ms: 0 };
    let malformed: unknown[] = [null];
    const find = signingKeys(
      async () => ({ keys: [jwk('a'), ...malformed] }) as Awaited<ReturnType<FetchJson>>,
      () => clock.ms,
      ({ skipped }) => told.push(skipped),
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
