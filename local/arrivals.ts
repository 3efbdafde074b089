import { setTimeout as delay } from 'node:timers/promises';

/** What is on its way from a connection to a function. */
export type Arrival = {
  /** A function has it. */
  readonly started: () => void;
  readonly done: () => void;
};

/**
 * The messages of connections that wait for a function, or have just reached one. On AWS a message does not wait: a function
 * more is run. Here it does when the processors are busy, and a timer that did not wait with it would end connections whose
 * message had come in time.
 */
export type Arrivals = {
  readonly add: (connectionId: string) => Arrival;
  /**
   * Resolves when what has arrived by now from the connections that a text names was with its function for a second: as long
   * as the app gives a message that arrived in the last moment. Undefined where it has been already.
   */
  readonly passed: (text: string) => Promise<unknown> | undefined;
};

type Waiting = { readonly started: Promise<void>; readonly done: Promise<void>; startedAtMs: number };

const graceMs = 1_000;

/** The form of API Gateway's connection ids, in any text. */
const connectionIds = /[A-Za-z0-9+/]{15}=/g;

export const createArrivals = (): Arrivals => {
  const waiting = new Map<string, Set<Waiting>>();
  return {
    add: (connectionId) => {
      const started = Promise.withResolvers<void>();
      const done = Promise.withResolvers<void>();
      const one: Waiting = { started: started.promise, done: done.promise, startedAtMs: Number.POSITIVE_INFINITY };
      const ofConnection = waiting.get(connectionId) ?? new Set();
      waiting.set(connectionId, ofConnection.add(one));
      return {
        started: () => {
          one.startedAtMs = performance.now();
          started.resolve();
        },
        done: () => {
          ofConnection.delete(one);
          if (ofConnection.size === 0 && waiting.get(connectionId) === ofConnection) waiting.delete(connectionId);
          done.resolve();
        },
      };
    },
    passed: (text) => {
      if (waiting.size === 0) return undefined;
      const named = (text.match(connectionIds) ?? []).flatMap((connectionId) => [...(waiting.get(connectionId) ?? [])]);
      const fresh = named.filter((one) => leftMsOf(one) > 0);
      return fresh.length === 0 ? undefined : Promise.all(fresh.map(passedOne));
    },
  };
};

const passedOne = async (one: Waiting): Promise<void> => {
  await Promise.race([one.started, one.done]);
  const leftMs = leftMsOf(one);
  if (leftMs > 0 && Number.isFinite(leftMs)) await Promise.race([one.done, delay(leftMs, undefined, { ref: false })]);
};

/** Infinite for one that no function has yet. */
const leftMsOf = ({ startedAtMs }: Waiting): number => startedAtMs + graceMs - performance.now();
