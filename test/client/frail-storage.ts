/**
 * A device whose process can be killed at any moment, and whose storage is slow, fails now and then, and may have lost the write
 * that was made last. What a dead process would do, nobody notices.
 */
import type { Socket, SocketConstructor } from '../../client/src/socket.ts';
import { storageOf } from '../../client/src/storage.ts';
import type { Clock } from './clock.ts';

/** What is left on the device. */
export type Disk = Readonly<{
  texts: Map<string, string>;
  undo: { last: (() => void) | undefined; torn: (() => void) | undefined };
}>;

export const newDisk = (): Disk => ({ texts: new Map(), undo: { last: undefined, torn: undefined } });

export type Frailty = Readonly<{
  /** How long an operation takes, of which number. */
  latencyMs: (nth: number) => number;
  /** Whether that operation fails, before or after it was done. */
  failure: (nth: number) => 'none' | 'before' | 'after';
}>;

export const sound: Frailty = { latencyMs: () => 1, failure: () => 'none' };

/** @param dies the number of the moment at which the process is killed; moments are the steps of storage, sockets and timers */
export const startProcess = (clock: Clock, disk: Disk, Gateway: SocketConstructor, dies: number, frailty = sound) => {
  let moments = 0;
  let isAlive = true;
  let operations = 0;
  const opened: Socket[] = [];
  /** Whether the process lives to see it. */
  const moment = (): boolean => {
    if (isAlive && ++moments === dies) kill();
    return isAlive;
  };
  const kill = (): void => {
    isAlive = false;
    for (const socket of opened) socket.close();
  };
  const never = new Promise<never>(() => {});

  const operation = async <T>(act: () => T): Promise<T> => {
    if (!moment()) return never;
    const nth = ++operations;
    await new Promise<void>((resolve) => clock.timers.setTimeout(resolve, frailty.latencyMs(nth)));
    if (!moment()) return never;
    const failure = frailty.failure(nth);
    const done = failure === 'before' ? undefined : { value: act() };
    if (!moment()) return never;
    if (done === undefined || failure === 'after') throw new Error('the disk did not answer');
    return done.value;
  };
  const storage = storageOf({
    get: (key) => operation(() => disk.texts.get(key)),
    set: (key, value) =>
      operation(() => {
        const before = disk.texts.get(key);
        disk.undo.last = () => (before === undefined ? disk.texts.delete(key) : disk.texts.set(key, before));
        disk.undo.torn = () => disk.texts.set(key, value.slice(0, value.length / 2));
        disk.texts.set(key, value);
      }),
    remove: (key) => operation(() => disk.texts.delete(key)),
  });

  class MortalSocket extends Gateway {
    constructor(url: string, protocols?: string[]) {
      if (!isAlive) throw new Error('dead');
      super(url, protocols);
      opened.push(this);
    }
    override send(text: string): void {
      if (!moment()) return;
      super.send(text);
      moment();
    }
  }

  return {
    storage,
    WebSocket: MortalSocket as SocketConstructor,
    timers: {
      ...clock.timers,
      setTimeout: (run: () => void, afterMs: number) =>
        clock.timers.setTimeout(() => {
          if (isAlive) run();
        }, afterMs),
    },
    kill,
    isAlive: () => isAlive,
    moments: () => moments,
  };
};

/** The write that was made last is not there, or half of it is. */
export const loseLastWrite = ({ undo }: Disk, how: 'lost' | 'torn'): void => {
  undo[how === 'lost' ? 'last' : 'torn']?.();
  undo.last = undo.torn = undefined;
};
