/** What a quota leaves: tokens of a bucket that fills with time, counts of a minute, runs of functions. Times are milliseconds. */
import { quotas } from './quotas.ts';

/** Takes some, if there are so many; whether it did. */
export type Supply = (now: number, howMany?: number) => boolean;

/** A token bucket: `burst` at once, and `perSecond` from then on. */
export const bucket = (perSecond: number, burst: number): Supply => {
  let left = burst;
  let asOf = 0;
  return (now, howMany = 1) => {
    left = Math.min(burst, left + ((now - asOf) * perSecond) / 1000);
    asOf = now;
    if (left < howMany) return false;
    left -= howMany;
    return true;
  };
};

/** So many of each key in a minute of the clock. */
export const perMinute = (most: number): ((key: number, now: number) => boolean) => {
  const counts = new Map<number, Readonly<{ minute: number; count: number }>>();
  return (key, now) => {
    const minute = Math.floor(now / 60_000);
    const before = counts.get(key);
    const count = before?.minute === minute ? before.count + 1 : 1;
    counts.set(key, { minute, count });
    return count <= most;
  };
};

/** Runs of functions. `start` says how long the run takes, or `throttled`; whoever started one ends it. */
export type Functions = Readonly<{
  start: (name: string, now: number) => number | 'throttled';
  end: (name: string) => void;
}>;

/** An account's concurrency, and sandboxes of each function that begin cold and become more only so fast. None is there at first. */
export const functions = (concurrency: number, runMs: number, coldMs: number): Functions => {
  let running = 0;
  const idle = new Map<string, number>();
  const further = new Map<string, Supply>();
  const growthOf = (name: string): Supply => {
    const known = further.get(name) ?? bucket(quotas.sandboxes / quotas.sandboxSeconds, quotas.sandboxes);
    further.set(name, known);
    return known;
  };
  return {
    start: (name, now) => {
      const warm = idle.get(name) ?? 0;
      if (running >= concurrency || (warm === 0 && !growthOf(name)(now))) return 'throttled';
      running++;
      idle.set(name, Math.max(0, warm - 1));
      return warm > 0 ? runMs : runMs + coldMs;
    },
    end: (name) => {
      running--;
      idle.set(name, (idle.get(name) ?? 0) + 1);
    },
  };
};
