import type { Timer } from '../../lambdas/ports.ts';
import type { Perform } from './port-call.ts';

/** One message of the queue; `receives` counts how often a function got it. */
export type QueueMessage = Readonly<{ messageId: string; body: string; dueAtMs: number; receives: number }>;

/** A standard queue with per-message delay: what waits, and what was given up. */
export type Queue = { waiting: QueueMessage[]; deadLetters: QueueMessage[]; sent: number };

export const emptyQueue = (): Queue => ({ waiting: [], deadLetters: [], sent: 0 });

/** Longest delay of one SQS message, in seconds. */
const maxDelaySeconds = 900;

export const memoryTimer = (queue: Queue, perform: Perform, now: () => number): Timer => ({
  send: (message, delaySeconds) =>
    perform('timer.send', () => {
      if (!Number.isInteger(delaySeconds) || delaySeconds < 0 || delaySeconds > maxDelaySeconds)
        throw new RangeError(`a delay must be a whole number of seconds from 0 to 900, got ${delaySeconds}`);
      const body = JSON.stringify({ v: 1, ...message });
      const messageId = `m-${++queue.sent}`;
      queue.waiting.push({ messageId, body, dueAtMs: now() + delaySeconds * 1000, receives: 0 });
    }),
});
