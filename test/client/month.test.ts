/**
 * A display that nobody looks after, for a month of simulated time (six days of it where `TESTS` is not `full`), on hosts that are worse than one hopes. It is judged by
 * what it costs the gateway, the sockets it opens, and by what it misses.
 */
import { describe, expect, test } from '@jest/globals';
import type { Timers } from '../../client/src/index.ts';
import { runs } from '../harness/runs.ts';
import { createClientFixture, hour, minute } from './client-fixture.ts';
import { createClock } from './clock.ts';

const days = runs(30);
const day = 24 * hour;

/** As browsers and Node do it: a delay that does not fit into 32 bits is none. */
const in32Bits = (timers: Timers): Timers => ({
  ...timers,
  setTimeout: (run, afterMs) => timers.setTimeout(run, afterMs > 2 ** 31 - 1 ? 1 : afterMs),
});

/** Timers run at the next full minute, as in a tab that has been hidden for long, or on a phone that saves power. */
const onceAMinute = (timers: Timers, now: () => number): Timers => ({
  ...timers,
  setTimeout: (run, afterMs) => timers.setTimeout(run, Math.ceil((now() + afterMs) / minute) * minute - now()),
});

type Host = Readonly<{
  timers: (timers: Timers, now: () => number) => Timers;
  /** By how much the device's clock is wrong, at a moment since the start. */
  wrongByMs: (sinceMs: number) => number;
}>;

const live = async ({ timers, wrongByMs }: Host) => {
  const clock = createClock();
  const startMs = clock.now();
  const fixture = createClientFixture(
    { timers: in32Bits(timers(clock.timers, clock.now)), getToken: () => fixture.goodToken(hour) },
    { clock, wrongByMs: () => wrongByMs(clock.now() - startMs) },
  );
  let late = 0;
  await clock.pass(5 * minute);
  for (let nth = 0; clock.now() < startMs + days * day; nth++) {
    fixture.gateway.publish('order.created', { order_id: nth });
    // Half an hour between orders; twice a day the line dies without a word, once a day the gateway restarts.
    if (nth % 24 === 11) fixture.gateway.setNetwork('up');
    if (nth % 48 === 30) fixture.gateway.restart();
    await clock.pass(10 * minute);
    late += fixture.events.length <= nth ? 1 : 0;
    await clock.pass(20 * minute);
  }
  await clock.pass(10 * minute);
  return { fixture, late };
};

const regular = (timers: Timers) => timers;
const right = () => 0;

describe(`${days} days`, () => {
  test.each([
    { on: 'a good host', timers: regular, wrongByMs: right, socketsADay: 20 },
    { on: 'a host that runs timers once a minute', timers: onceAMinute, wrongByMs: right, socketsADay: 40 },
    {
      on: 'a device whose clock leaps an hour ahead and back, every eight hours',
      timers: regular,
      wrongByMs: (sinceMs: number) => (Math.floor(sinceMs / (8 * hour)) % 2 === 0 ? 0 : hour),
      socketsADay: 30,
    },
    {
      on: 'a device whose clock leaps a day back, and later a day ahead',
      timers: regular,
      wrongByMs: (sinceMs: number) => (Math.floor(sinceMs / (11 * hour)) % 3 === 1 ? -day : 0),
      socketsADay: 30,
    },
    {
      on: 'a device whose clock leaps a day ahead, and later back',
      timers: regular,
      wrongByMs: (sinceMs: number) => (Math.floor(sinceMs / (11 * hour)) % 3 === 1 ? day : 0),
      socketsADay: 30,
    },
  ])(
    'on $on miss nothing and storm no door',
    async ({ timers, wrongByMs, socketsADay }) => {
      const { fixture, late } = await live({ timers, wrongByMs });
      const sockets = fixture.gateway.callers.length;
      console.info(`${days} days: ${sockets} sockets, ${fixture.asked.length} tokens, ${fixture.clock.runs()} timers`);
      expect(fixture.seqs()).toEqual(fixture.gateway.events().map(({ seq }) => seq));
      // A line that died is noticed within minutes, never at the session's end.
      expect(late).toBe(0);
      expect(fixture.client.state.status).toBe('connected');
      expect(fixture.gaps.map(({ reason }) => reason)).toEqual(['start']);
      expect(fixture.ends).toEqual([]);
      expect(fixture.errors).toEqual([]);
      expect(sockets).toBeLessThanOrEqual(socketsADay * days);
    },
    120_000,
  );
});
