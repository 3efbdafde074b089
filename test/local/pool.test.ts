import { expect, test } from '@jest/globals';
import { createBudget } from '../../local/sandbox/budget.ts';
import { createPool, type PoolOptions } from '../../local/sandbox/pool.ts';
import type { Outcome, Sandbox } from '../../local/sandbox/sandbox.ts';

/** Sandboxes whose every step a test decides. */
const fakeSandboxes = () => {
  const all: { finish: (outcome: Outcome) => void; die: () => void; isClosed: boolean; events: unknown[] }[] = [];
  let failure: Outcome | undefined;
  const start = (): Sandbox => {
    const ended = Promise.withResolvers<void>();
    const fake = { finish: (_: Outcome) => {}, die: ended.resolve, isClosed: false, events: [] as unknown[] };
    all.push(fake);
    return {
      started: Promise.resolve(failure),
      ended: ended.promise,
      invoke: (event) =>
        new Promise((resolve) => {
          fake.events.push(event);
          fake.finish = resolve;
        }),
      close: async () => {
        fake.isClosed = true;
        ended.resolve();
      },
    };
  };
  return {
    all,
    start,
    fail: (outcome: Outcome) => {
      failure = outcome;
    },
  };
};

const poolOf = ({
  start,
  beyondTheFirst = 1,
  ...options
}: Partial<PoolOptions> & Pick<PoolOptions, 'start'> & { beyondTheFirst?: number }) =>
  createPool({
    start,
    budget: createBudget(beyondTheFirst),
    keepMs: 60_000,
    keepAtLeastMs: 60_000,
    keepLastMs: 120_000,
    ...options,
  });

const done: Outcome = { kind: 'returned', value: 1 };
const crashed: Outcome = { kind: 'crashed', errorType: 'E', errorMessage: 'm' };

/** Lets everything that is settled go on. */
const settled = () => new Promise(setImmediate);

test('a sandbox that is free is used again', async () => {
  const { all, start } = fakeSandboxes();
  const pool = poolOf({ start });
  await pool.warm();
  for (const event of ['a', 'b']) {
    const outcome = pool.invoke(() => event);
    all[0]?.finish(done);
    expect(await outcome).toBe(done);
  }
  expect(all.map(({ events }) => events)).toEqual([['a', 'b']]);
});

test('an event that finds none free starts one, as far as the budget goes, and waits its turn beyond it', async () => {
  const { all, start } = fakeSandboxes();
  const pool = poolOf({ start });
  const outcomes = ['a', 'b', 'c', 'd'].map((event) => pool.invoke(() => event));
  await settled();
  expect(all.map(({ events }) => events)).toEqual([['a'], ['b']]);
  all[1]?.finish(done);
  await outcomes[1];
  await settled();
  expect(all.map(({ events }) => events)).toEqual([['a'], ['b', 'c']]);
  all[0]?.finish(done);
  await outcomes[0];
  await settled();
  expect(all.map(({ events }) => events)).toEqual([
    ['a', 'd'],
    ['b', 'c'],
  ]);
});

test.each([crashed, { kind: 'timed_out' } as const])(
  'after $kind the next event gets a new sandbox',
  async (outcome) => {
    const { all, start } = fakeSandboxes();
    const pool = poolOf({ start, beyondTheFirst: 0 });
    const first = pool.invoke(() => 'a');
    const second = pool.invoke(() => 'b');
    await settled();
    all[0]?.finish(outcome);
    expect(await first).toBe(outcome);
    await settled();
    all[1]?.finish(done);
    expect(await second).toBe(done);
  },
);

test('a sandbox that died without work is not used again', async () => {
  const { all, start } = fakeSandboxes();
  const pool = poolOf({ start });
  await pool.warm();
  all[0]?.die();
  await settled();
  const outcome = pool.invoke(() => 'a');
  await settled();
  all[1]?.finish(done);
  expect(await outcome).toBe(done);
});

test('every event that waits for a sandbox which cannot start gets to know why', async () => {
  const { start, fail } = fakeSandboxes();
  const pool = poolOf({ start });
  fail(crashed);
  const outcomes = await Promise.all(['a', 'b', 'c'].map((event) => pool.invoke(() => event)));
  expect(outcomes).toEqual([crashed, crashed, crashed]);
});

test('without work all but one are closed', async () => {
  const { all, start } = fakeSandboxes();
  const pool = poolOf({ start, beyondTheFirst: 2, keepMs: 10 });
  const outcomes = ['a', 'b', 'c'].map((event) => pool.invoke(() => event));
  await settled();
  for (const fake of all) fake.finish(done);
  await Promise.all(outcomes);
  while (all.filter(({ isClosed }) => isClosed).length < 2) await settled();
  const last = pool.invoke(() => 'd');
  await settled();
  expect(all.filter(({ isClosed, events }) => !isClosed && events.includes('d'))).toHaveLength(1);
  for (const fake of all) fake.finish(done);
  await last;
});

test('the last one is closed when nobody has needed it for long, and the next event starts another', async () => {
  const { all, start } = fakeSandboxes();
  const pool = poolOf({ start, keepMs: 10, keepLastMs: 30 });
  await pool.warm();
  for (const event of ['a', 'b']) {
    const outcome = pool.invoke(() => event);
    await settled();
    all.at(-1)?.finish(done);
    expect(await outcome).toBe(done);
    while (!all.at(-1)?.isClosed) await settled();
  }
  expect(all.map(({ events }) => events)).toEqual([['a'], ['b']]);
});

test('one that works when its time is over stays', async () => {
  const { all, start } = fakeSandboxes();
  const pool = poolOf({ start, keepMs: 5, keepLastMs: 10 });
  await pool.warm();
  const outcome = pool.invoke(() => 'a');
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(all.map(({ isClosed }) => isClosed)).toEqual([false]);
  all[0]?.finish(done);
  expect(await outcome).toBe(done);
});

test('functions share what is beyond their first: an idle one goes where work waits', async () => {
  const budget = createBudget(1);
  const [busy, quiet] = [fakeSandboxes(), fakeSandboxes()];
  const pools = [busy, quiet].map(({ start }) => poolOf({ start, budget, keepAtLeastMs: 0 }));
  const early = ['a', 'b'].map((event) => pools[1]?.invoke(() => event));
  await settled();
  for (const fake of quiet.all) fake.finish(done);
  await Promise.all(early);
  const late = ['c', 'd', 'e'].map((event) => pools[0]?.invoke(() => event));
  await settled();
  expect(busy.all.map(({ events }) => events)).toEqual([['c'], ['d']]);
  expect(quiet.all.map(({ isClosed }) => isClosed)).toEqual([true, false]);
  for (const fake of busy.all) fake.finish(done);
  await Promise.all(late.slice(0, 2));
  await settled();
  for (const fake of busy.all) fake.finish(done);
  await Promise.all(late);
});

test('the budget of a sandbox that died is given back', async () => {
  const { all, start } = fakeSandboxes();
  const pool = poolOf({ start });
  const outcomes = ['a', 'b', 'c'].map((event) => pool.invoke(() => event));
  await settled();
  all[0]?.finish(crashed);
  await outcomes[0];
  await settled();
  expect(all.map(({ events }) => events)).toEqual([['a'], ['b'], ['c']]);
  for (const fake of all) fake.finish(done);
  await Promise.all(outcomes);
});

test('what comes after the close, or still waits, is told so', async () => {
  const { all, start } = fakeSandboxes();
  const pool = poolOf({ start, beyondTheFirst: 0 });
  void pool.invoke(() => 'a');
  const waiting = pool.invoke(() => 'b');
  await settled();
  await pool.close();
  expect(await waiting).toMatchObject({ kind: 'crashed', errorType: 'GatewayClosed' });
  expect(await pool.invoke(() => 'c')).toMatchObject({ kind: 'crashed', errorType: 'GatewayClosed' });
  expect(all.every(({ isClosed }) => isClosed)).toBe(true);
});
