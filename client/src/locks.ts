/** Locks by name, so that one client at a time has its part of a storage. */
import { globals } from './platform.ts';

/** Resolves once nobody else has the lock of this name, with what gives it back. */
export type Lock = (name: string) => Promise<() => void>;

/** The lock that the tabs of a page's origin have in common. It goes with the tab. Elsewhere there is none. */
export const webLock = (): Lock | undefined => {
  const { locks } = globals;
  return (
    locks &&
    ((name) =>
      new Promise((resolve, reject) => {
        locks.request(name, () => new Promise<void>((release) => resolve(release))).catch(reject);
      }))
  );
};

const held = new WeakMap<object, Map<string, Promise<void>>>();

/** One client after the other, of those of this process that keep theirs in the same object. */
export const lockOf = (source: object): Lock => {
  const names = held.get(source) ?? new Map<string, Promise<void>>();
  held.set(source, names);
  return (name) =>
    new Promise((resolve) => {
      const before = names.get(name) ?? Promise.resolve();
      const released = new Promise<void>((release) => {
        void before.then(() => resolve(release));
      });
      names.set(name, released);
    });
};
