import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type Identity, isRefusal, type TokenRefusal } from '../../lambdas/identity/identity.ts';
import { goodIdentity, invalid, nowMs, type SigningKey, signingKey, tokenOf } from '../identity/tokens.ts';
import {
  freshVerifier,
  hangingUp,
  issuerAt,
  type KeyEndpoint,
  keyEndpoint,
  publishing,
  silent,
  status,
} from './key-endpoint.ts';
import { rowsReported, rowWritten } from './report.ts';

const flood = 1_000;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const key = await signingKey('EdDSA', 'k-1');
const newKey = await signingKey('EdDSA', 'k-2');

const opened: KeyEndpoint[] = [];
afterEach(async () => {
  for (const endpoint of opened.splice(0)) await endpoint.stop();
});

/** A new sandbox, its clock, and the endpoint its issuer publishes at. */
const scene = async (answer: RequestListener = publishing(key.jwk)) => {
  const endpoint = await keyEndpoint(answer);
  opened.push(endpoint);
  const clock = { ms: nowMs };
  const { verify, fetched } = freshVerifier([issuerAt(endpoint)], () => clock.ms);
  return {
    endpoint,
    clock,
    fetched,
    verify,
    /** A token issued this moment for ten minutes. */
    verifyNow: (by: SigningKey = key) => {
      const iat = Math.floor(clock.ms / 1000);
      return verify(tokenOf(by, { claims: { iat, exp: iat + 600 } }));
    },
    /** A token that names a key nobody has: to learn that, the key set must be asked for. */
    verifyForged: (i: number) => verify(tokenOf(key, { header: { kid: `forged-${i}` } })),
  };
};
type Scene = Awaited<ReturnType<typeof scene>>;
type Verdict = Identity | TokenRefusal;

const oneByOne = async ({ clock }: Scene, everyMs: number, verify: (i: number) => Promise<Verdict>) => {
  const verdicts: Verdict[] = [];
  for (let i = 0; i < flood; i++) {
    verdicts.push(await verify(i));
    clock.ms += everyMs;
  }
  return verdicts;
};
const atOnce = (verify: (i: number) => Promise<Verdict>) =>
  Promise.all(Array.from({ length: flood }, (_, i) => verify(i)));

/** What became of the tokens: `verified` or the detail of the refusal, counted. */
const counted = (verdicts: readonly Verdict[]): string => {
  const counts = new Map<string, number>();
  for (const verdict of verdicts) {
    const name = isRefusal(verdict) ? verdict.detail : 'verified';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => `${count.toLocaleString('en-US')} ${name}`).join(', ');
};

const nobodyListens = async (): Promise<Scene> => {
  const dead = await scene();
  await dead.endpoint.stop();
  return dead;
};
/** The sandbox knows its key; an hour later that key is due for a look at the endpoint, which then has this answer. */
const anHourLater = async (answer: RequestListener): Promise<Scene> => {
  const old = await scene();
  expect(await old.verifyNow()).toMatchObject({ userId: 'u-1' });
  old.endpoint.answerWith(answer);
  old.clock.ms += hourMs;
  old.fetched.length = 0;
  return old;
};
const everySecond = (): RequestListener => {
  let requests = 0;
  return (request, response) => (requests++ % 2 === 0 ? publishing(key.jwk) : status(503))(request, response);
};

/** 1,000 tokens against an endpoint in trouble: how often it is asked, and what the tokens get. */
const troubles = [
  {
    why: 'nobody listens; unknown key ids at once',
    play: nobodyListens,
    say: (s: Scene) => atOnce(s.verifyForged),
    fetches: 1,
    answers: '1,000 keys_unreachable',
  },
  {
    why: 'nobody listens; unknown key ids, one by one at one moment',
    play: nobodyListens,
    say: (s: Scene) => oneByOne(s, 0, s.verifyForged),
    fetches: 1,
    answers: '1,000 keys_unreachable',
  },
  {
    why: 'nobody listens; unknown key ids for a minute',
    play: nobodyListens,
    say: (s: Scene) => oneByOne(s, 60, s.verifyForged),
    fetches: 6,
    answers: '1,000 keys_unreachable',
  },
  {
    why: 'nobody listens; good tokens for a minute, no key known yet',
    play: nobodyListens,
    say: (s: Scene) => oneByOne(s, 60, () => s.verifyNow()),
    fetches: 6,
    answers: '1,000 keys_unreachable',
  },
  {
    why: 'answers 503; unknown key ids for a minute',
    play: () => scene(status(503)),
    say: (s: Scene) => oneByOne(s, 60, s.verifyForged),
    fetches: 6,
    answers: '1,000 keys_unreachable',
  },
  {
    why: 'hangs up; unknown key ids for a minute',
    play: () => scene(hangingUp),
    say: (s: Scene) => oneByOne(s, 60, s.verifyForged),
    fetches: 6,
    answers: '1,000 keys_unreachable',
  },
  {
    why: 'never answers; unknown key ids at once',
    play: () => scene(silent),
    say: (s: Scene) => atOnce(s.verifyForged),
    fetches: 1,
    answers: '1,000 keys_unreachable',
  },
  {
    why: 'is up; unknown key ids for a minute',
    play: () => scene(),
    say: (s: Scene) => oneByOne(s, 60, s.verifyForged),
    fetches: 6,
    answers: '1,000 key_unknown',
  },
  {
    why: 'nobody listens any more; good tokens for a minute, their key an hour old',
    play: async () => {
      const dead = await anHourLater(status(503));
      await dead.endpoint.stop();
      return dead;
    },
    say: (s: Scene) => oneByOne(s, 60, () => s.verifyNow()),
    fetches: 6,
    answers: '1,000 verified',
  },
  {
    why: 'answers no more; good tokens at once, their key an hour old',
    play: () => anHourLater(silent),
    say: (s: Scene) => atOnce(() => s.verifyNow()),
    fetches: 1,
    answers: '1,000 verified',
  },
  {
    why: 'answers 503 every second time; good tokens and unknown key ids in turn, for ten minutes',
    play: () => scene(everySecond()),
    say: (s: Scene) => oneByOne(s, 600, (i) => (i % 2 === 0 ? s.verifyNow() : s.verifyForged(i))),
    fetches: 55,
    answers: '500 verified, 260 key_unknown, 240 keys_unreachable',
  },
] as const;

describe('an endpoint in trouble is asked once in 10 s at most', () => {
  test.each(troubles)('$why', async ({ play, say, fetches, answers }) => {
    const played = await play();
    const startedAtMs = performance.now();
    const verdicts = await say(played);
    expect(counted(verdicts)).toBe(answers);
    expect(played.fetched).toHaveLength(fetches);
    // One question may last a second; nobody waits for two.
    expect(performance.now() - startedAtMs).toBeLessThan(2_500);
  });
});

describe('a key that is known', () => {
  test('verifies while a forged token keeps the endpoint busy: only the forged one waits', async () => {
    const { endpoint, clock, verifyNow, verifyForged } = await scene();
    await verifyNow();
    endpoint.answerWith(silent);
    clock.ms += minuteMs;
    let isForgedDone = false;
    const forged = verifyForged(0).finally(() => {
      isForgedDone = true;
    });
    for (let i = 0; i < 100; i++) expect(await verifyNow()).toMatchObject({ userId: 'u-1' });
    expect(isForgedDone).toBe(false);
    expect(await forged).toEqual({ reason: 'unavailable', detail: 'keys_unreachable' });
  });

  test('is not replaced by what a broken endpoint says', async () => {
    const { endpoint, clock, verifyNow, verifyForged } = await scene();
    await verifyNow();
    const forgersKey = await signingKey('EdDSA', 'k-1');
    const breakages: readonly RequestListener[] = [
      (_, response) => response.end('<html>'),
      (_, response) => response.end('{"keys":'),
      (_, response) => response.end(JSON.stringify({ keys: [forgersKey.jwk, null] })),
      (_, response) => response.end(JSON.stringify({ keys: [forgersKey.jwk], pad: 'x'.repeat(256 * 1024) })),
      (_, response) => response.writeHead(500).end(JSON.stringify({ keys: [forgersKey.jwk] })),
      (_, response) => response.writeHead(302, { location: `${endpoint.origin}/elsewhere` }).end(),
    ];
    for (const [i, breakage] of breakages.entries()) {
      endpoint.answerWith(breakage);
      clock.ms += hourMs;
      expect(await verifyForged(i)).toEqual({ reason: 'unavailable', detail: 'keys_unreachable' });
      expect(await verifyNow()).toMatchObject({ userId: 'u-1' });
      expect(await verifyNow(forgersKey)).toEqual(invalid('signature_bad'));
    }
    expect(endpoint.asked).toEqual(Array(1 + breakages.length).fill('/jwks.json'));
  });
});

describe('a new key', () => {
  test('of each of 24 rotations is found by its first token, and the old one goes with it', async () => {
    const { endpoint, clock, fetched, verifyNow } = await scene();
    let last = key;
    await verifyNow(last);
    for (let rotation = 1; rotation <= 24; rotation++) {
      const rotated = await signingKey('EdDSA', `rotated-${rotation}`);
      endpoint.answerWith(publishing(rotated.jwk));
      clock.ms += 10 * minuteMs;
      expect(await verifyNow(rotated)).toMatchObject({ userId: 'u-1' });
      expect(await verifyNow(last)).toEqual(invalid('key_unknown'));
      last = rotated;
    }
    expect(fetched).toHaveLength(25);
  });

  test('is found within 10 s also under a flood of forged key ids', async () => {
    const { endpoint, clock, fetched, verifyNow, verifyForged } = await scene();
    await verifyNow();
    endpoint.answerWith(publishing(key.jwk, newKey.jwk));
    let waitedMs = 0;
    for (let i = 0; isRefusal(await verifyNow(newKey)); i++) {
      expect(await verifyForged(i)).toEqual(invalid('key_unknown'));
      clock.ms += 100;
      waitedMs += 100;
    }
    expect(waitedMs).toBe(10_000);
    expect(fetched).toHaveLength(2);
  });

  test('is found once a dead endpoint is back, 10 s after the last question', async () => {
    const { endpoint, clock, fetched, verifyNow, verify } = await scene(silent);
    await endpoint.stop();
    expect(await verifyNow()).toEqual({ reason: 'unavailable', detail: 'keys_unreachable' });
    await endpoint.start();
    endpoint.answerWith(publishing(key.jwk));
    clock.ms += 9_999;
    expect(await verifyNow()).toEqual({ reason: 'unavailable', detail: 'keys_unreachable' });
    clock.ms += 1;
    expect(await verify(tokenOf(key))).toEqual(goodIdentity);
    expect(fetched).toHaveLength(2);
  });
});

test('one issuer in trouble is no trouble of another: each is asked for its own keys', async () => {
  const [dead, alive] = [await keyEndpoint(silent), await keyEndpoint(publishing(newKey.jwk))];
  opened.push(dead, alive);
  await dead.stop();
  const staff = { ...issuerAt(alive), alias: 'staff', issuer: 'https://staff.example' };
  const { verify, fetched } = freshVerifier([issuerAt(dead), staff], () => nowMs);
  for (let i = 0; i < 100; i++) {
    expect(await verify(tokenOf(key))).toEqual({ reason: 'unavailable', detail: 'keys_unreachable' });
    const claims = { iss: staff.issuer };
    expect(await verify(tokenOf(newKey, { claims }))).toEqual({ ...goodIdentity, issuer: 'staff' });
  }
  expect(fetched).toEqual([issuerAt(dead).jwks_uri, staff.jwks_uri]);
});

test('the report says how often the endpoint was asked', () => {
  expect(rowsReported('Key endpoint')).toEqual(
    troubles.map(({ why, fetches, answers }) => rowWritten([why, flood, fetches, answers])),
  );
});
