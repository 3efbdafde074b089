import type { Budget } from './budget.ts';
import type { Outcome, Sandbox } from './sandbox.ts';

type Waiting = { readonly makeEvent: () => unknown; readonly settle: (outcome: Outcome) => void };

/** The sandboxes of one function. */
export type Pool = {
  /**
   * Resolves however the invocation ends; events wait in order while every sandbox is busy. Each is made when a sandbox takes
   * it, so that it may say when that was.
   */
  readonly invoke: (makeEvent: () => unknown) => Promise<Outcome>;
  /** Starts a first sandbox; resolves when it has loaded the function, to why not if it could not. */
  readonly warm: () => Promise<Outcome | undefined>;
  readonly close: () => Promise<void>;
};

export type PoolOptions = {
  readonly start: () => Sandbox;
  /** For every sandbox beyond the first. */
  readonly budget: Budget;
  /** How long a sandbox beyond the first is kept without work. */
  readonly keepMs: number;
  /** How long it is kept at least, when another function needs one. */
  readonly keepAtLeastMs: number;
  /** How long the last one of the function is kept without work. */
  readonly keepLastMs: number;
};

/**
 * A pool that starts a sandbox whenever an event finds none free and the budget has one left. One that died or was retired is
 * replaced when the next event needs it.
 */
export const createPool = ({ start, budget, keepMs, keepAtLeastMs, keepLastMs }: PoolOptions): Pool => {
  const all = new Set<Sandbox>();
  /** Those without work, the longest without first: since when, and the timer that retires them. */
  const free = new Map<Sandbox, { sinceMs: number; timer: NodeJS.Timeout }>();
  const waiting: Waiting[] = [];
  let starting = 0;
  let isClosed = false;

  const grow = async (): Promise<Outcome | undefined> => {
    const sandbox = start();
    all.add(sandbox);
    void sandbox.ended.then(() => forget(sandbox));
    starting += 1;
    const failure = await sandbox.started;
    starting -= 1;
    if (failure === undefined) release(sandbox);
    else {
      forget(sandbox);
      void sandbox.close();
      waiting.shift()?.settle(failure);
      growIfNeeded();
    }
    return failure;
  };

  const growIfNeeded = (): void => {
    if (!isClosed && waiting.length > starting && (all.size === 0 || budget.take())) void grow();
  };

  const forget = (sandbox: Sandbox): void => {
    if (!all.delete(sandbox)) return;
    if (all.size > 0) budget.giveBack();
    clearTimeout(free.get(sandbox)?.timer);
    free.delete(sandbox);
  };

  const retire = (sandbox: Sandbox): void => {
    forget(sandbox);
    void sandbox.close();
  };

  /** One that was without work for `keepMs`: the last one stays, until nobody has needed it for long. */
  const retireIdle = (sandbox: Sandbox): void => {
    const idle = free.get(sandbox);
    if (idle === undefined) return;
    if (all.size > 1) retire(sandbox);
    else idle.timer = setTimeout(retire, keepLastMs - keepMs, sandbox).unref();
  };

  budget.onShortage(() => {
    const [idle] = free;
    if (idle === undefined || all.size === 1 || performance.now() - idle[1].sinceMs < keepAtLeastMs) return false;
    retire(idle[0]);
    return true;
  });

  const release = (sandbox: Sandbox): void => {
    const next = waiting.shift();
    if (next !== undefined) return void run(sandbox, next);
    free.set(sandbox, { sinceMs: performance.now(), timer: setTimeout(retireIdle, keepMs, sandbox).unref() });
  };

  /** The one that worked last, so that the others stay idle and are retired. */
  const takeFree = (): Sandbox | undefined => {
    const [sandbox, { timer = undefined } = {}] = [...free].at(-1) ?? [];
    clearTimeout(timer);
    if (sandbox !== undefined) free.delete(sandbox);
    return sandbox;
  };

  const run = async (sandbox: Sandbox, { makeEvent, settle }: Waiting): Promise<void> => {
    const outcome = await sandbox.invoke(makeEvent());
    if (outcome.kind === 'returned' || outcome.kind === 'threw') release(sandbox);
    else {
      forget(sandbox);
      growIfNeeded();
    }
    settle(outcome);
  };

  return {
    invoke: (makeEvent) =>
      new Promise((settle) => {
        if (isClosed) return settle(closed);
        const sandbox = takeFree();
        if (sandbox !== undefined) return void run(sandbox, { makeEvent, settle });
        waiting.push({ makeEvent, settle });
        growIfNeeded();
      }),
    warm: grow,
    close: async () => {
      isClosed = true;
      for (const { timer } of free.values()) clearTimeout(timer);
      for (const { settle } of waiting.splice(0)) settle(closed);
      await Promise.all([...all].map((sandbox) => sandbox.close()));
    },
  };
};

const closed: Outcome = { kind: 'crashed', errorType: 'GatewayClosed', errorMessage: 'the gateway is closing' };
