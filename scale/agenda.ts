/** What happens next, by its time and, at the same time, in the order in which it was put in: a binary heap. */
export type Agenda<T> = Readonly<{
  put: (at: number, what: T) => void;
  /** The next one, its time in `at()` from then on; undefined when there is nothing more. */
  next: () => T | undefined;
  at: () => number;
}>;

type Entry<T> = Readonly<{ at: number; nth: number; what: T }>;

const isBefore = <T>(one: Entry<T>, other: Entry<T>): boolean =>
  one.at < other.at || (one.at === other.at && one.nth < other.nth);

export const agenda = <T>(): Agenda<T> => {
  const heap: Entry<T>[] = [];
  let count = 0;
  let now = 0;

  const sink = (entry: Entry<T>) => {
    let hole = 0;
    for (;;) {
      const left = heap[2 * hole + 1];
      if (left === undefined) break;
      const right = heap[2 * hole + 2];
      const [child, at] = right !== undefined && isBefore(right, left) ? [right, 2 * hole + 2] : [left, 2 * hole + 1];
      if (!isBefore(child, entry)) break;
      heap[hole] = child;
      hole = at;
    }
    heap[hole] = entry;
  };

  return {
    put: (at, what) => {
      const entry = { at: Math.max(at, now), nth: count++, what };
      let hole = heap.length;
      while (hole > 0) {
        const parent = heap[(hole - 1) >> 1];
        if (parent === undefined || !isBefore(entry, parent)) break;
        heap[hole] = parent;
        hole = (hole - 1) >> 1;
      }
      heap[hole] = entry;
    },
    next: () => {
      const first = heap[0];
      const last = heap.pop();
      if (first === undefined || last === undefined) return undefined;
      if (heap.length > 0) sink(last);
      now = first.at;
      return first.what;
    },
    at: () => now,
  };
};
