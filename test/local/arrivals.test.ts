import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createArrivals } from '../../local/arrivals.ts';
import { until } from '../conversation/until.ts';

const [a, b] = ['AAAAAAAAAAAAAAA=', 'B+/BBBBBBBBBBBB='] as const;
const naming = (connectionId: string) => JSON.stringify({ kind: 'deadline', connectionId });

/** Whether it resolves within a moment. */
const isOver = async (work: Promise<unknown> | undefined): Promise<boolean> =>
  Promise.race([Promise.resolve(work).then(() => true), delay(20).then(() => false)]);

test.each([
  { why: 'nothing arrived', arrived: [], text: naming(a) },
  { why: 'what arrived came from another connection', arrived: [a], text: naming(b) },
  { why: 'the text names no connection', arrived: [a], text: '{}AAAA=' },
])('nobody waits where $why', ({ arrived, text }) => {
  const arrivals = createArrivals();
  for (const connectionId of arrived) arrivals.add(connectionId);
  expect(arrivals.passed(text)).toBe(undefined);
});

test('a text that names a connection waits until its message is done, though not for one that comes later', async () => {
  const arrivals = createArrivals();
  const first = arrivals.add(b);
  const passed = arrivals.passed(naming(a) + naming(b));
  arrivals.add(b);
  expect(await isOver(passed)).toBe(false);
  first.started();
  expect(await isOver(passed)).toBe(false);
  first.done();
  expect(await isOver(passed)).toBe(true);
});

test('a message that never reached a function holds nobody once it is given up', async () => {
  const arrivals = createArrivals();
  const given = arrivals.add(a);
  const passed = arrivals.passed(naming(a));
  given.done();
  expect(await isOver(passed)).toBe(true);
});

test('a message that was with its function for a second holds nobody any more', async () => {
  const arrivals = createArrivals();
  arrivals.add(a).started();
  const startedMs = performance.now();
  await arrivals.passed(naming(a));
  expect(performance.now() - startedMs).toBeGreaterThan(900);
  // A timer may be a millisecond early.
  const isFree = await until(
    async () => arrivals.passed(naming(a)) === undefined,
    (free) => free,
    500,
  );
  expect(isFree).toBe(true);
});
