/** What happens next, by its time and, at the same time, in the order in which it was put in: a binary heap. */
export type Agenda<T> = Readonly<{
  put: (at: number, what: T) => void;
  /** The next one, its time in `at()` from then on; undefined when there is nothing more. */
  next: () => T | undefined;
  at: () => number;
}>;

/** The heap is three lists side by side: entries that are objects lie all over the memory, and a million of them are slow to compare. */
export const agenda = <T>(): Agenda<T> => {
  const times: number[] = [];
  const nths: number[] = [];
  const whats: (T | undefined)[] = [];
  let count = 0;
  let now = 0;

  const isBefore = (place: number, time: number, nth: number): boolean => {
    const other = times[place] ?? Number.POSITIVE_INFINITY;
    return other < time || (other === time && (nths[place] ?? 0) < nth);
  };
  const fill = (place: number, time: number, nth: number, what: T | undefined) => {
    times[place] = time;
    nths[place] = nth;
    whats[place] = what;
  };
  const move = (from: number, to: number) => fill(to, times[from] ?? 0, nths[from] ?? 0, whats[from]);

  const sink = (time: number, nth: number, what: T | undefined) => {
    let hole = 0;
    for (let child = 1; child < times.length; child = 2 * hole + 1) {
      const right = child + 1;
      const first = right < times.length && isBefore(right, times[child] ?? 0, nths[child] ?? 0) ? right : child;
      if (!isBefore(first, time, nth)) break;
      move(first, hole);
      hole = first;
    }
    fill(hole, time, nth, what);
  };

  return {
    put: (at, what) => {
      const [time, nth] = [Math.max(at, now), count++];
      let hole = times.length;
      while (hole > 0) {
        const parent = (hole - 1) >> 1;
        if (isBefore(parent, time, nth)) break;
        move(parent, hole);
        hole = parent;
      }
      fill(hole, time, nth, what);
    },
    next: () => {
      const [first, firstTime] = [whats[0], times[0]];
      const [time, nth, what] = [times.pop(), nths.pop(), whats.pop()];
      if (firstTime === undefined || time === undefined || nth === undefined) return undefined;
      if (times.length > 0) sink(time, nth, what);
      now = firstTime;
      return first;
    },
    at: () => now,
  };
};
