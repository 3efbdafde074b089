/** What React Native, browsers and Node have in common; declared here, because no one platform's types fit all. */
import type { Timers } from './timers.ts';
import type { SocketConstructor } from './socket.ts';

type Locks = Readonly<{ request(name: string, held: () => Promise<unknown>): Promise<unknown> }>;

type Global = Readonly<{
  WebSocket?: SocketConstructor;
  setTimeout: (run: () => void, afterMs: number) => unknown;
  clearTimeout: (timer: unknown) => void;
  document?: unknown;
  navigator?: Readonly<{ locks?: Locks }>;
  console?: Readonly<{ error: (...what: readonly unknown[]) => void }>;
}>;

const here = globalThis as unknown as Global;

export const globals = {
  get WebSocket(): SocketConstructor | undefined {
    return here.WebSocket;
  },
  /** Looked up when used: tests replace them, and browsers want them called as their own. */
  timers: {
    setTimeout: (run, afterMs) => here.setTimeout(run, afterMs),
    clearTimeout: (timer) => here.clearTimeout(timer),
  } satisfies Timers,
  /** A page's alone: those of Node are for its threads, which share no storage. */
  get locks(): Locks | undefined {
    return here.document === undefined ? undefined : here.navigator?.locks;
  },
  report: (error: unknown): void => here.console?.error('maitred: a handler failed', error),
};

/** A clock that is never set back: deadlines would move away with it. */
export const steadyClock = (now: () => number): (() => number) => {
  let last = now();
  let behindMs = 0;
  return () => {
    const read = now();
    if (read + behindMs < last) behindMs = last - read;
    last = read + behindMs;
    return last;
  };
};

/** Unguessable is not asked of an idempotency key, only unlike all others; React Native has no `crypto` of its own. */
export const newId = (now: number, random: () => number): string => {
  const part = () => random().toString(36).slice(2, 12);
  return `evt_${now.toString(36)}${part()}${part()}`;
};
