/** PROTOCOL.md, `ping`: an event that was posted and not heard is noticed within the interval and ten seconds, whatever was lost. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runs } from '../harness/runs.ts';
import { type Act, liveAmongLosses, type World } from './lossy-world.ts';

const slackMs = 10_000;
const calm: World = { latencyMs: 40, lagMs: 0, gatewayAheadMs: 0, pongs: [true] };
const intervals = [
  { how: 'by default', intervalMs: 120_000, world: {} },
  { how: 'as a stage tells', intervalMs: 300_000, world: { pingIntervalMs: 300_000 } },
  { how: 'as a stage tells, the least', intervalMs: 45_000, world: { pingIntervalMs: 45_000 } },
  {
    how: 'as an application says, whatever its stage tells',
    intervalMs: 200_000,
    world: { pingIntervalMs: 60_000, timing: { heartbeatMs: 200_000 } },
  },
];

/** A device that says something every seven seconds, and hears nothing but that it was accepted. */
const chatter = (ms: number): readonly Act[] =>
  Array.from({ length: Math.ceil(ms / 7_000) }, () => ({ afterMs: 7_000, does: 'publish', fate: 'heard' }));

describe.each(intervals)('an event that is lost, with heartbeats $how', ({ intervalMs, world }) => {
  const boundMs = intervalMs + slackMs;
  const moments = Array.from({ length: Math.floor((2 * intervalMs) / 5_000) }, (_, nth) => nth * 5_000 + 17);

  test('at whichever moment is noticed in time, and handled', () => {
    const worst = moments.map((afterMs) => {
      const lost: Act = { afterMs, does: 'event', fate: 'lost' };
      const { worstMs, heard } = liveAmongLosses([lost], { ...calm, ...world }, boundMs);
      expect(heard).toEqual([1]);
      return worstMs;
    });
    expect(Math.max(...worst)).toBeLessThanOrEqual(boundMs);
    // It was lost indeed, and nothing but the heartbeat found it.
    expect(Math.max(...worst)).toBeGreaterThan(intervalMs - 6_000);
  });

  test('on a line that dies at whichever moment is noticed in time, and handled', () => {
    const worst = moments.map((afterMs) => {
      const acts: readonly Act[] = [
        { afterMs, does: 'silence', fate: 'lost' },
        { afterMs: 10, does: 'event', fate: 'lost' },
      ];
      const { worstMs, heard } = liveAmongLosses(acts, { ...calm, ...world }, boundMs);
      expect(heard).toEqual([1]);
      return worstMs;
    });
    expect(Math.max(...worst)).toBeLessThanOrEqual(boundMs);
    expect(Math.max(...worst)).toBeGreaterThan(intervalMs);
  });

  test('by a device that says much and hears of nothing else is noticed in time', () => {
    const lost: Act = { afterMs: 1_000, does: 'event', fate: 'lost' };
    const { worstMs, heard } = liveAmongLosses(
      [lost, ...chatter(2 * intervalMs)],
      { ...calm, ...world, pongs: [false, true] },
      boundMs,
    );
    expect(worstMs).toBeLessThanOrEqual(boundMs);
    expect(worstMs).toBeGreaterThan(intervalMs - 6_000);
    expect(heard).toEqual([1]);
  });

  test('while an older one, that was posted again, comes just before the ping is noticed in time', () => {
    const acts: readonly Act[] = [
      // It is heard 32 s later: 8 s before the ping, which may come up to 6 s sooner than the interval.
      { afterMs: intervalMs - 40_000, does: 'event', fate: 'late' },
      { afterMs: 100, does: 'event', fate: 'lost' },
    ];
    const { worstMs, heard } = liveAmongLosses(acts, { ...calm, ...world }, boundMs);
    expect(worstMs).toBeLessThanOrEqual(boundMs);
    expect(heard).toEqual([1, 2]);
  });
});

test('whatever is lost, late or wrong by a clock, no event is noticed too late, and each is handled once and in order', () => {
  let lost = 0;
  let reconnects = 0;
  let latest = 0;
  const act: fc.Arbitrary<Act> = fc.record({
    afterMs: fc.oneof(fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 1, max: 150_000 })),
    does: fc.constantFrom('event', 'event', 'event', 'publish', 'publish', 'silence', 'foreground', 'network_changed'),
    fate: fc.constantFrom('heard', 'lost', 'late'),
  });
  const anyWorld: fc.Arbitrary<World & { intervalMs: number }> = fc
    .record({
      latencyMs: fc.constantFrom(1, 40, 400),
      lagMs: fc.constantFrom(0, 900),
      gatewayAheadMs: fc.constantFrom(0, -3_600_000, 86_400_000),
      pongs: fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
      intervalMs: fc.constantFrom(45_000, 120_000, 300_000),
      // Hand-overs are part of it.
      timing: fc.constantFrom({}, { maxConnectionMs: 400_000, handOverLeadMs: 60_000 }),
    })
    .map((world) => ({ ...world, pingIntervalMs: world.intervalMs }));
  fc.assert(
    fc.property(fc.array(act, { minLength: 8, maxLength: 25 }), anyWorld, (acts, { intervalMs, ...world }) => {
      const boundMs = intervalMs + slackMs;
      const { worstMs, posted, heard, connections } = liveAmongLosses(acts, world, boundMs);
      expect(worstMs).toBeLessThanOrEqual(boundMs);
      expect(heard).toEqual(posted.map(({ seq }) => seq));
      lost += posted.filter(({ fate }) => fate === 'lost').length;
      // Of sockets and questions together they have numbers: the first socket's is 2.
      reconnects += connections.some((number) => number > 2) ? 1 : 0;
      latest = Math.max(latest, worstMs);
    }),
    { numRuns: runs(2_000) },
  );
  // The lives were hard enough to mean something.
  expect(lost).toBeGreaterThan(runs(2_000));
  expect(reconnects).toBeGreaterThan(runs(1_000));
  expect(latest).toBeGreaterThan(45_000);
});
