/** 1,000 tokens against a key endpoint in trouble. */
import type { RequestListener } from 'node:http';
import { type Identity, isRefusal, type TokenRefusal } from '../../lambdas/identity/identity.ts';
import { hangingUp, publishing, silent, status } from './key-endpoint.ts';
import { hourMs, key, type Scene, scene } from './key-scene.ts';

export const flood = 1_000;

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
export const counted = (verdicts: readonly Verdict[]): string => {
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
  if (isRefusal(await old.verifyNow())) throw new Error('the key was not learnt');
  old.endpoint.answerWith(answer);
  old.clock.ms += hourMs;
  old.fetched.length = 0;
  old.endpoint.asked.length = 0;
  return old;
};
const everySecond = (): RequestListener => {
  let requests = 0;
  return (request, response) => (requests++ % 2 === 0 ? publishing(key.jwk) : status(503))(request, response);
};

type Trouble = Readonly<{
  why: string;
  play: () => Promise<Scene>;
  say: (scene: Scene) => Promise<readonly Verdict[]>;
  /** How often the sandbox asks, or tries to. */
  fetches: number;
  answers: string;
}>;

export const troubles: readonly Trouble[] = [
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
    fetches: 56,
    answers: '500 verified, 251 key_unknown, 249 keys_unreachable',
  },
];
