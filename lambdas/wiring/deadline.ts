/** The deadline of an invocation, and clients whose calls keep it. */
import type { Run } from '../security/metric-lines.ts';
import { type CallPolicy, mayRetry, nextAttemptTimeoutMs } from '../call-policy/call-policy.ts';

/** A call was given up: the time of the invocation, or of a silent service, is over. The SDK does not try again. */
export class OutOfTime extends Error {
  readonly code = 'OUT_OF_TIME';

  constructor(why: 'no_time_left' | 'no_answer') {
    super(
      why === 'no_time_left' ? 'the invocation has no time left for this call' : 'the call had no answer in its time',
    );
    this.name = 'OutOfTime';
  }
}

/** Of Lambda's context, what tells how long the invocation may go on. */
type Context = Readonly<{ getRemainingTimeInMillis: () => number }>;

/** The part of an SDK client through which each single try goes. */
type Client = Readonly<{
  config: {
    requestHandler: {
      // biome-ignore lint/suspicious/noExplicitAny: requests and answers are handed on as they are
      handle: (request: any, options?: any) => Promise<any>;
    };
  };
}>;

export type Deadline = Readonly<{
  /** The function whose invocations the clients' calls end with. */
  wrap: <E, R>(handler: (event: E) => R | Promise<R>) => (event: E, context: Context) => Promise<R>;
  /** The client itself, whose calls keep to that policy from now on. */
  bind: <C extends Client>(client: C, policy: CallPolicy) => C;
  /** Until Lambda ends the invocation. */
  leftMs: () => number;
  /**
   * Has this called when an invocation is over, with how long it ran; and once before, without, where it is about to be ended: what it
   * has to tell would be lost.
   */
  atEnd: (tell: (run?: Run) => void) => void;
}>;

/** For a last word before Lambda ends the invocation. */
const lastWordMs = 50;

/**
 * One for a sandbox, which has one invocation at a time. Before the first one there is no deadline.
 *
 * @param nowMs a clock that never goes back
 */
export const invocationDeadline = (nowMs: () => number = () => performance.now()): Deadline => {
  let endsAtMs = Number.POSITIVE_INFINITY;
  let invocation = 0;

  const leftMs = (): number => endsAtMs - nowMs();
  const tells: ((run?: Run) => void)[] = [];
  const tellAll = (run?: Run): void => {
    for (const tell of tells) tell(run);
  };

  return {
    leftMs,
    atEnd: (tell) => void tells.push(tell),
    wrap: (handler) => {
      // The last that a function does while it starts. Its clock began with its process.
      const startedInMs = nowMs();
      return async (event, context) => {
        const beganAtMs = nowMs();
        const remainingMs = context.getRemainingTimeInMillis();
        endsAtMs = beganAtMs + remainingMs;
        const isFirst = invocation === 0;
        invocation += 1;
        const lastWord = setTimeout(tellAll, remainingMs - lastWordMs);
        try {
          return await handler(event);
        } finally {
          clearTimeout(lastWord);
          tellAll({ ranMs: nowMs() - beganAtMs, ...(isFirst ? { startedInMs } : {}) });
        }
      };
    },
    bind: (client, policy) => {
      const { requestHandler } = client.config;
      const handle = requestHandler.handle.bind(requestHandler);
      let unanswered = 0;
      let countedIn = invocation;
      const progress = () => ({ leftMs: leftMs(), unanswered });

      // The SDK takes one timeout for all tries of a call. Its handler is where each of them comes by.
      requestHandler.handle = async (request, options) => {
        // Each invocation finds out for itself.
        if (countedIn !== invocation) unanswered = 0;
        countedIn = invocation;
        const wasOpen = unanswered >= policy.openAfter;
        const requestTimeout = nextAttemptTimeoutMs(policy, progress());
        if (requestTimeout === 0) throw new OutOfTime('no_time_left');
        try {
          const answer = await handle(request, { ...options, requestTimeout });
          unanswered = 0;
          return answer;
        } catch (error) {
          unanswered += 1;
          // Without its cause, by which the SDK would try again.
          if (!mayRetry(policy, progress(), wasOpen)) throw new OutOfTime('no_answer');
          throw error;
        }
      };
      return client;
    },
  };
};
