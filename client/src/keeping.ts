/**
 * What a storage has of a client: the publications that wait and, where that is asked for, how far its events were handled. The
 * same text is written under two keys, one after the other, so that it outlives a write that was lost or half made.
 */
import type { Cursor } from './events.ts';
import type { Lock } from './locks.ts';
import type { Timers } from './timers.ts';
import { type KeptPublication, keptOf, type Outbox } from './outbox-state.ts';
import type { KeptCursor, Silences, State } from './state.ts';

export type Kept = Readonly<{
  version: number;
  publications: readonly KeptPublication[];
  cursor?: KeptCursor | undefined;
  silences?: Silences | undefined;
}>;

/** Texts by key. `get` gives nothing for a key that is not there. */
export type Texts = Readonly<{
  get: (key: string) => Promise<string | null | undefined>;
  set: (key: string, value: string) => Promise<unknown>;
  remove: (key: string) => Promise<unknown>;
  /**
   * For texts that other processes have, too. @default that of the origin in a browser; elsewhere one for the clients of this process
   * that keep theirs in the same object
   */
  lock?: Lock | undefined;
}>;

/** One client's part of a storage. */
export type Keeping = Readonly<{
  /** What is kept now, whoever has the storage. */
  read: () => Promise<Kept>;
  /** Waits until the storage is this client's alone, and has answered. */
  load: () => Promise<Kept>;
  /** Has what changed written, the latest only. */
  see: (state: State, cursor: Cursor | undefined) => void;
  /** Lets others have the storage, when what was to be written is written or cannot be. */
  close: () => void;
}>;

/** @param place what tells the clients of a device apart */
export type Keep = (world: World, place: string) => Keeping;

type World = Readonly<{
  timers: Timers;
  report: (error: unknown) => void;
  stored: (publications: readonly KeptPublication[]) => void;
}>;

const longestPauseMs = 30_000;
/** What cannot be written after the end is given up after so many tries: nobody is there any more to see it through. */
const lastTries = 5;

export const keeping =
  (texts: Texts & Readonly<{ lock: Lock }>): Keep =>
  ({ timers, report, stored }, place) => {
    const key = `maitred.outbox.${place}`;
    const keys = [key, `${key}.2`];
    let version = -1;
    let seen: readonly (Outbox | Cursor | Silences | undefined)[] = [];
    let text = '';
    let wanted: Kept | undefined;
    let isBusy = false;
    let isClosed = false;
    let release = () => {};

    /** For as long as it takes. */
    const insist = async <T>(act: () => Promise<T>): Promise<T> => {
      for (let tries = 1; ; tries++)
        try {
          return await act();
        } catch (error) {
          if (tries === 1) report(error);
          if (isClosed && tries >= lastTries) throw error;
          await new Promise<void>((resolve) => timers.setTimeout(resolve, Math.min(longestPauseMs, 50 * 2 ** tries)));
        }
    };

    const write = async (): Promise<void> => {
      isBusy = true;
      while (wanted) {
        const { publications } = wanted;
        const next = JSON.stringify({ ...wanted, version: ++version } satisfies Kept);
        wanted = undefined;
        for (const one of keys) await insist(() => texts.set(one, next));
        stored(publications);
      }
    };
    const written = (): void => {
      isBusy = false;
      if (isClosed) release();
    };

    const readNewest = async (): Promise<Kept> => {
      const found = await insist(() => Promise.all(keys.map((one) => texts.get(one))));
      const [first = nothing, second = nothing] = found.map(keptIn);
      if (first.version <= second.version) return second;
      // The older one is written over first, so that half a write leaves the newest.
      keys.reverse();
      return first;
    };

    return {
      read: readNewest,
      load: async (): Promise<Kept> => {
        release = await texts.lock(key);
        if (isClosed) release();
        const newest = await readNewest();
        ({ version } = newest);
        text = textOf(newest);
        return newest;
      },
      see: ({ outbox, end, user, cursorOf, silences }: State, cursor: Cursor | undefined): void => {
        const now = [outbox, cursor, silences] as const;
        // What an earlier process left must be known first.
        if (version < 0 || end || now.every((one, nth) => one === seen[nth])) return;
        seen = now;
        const place = cursor && { ...cursor, user: user ?? cursorOf };
        const next = { version, publications: keptOf(outbox), cursor: place, silences };
        const before = text;
        text = textOf(next);
        if (text === before) return;
        wanted = next;
        if (!isBusy) write().then(written, written);
      },
      close: (): void => {
        isClosed = true;
        if (!isBusy) release();
      },
    };
  };

const textOf = ({ publications, cursor, silences = {} }: Kept): string =>
  JSON.stringify([publications, cursor, silences]);

const nothing: Kept = { version: 0, publications: [] };

/** A text that nobody wrote, or half of one, is nothing. */
const keptIn = (text: unknown): Kept => {
  try {
    const kept: Kept = JSON.parse(String(text));
    return {
      ...kept,
      version: Number(kept.version) || 0,
      publications: kept.publications.filter((one) => JSON.parse(one.text).id === one.id),
    };
  } catch {
    return nothing;
  }
};
