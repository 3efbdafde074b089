/** What every table of address counters must do, whatever it is made of. */
import { expect, test } from '@jest/globals';
import { hostileWindowMs } from '../../lambdas/rate-limit/hostility.ts';
import type { Storage } from './storage.ts';

/** The beginning of a minute. */
const startMs = Date.UTC(2026, 11, 1, 12);
const minuteMs = 60_000;

let addresses = 0;
/** An address that no other test counts. */
const someAddress = (): string => `198.51.100.${++addresses}`;

export const addressCountersContract = (storage: () => Storage): void => {
  const counters = () => storage().addressCounters;
  const connect = async (address: string, atMs: number) => {
    const counted = await counters().countConnect(address, atMs);
    if (counted === 'throttled') throw new Error('the table takes no more writes');
    return counted;
  };

  test('connects are counted by address and minute of the clock', async () => {
    const address = someAddress();
    const connects = async (atMs: number, of = address) => (await connect(of, atMs)).connects;
    expect([await connects(startMs), await connects(startMs + minuteMs - 1)]).toEqual([1, 2]);
    expect(await connects(startMs + minuteMs)).toBe(1);
    expect(await connects(startMs, someAddress())).toBe(1);
    expect(await connects(startMs + 1)).toBe(3);
  });

  test('connects at once are all counted, each once', async () => {
    const address = someAddress();
    const counted = await Promise.all(Array.from({ length: 20 }, () => connect(address, startMs)));
    expect(counted.map(({ connects }) => connects).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
  });

  test('refusals are counted apart from connects, and read as they were counted', async () => {
    const address = someAddress();
    await counters().countConnect(address, startMs);
    const first = { refusals: 1, isAggregateDue: false, windowStartMs: startMs };
    expect(await counters().countRefusal(address, startMs + 7)).toEqual(first);
    await counters().countRefusal(address, startMs + minuteMs);
    expect((await counters().countRefusal(address, startMs + minuteMs + 1)).windowStartMs).toBe(startMs + minuteMs);
    expect(await counters().refusalsOf(address, startMs)).toBe(1);
    expect(await counters().refusalsOf(address, startMs + minuteMs)).toBe(2);
    expect(await counters().refusalsOf(someAddress(), startMs)).toBe(0);
  });

  test('an aggregate that is due is due in its own minute', async () => {
    const address = someAddress();
    await counters().aggregateIsDue(address, startMs);
    await counters().aggregateIsDue(address, startMs);
    expect(await counters().countRefusal(address, startMs)).toMatchObject({ refusals: 1, isAggregateDue: true });
    expect(await counters().countRefusal(address, startMs + minuteMs)).toMatchObject({ isAggregateDue: false });
  });

  test('a count whose answer was lost may be over by one, never under', async () => {
    const address = someAddress();
    storage().loseNextAnswer();
    await counters().countRefusal(address, startMs);
    expect(await counters().refusalsOf(address, startMs)).toBe(2);
  });

  test('hostile failures are counted in a window that begins with the first', async () => {
    const address = someAddress();
    const failures = async (atMs: number) => (await counters().countHostileFailure(address, atMs)).failures;
    expect([await failures(startMs), await failures(startMs + hostileWindowMs - 1)]).toEqual([1, 2]);
    expect([await failures(startMs + hostileWindowMs), await failures(startMs + hostileWindowMs + 1)]).toEqual([1, 2]);
  });

  test('each hostile failure of a window names its beginning', async () => {
    const address = someAddress();
    const begins = async (atMs: number) => (await counters().countHostileFailure(address, atMs)).windowStartMs;
    expect([await begins(startMs + 7), await begins(startMs + minuteMs)]).toEqual([startMs + 7, startMs + 7]);
    expect(await begins(startMs + 7 + hostileWindowMs)).toBe(startMs + 7 + hostileWindowMs);
  });

  test('hostile failures at once are all counted, each once', async () => {
    const address = someAddress();
    const counted = await Promise.all(
      Array.from({ length: 12 }, () => counters().countHostileFailure(address, startMs)),
    );
    expect(counted.map(({ failures }) => failures).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 12 }, (_, index) => index + 1),
    );
  });

  test('a block is met in every minute that it covers, and in no other', async () => {
    const address = someAddress();
    const untilMs = startMs + 2 * minuteMs + 10_000;
    await counters().countConnect(address, startMs);
    await counters().block(address, startMs + 30_000, untilMs);
    const metIn = async (minute: number) => (await connect(address, startMs + minute * minuteMs)).blockedUntilMs;
    expect([await metIn(0), await metIn(1), await metIn(2), await metIn(3)]).toEqual([untilMs, untilMs, untilMs, 0]);
    expect((await counters().countHostileFailure(address, startMs)).blockedUntilMs).toBe(untilMs);
  });

  test('a block is never made shorter by another', async () => {
    const address = someAddress();
    await counters().block(address, startMs, startMs + 50_000);
    await counters().block(address, startMs, startMs + 20_000);
    expect((await connect(address, startMs)).blockedUntilMs).toBe(startMs + 50_000);
    await counters().block(address, startMs, startMs + 90_000);
    expect((await connect(address, startMs)).blockedUntilMs).toBe(startMs + 90_000);
  });
};
