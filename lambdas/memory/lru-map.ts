/** An LRU map: what a sandbox remembers of its sessions, while there is room. */

export type LruMap<V> = Readonly<{
  get: (key: string) => V | undefined;
  /** The key is the most recently used now; where there are too many, the least recently set one is evicted. */
  set: (key: string, value: V) => void;
  delete: (key: string) => void;
}>;

/** Use is a `set`: whoever reads writes back what came of it, so a `get` alone does not count. */
export const lruMap = <V>(capacity: number): LruMap<V> => {
  // A map keeps the order in which keys were set.
  const values = new Map<string, V>();
  return {
    get: (key) => values.get(key),
    set: (key, value) => {
      values.delete(key);
      values.set(key, value);
      const [leastRecent] = values.keys();
      if (values.size > capacity && leastRecent !== undefined) values.delete(leastRecent);
    },
    delete: (key) => void values.delete(key),
  };
};
