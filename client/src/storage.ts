/** Where the client keeps what outlives its process, and what makes it of what a platform has. */

/** Texts by key. `get` gives nothing for a key that is not there. */
export type Storage = Readonly<{
  get: (key: string) => Promise<string | null | undefined>;
  set: (key: string, value: string) => Promise<unknown>;
  remove: (key: string) => Promise<unknown>;
}>;

/** A browser's `localStorage`, or `@react-native-async-storage/async-storage`. */
export type ItemSource = Readonly<{
  getItem(key: string): Promise<string | null> | string | null;
  setItem(key: string, value: string): unknown;
  removeItem(key: string): unknown;
}>;

export const itemStorage = (source: ItemSource): Storage => ({
  get: async (key) => source.getItem(key),
  set: async (key, value) => source.setItem(key, value),
  remove: async (key) => source.removeItem(key),
});

/** `react-native-mmkv`: its `delete` is called `remove` from version 4 on. */
export type MmkvSource = Readonly<{
  getString(key: string): string | undefined;
  set(key: string, value: string): void;
  delete?(key: string): unknown;
  remove?(key: string): unknown;
}>;

export const mmkvStorage = (source: MmkvSource): Storage => ({
  get: async (key) => source.getString(key),
  set: async (key, value) => source.set(key, value),
  remove: async (key) => (source.remove ? source.remove(key) : source.delete?.(key)),
});
