import type { PostAgain, Timer } from '../../lambdas/ports.ts';
import { redeliveryTexts } from '../../lambdas/sqs/redelivery-message.ts';
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
    perform('timer.send', () => put(queue, JSON.stringify({ v: 1, ...message }), delaySeconds, now())),
});

export const memoryPostAgain =
  (queue: Queue, perform: Perform, now: () => number): PostAgain =>
  (redelivery, delaySeconds) =>
    perform('postAgain', () => {
      for (const body of redeliveryTexts(redelivery)) put(queue, body, delaySeconds, now());
    });

const put = (queue: Queue, body: string, delaySeconds: number, nowMs: number): void => {
  if (!Number.isInteger(delaySeconds) || delaySeconds < 0 || delaySeconds > maxDelaySeconds)
    throw new RangeError(`a delay must be a whole number of seconds from 0 to 900, got ${delaySeconds}`);
  const messageId = `m-${++queue.sent}`;
  queue.waiting.push({ messageId, body, dueAtMs: nowMs + delaySeconds * 1000, receives: 0 });
};
