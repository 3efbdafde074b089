import type { Outcome, Sandbox } from './sandbox.ts';

type Waiting = { readonly event: unknown; readonly settle: (outcome: Outcome) => void };

/** The sandboxes of one function. */
export type Pool = {
  /** Resolves however the invocation ends; events wait in order while every sandbox is busy. */
  readonly invoke: (event: unknown) => Promise<Outcome>;
  /** Starts a first sandbox; resolves when it has loaded the function, to why not if it could not. */
  readonly warm: () => Promise<Outcome | undefined>;
  readonly close: () => Promise<void>;
};

/**
 * A pool that starts a sandbox whenever an event finds none free, up to `cap`, and keeps them. A sandbox that died is
 * replaced when the next event needs it.
 */
export const createPool = (start: () => Sandbox, cap: number): Pool => {
  const all = new Set<Sandbox>();
  const free: Sandbox[] = [];
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

  const forget = (sandbox: Sandbox): void => {
    all.delete(sandbox);
    const index = free.indexOf(sandbox);
    if (index >= 0) free.splice(index, 1);
  };

  const growIfNeeded = (): void => {
    if (!isClosed && waiting.length > starting && all.size < cap) void grow();
  };

  const release = (sandbox: Sandbox): void => {
    const next = waiting.shift();
    if (next === undefined) free.push(sandbox);
    else void run(sandbox, next);
  };

  const run = async (sandbox: Sandbox, { event, settle }: Waiting): Promise<void> => {
    const outcome = await sandbox.invoke(event);
    if (outcome.kind === 'returned' || outcome.kind === 'threw') release(sandbox);
    else {
      forget(sandbox);
      growIfNeeded();
    }
    settle(outcome);
  };

  return {
    invoke: (event) =>
      new Promise((settle) => {
        if (isClosed) return settle(closed);
        const sandbox = free.pop();
        if (sandbox !== undefined) return void run(sandbox, { event, settle });
        waiting.push({ event, settle });
        growIfNeeded();
      }),
    warm: grow,
    close: async () => {
      isClosed = true;
      for (const { settle } of waiting.splice(0)) settle(closed);
      await Promise.all([...all].map((sandbox) => sandbox.close()));
    },
  };
};

const closed: Outcome = { kind: 'crashed', errorType: 'GatewayClosed', errorMessage: 'the gateway is closing' };
