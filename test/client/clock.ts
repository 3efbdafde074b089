/** Time that passes when a test says so. Timers run in order, and what they set off has settled before the next one runs. */
import type { Timers } from '../../client/src/index.ts';

export type Clock = Readonly<{
  now: () => number;
  timers: Timers;
  /** Lets time pass; `frozen` as on a device that sleeps: the timers that were due run late, at the end. */
  pass: (ms: number, how?: 'running' | 'frozen') => Promise<void>;
  /** Steps that were run, to see a tight loop. */
  runs: () => number;
}>;

type Timer = { at: number; order: number; run: () => void };

/** Settled: every promise that is ready has had its turn. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export const createClock = (startMs = Date.UTC(2026, 10, 23, 18)): Clock => {
  let nowMs = startMs;
  let order = 0;
  let runs = 0;
  const timers = new Set<Timer>();
  const nextBefore = (end: number): Timer | undefined =>
    [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at || a.order - b.order)[0];
  return {
    now: () => nowMs,
    timers: {
      setTimeout: (run, afterMs) => {
        // A real timer cannot wait for less than a millisecond, so neither does this one.
        const timer = { at: nowMs + Math.max(1, Math.ceil(afterMs)), order: order++, run };
        timers.add(timer);
        return timer;
      },
      clearTimeout: (timer) => {
        timers.delete(timer as Timer);
      },
    },
    pass: async (ms, how = 'running') => {
      const end = nowMs + ms;
      await settled();
      if (how === 'frozen') nowMs = end;
      for (let timer = nextBefore(end); timer !== undefined; timer = nextBefore(end)) {
        timers.delete(timer);
        nowMs = Math.max(nowMs, timer.at);
        runs += 1;
        if (runs > 5_000_000) throw new Error('a tight loop');
        timer.run();
        await settled();
      }
      nowMs = end;
    },
    runs: () => runs,
  };
};
