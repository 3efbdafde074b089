/**
 * What outlives the process, kept in what a platform has for it. An entry of its own, so that an application that keeps nothing does
 * not carry it.
 */
import { type Keep, keeping, type Texts } from './keeping.ts';
import { lockOf, webLock } from './locks.ts';

export type { Texts } from './keeping.ts';
export type { Lock } from './locks.ts';

/** What `connect` takes. */
export type Storage = Texts & Readonly<{ keep: Keep }>;

/**
 * A storage in whatever keeps texts. Clients that share a `source` are told apart by it: one at a time has its part, where there is no
 * `lock` and no browser with Web Locks.
 */
export const storageOf = (texts: Texts, source: object = texts): Storage => {
  const lock = texts.lock ?? webLock() ?? lockOf(source);
  return { ...texts, keep: keeping({ ...texts, lock }) };
};

/** A browser's `localStorage`, or `@react-native-async-storage/async-storage`. */
export type ItemSource = Readonly<{
  getItem(key: string): Promise<string | null> | string | null;
  setItem(key: string, value: string): unknown;
  removeItem(key: string): unknown;
}>;

/** A storage in one that keeps texts by `setItem`. */
export const itemStorage = (source: ItemSource): Storage =>
  storageOf(
    {
      get: async (key) => source.getItem(key),
      set: async (key, value) => source.setItem(key, value),
      remove: async (key) => source.removeItem(key),
    },
    source,
  );

/** `react-native-mmkv`: its `delete` is called `remove` from version 4 on. */
export type MmkvSource = Readonly<{
  getString(key: string): string | undefined;
  set(key: string, value: string): void;
  delete?(key: string): unknown;
  remove?(key: string): unknown;
}>;

/** A storage in MMKV. */
export const mmkvStorage = (source: MmkvSource): Storage =>
  storageOf(
    {
      get: async (key) => source.getString(key),
      set: async (key, value) => source.set(key, value),
      remove: async (key) => (source.remove ? source.remove(key) : source.delete?.(key)),
    },
    source,
  );
