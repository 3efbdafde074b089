/** Whoever waits at the gate waits for a slot of its own restaurant, and never long for what does not answer. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openGate } from '../../lambdas/delivery/gate.ts';
import { attemptTimeoutMs, shareOf, slots } from '../../lambdas/delivery/gate-rules.ts';
import { createClock } from '../client/clock.ts';

const never = Number.POSITIVE_INFINITY;

/** A restaurant of a run: how long each of its calls takes, and when it begins. */
type Restaurant = Readonly<{ tookMs: readonly number[]; beginsAtMs?: number }>;

/** Lets a run happen. */
const happened = async (restaurants: readonly Restaurant[], forMs = 20_000) => {
  const clock = createClock(0);
  const after = (ms: number, act: () => void) => {
    const timer = clock.timers.setTimeout(act, ms);
    return () => clock.timers.clearTimeout(timer);
  };
  const gate = openGate({ after }, restaurants.length);
  const underWay = restaurants.map(() => 0);
  const most = restaurants.map(() => 0);
  let mostInAll = 0;
  const runs = restaurants.map(async ({ tookMs, beginsAtMs = 0 }, nth) => {
    const share = gate.enter();
    if (beginsAtMs > 0) await new Promise<void>((resolve) => void after(beginsAtMs, resolve));
    const started: number[] = [];
    const call = (ms: number, number: number) => () =>
      new Promise<'sent'>((resolve, reject) => {
        started.push(number);
        underWay[nth] = (underWay[nth] ?? 0) + 1;
        most[nth] = Math.max(most[nth] ?? 0, underWay[nth] ?? 0);
        mostInAll = Math.max(
          mostInAll,
          underWay.reduce((sum, one) => sum + one, 0),
        );
        const end = (): void => {
          underWay[nth] = (underWay[nth] ?? 0) - 1;
        };
        // An attempt has its own end: nobody waits longer, whatever the gate does.
        after(Math.min(ms, attemptTimeoutMs), () => {
          end();
          if (ms > attemptTimeoutMs) reject(new Error('timeout'));
          else resolve('sent');
        });
      });
    const outcomes = await Promise.all(
      tookMs.map((ms, number) => share.pass(call(ms, number)).catch(() => 'unanswered')),
    );
    share.leave();
    return {
      sent: outcomes.filter((outcome) => outcome === 'sent').length,
      unanswered: outcomes.filter((outcome) => outcome === 'unanswered').length,
      doneAtMs: clock.now(),
      started,
    };
  });
  const all = Promise.all(runs);
  await clock.pass(forMs);
  const results = await all;
  return { results, most, mostInAll, doneAtMs: Math.max(...results.map(({ doneAtMs }) => doneAtMs)) };
};

const calls = (count: number, ms: number): readonly number[] => Array.from({ length: count }, () => ms);

describe('a slot', () => {
  test.each([
    { restaurants: 1, share: 50 },
    { restaurants: 2, share: 25 },
    { restaurants: 3, share: 16 },
    { restaurants: 10, share: 5 },
    { restaurants: 200, share: 1 },
  ])('of $restaurants restaurants is one of $share', ({ restaurants, share }) => {
    expect(shareOf(restaurants)).toBe(share);
  });

  test('is free when a call is answered, and there are no more of them than the gate has', async () => {
    const { results, mostInAll, doneAtMs } = await happened([{ tookMs: calls(2_500, 20) }]);
    expect(results).toMatchObject([{ sent: 2_500 }]);
    expect(mostInAll).toBe(slots);
    expect(doneAtMs).toBe(1_000);
  });

  test('of a restaurant that is done is the others', async () => {
    const { results, most } = await happened([{ tookMs: calls(10, 20) }, { tookMs: calls(200, 20) }]);
    expect(results).toMatchObject([{ sent: 10 }, { sent: 200 }]);
    expect(most).toEqual([10, slots]);
  });

  test('is had by each restaurant, in the order it asked, whatever the others do', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 80 }), { minLength: 1, maxLength: 10 }),
        async (restaurants) => {
          const { results, mostInAll, most } = await happened(restaurants.map((tookMs) => ({ tookMs })));
          expect(results.map(({ sent }) => sent)).toEqual(restaurants.map(({ length }) => length));
          for (const { started } of results) expect(started).toEqual(started.toSorted((a, b) => a - b));
          expect(mostInAll).toBeLessThanOrEqual(slots);
          for (const [nth, { length }] of restaurants.entries())
            expect(most[nth]).toBeGreaterThanOrEqual(Math.min(length, shareOf(restaurants.length)));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('nobody waits longer than 150 ms for sockets of others that hang', () => {
  test.each([1, 24, 60, 500])('%i of them', async (hanging) => {
    const { results, doneAtMs } = await happened([{ tookMs: calls(10, 79) }, { tookMs: calls(hanging, never) }]);
    expect(results).toMatchObject([
      { sent: 10, unanswered: 0 },
      { sent: 0, unanswered: hanging },
    ]);
    expect(doneAtMs).toBeLessThanOrEqual(79 + 150);
  });

  test('and what answers behind them is posted', async () => {
    const { results, doneAtMs } = await happened([
      { tookMs: calls(10, 79) },
      { tookMs: [...calls(60, never), ...calls(100, 20)] },
    ]);
    expect(results).toMatchObject([{ sent: 10 }, { sent: 100, unanswered: 60 }]);
    expect(doneAtMs).toBeLessThanOrEqual(450);
  });

  test('of ten restaurants nine, each with some that hang', async () => {
    const { results, doneAtMs } = await happened([
      { tookMs: calls(10, 30) },
      ...Array.from({ length: 9 }, () => ({ tookMs: [...calls(5, never), ...calls(20, 30)] })),
    ]);
    expect(results[0]).toMatchObject({ sent: 10 });
    for (const one of results.slice(1)) expect(one).toMatchObject({ sent: 20, unanswered: 5 });
    expect(doneAtMs).toBeLessThanOrEqual(600);
  });
});

describe('what takes long and does answer is waited for', () => {
  test.each<{ why: string; run: readonly Restaurant[]; sent: readonly number[] }>([
    { why: 'a service that takes 200 ms for everything', run: [{ tookMs: calls(500, 200) }], sent: [500] },
    {
      why: 'the first connections of a cold start, beside a restaurant with nobody there',
      run: [{ tookMs: [] }, { tookMs: [...calls(50, 900), ...calls(100, 20)] }],
      sent: [0, 150],
    },
    {
      why: 'a restaurant that is still being numbered',
      run: [{ tookMs: calls(10, 20) }, { tookMs: calls(10, 20), beginsAtMs: 900 }],
      sent: [10, 10],
    },
    {
      why: 'a large restaurant beside a small one',
      run: [{ tookMs: calls(2, 20) }, { tookMs: calls(2_500, 20) }],
      sent: [2, 2_500],
    },
    {
      why: 'one late answer, while others come',
      run: [{ tookMs: [300, ...calls(1_000, 20)] }],
      sent: [1_001],
    },
  ])('$why', async ({ run, sent }) => {
    const { results } = await happened(run);
    expect(results.map((one) => one.sent)).toEqual(sent);
    expect(results.every(({ unanswered }) => unanswered === 0)).toBe(true);
  });
});

test('a restaurant that is alone waits for those of its own that hang, but not for long', async () => {
  const { results, doneAtMs } = await happened([{ tookMs: [...calls(100, 20), never] }]);
  expect(results).toMatchObject([{ sent: 100, unanswered: 1 }]);
  expect(doneAtMs).toBeLessThanOrEqual(40 + 400);
});

test('a run in which nothing answers ends when one attempt has, however many sockets there are', async () => {
  const { results, doneAtMs } = await happened([{ tookMs: calls(1_000, never) }]);
  expect(results).toMatchObject([{ sent: 0, unanswered: 1_000 }]);
  expect(doneAtMs).toBeLessThanOrEqual(1_025);
});

test.each([
  { why: 'at once is told to whoever made it', ms: 20, outcome: 'refused' },
  { why: 'after a second is the end of the attempt, and none', ms: attemptTimeoutMs, outcome: 'unanswered' },
])('a refusal $why', async ({ ms, outcome }) => {
  const clock = createClock(0);
  const after = (delayMs: number, act: () => void) => {
    const timer = clock.timers.setTimeout(act, delayMs);
    return () => clock.timers.clearTimeout(timer);
  };
  const share = openGate({ after }, 1).enter();
  const refused = () => new Promise<never>((_, reject) => void after(ms, () => reject(new Error('refused'))));
  const found = share.pass(refused).catch(() => 'refused');
  // Others answer all the while.
  for (let nth = 0; nth < 60; nth++) {
    void share.pass(() => new Promise((resolve) => void after(10, () => resolve('sent'))));
    await clock.pass(20);
  }
  expect(await found).toBe(outcome);
});

test('what comes after others were given up finds the gate as new', async () => {
  const { results } = await happened([
    { tookMs: calls(5, 20) },
    { tookMs: calls(5, never) },
    { tookMs: calls(5, 20), beginsAtMs: 600 },
  ]);
  expect(results).toMatchObject([{ sent: 5 }, { unanswered: 5 }, { sent: 5, unanswered: 0 }]);
});

test('never is a call lost or counted twice, whatever hangs', async () => {
  const anyCall = fc.oneof(fc.integer({ min: 1, max: 120 }), fc.constant(never));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(anyCall, { maxLength: 60 }), { minLength: 1, maxLength: 6 }),
      async (restaurants) => {
        const { results } = await happened(restaurants.map((tookMs) => ({ tookMs })));
        for (const [nth, { sent, unanswered }] of results.entries()) {
          const asked = restaurants[nth] ?? [];
          expect(sent + unanswered).toBe(asked.length);
          expect(sent).toBeLessThanOrEqual(asked.filter((ms) => ms !== never).length);
        }
      },
    ),
    { numRuns: 60 },
  );
});
