/** What a sandbox remembers of its sessions, while there is room. */

export type Latest<V> = Readonly<{
  get: (key: string) => V | undefined;
  /** The key is the latest now; where there are too many, the one that was silent longest is forgotten. */
  set: (key: string, value: V) => void;
  forget: (key: string) => void;
}>;

export const latest = <V>(most: number): Latest<V> => {
  // A map keeps the order in which keys were set.
  const values = new Map<string, V>();
  return {
    get: (key) => values.get(key),
    set: (key, value) => {
      values.delete(key);
      values.set(key, value);
      const [oldest] = values.keys();
      if (values.size > most && oldest !== undefined) values.delete(oldest);
    },
    forget: (key) => void values.delete(key),
  };
};
