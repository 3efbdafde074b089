/** The event queue in memory: one group a restaurant, in order, each message at least once. */
import { randomUUID } from 'node:crypto';
import { deviceBody } from '../../lambdas/events/publication.ts';
import type { DeadLetter, HideMessages, Publish } from '../../lambdas/ports.ts';
import { eventIdOf } from '../../lambdas/sqs/event-queue.ts';
import type { Perform } from './port-call.ts';

export type EventMessage = Readonly<{ messageId: string; group: string; body: string; sentAtMs: number }>;

export type EventQueue = {
  readonly waiting: EventMessage[];
  readonly aside: Readonly<{ body: string; why: string; restaurant: string; publisher: string }>[];
  /** What was hidden for how long, by receipt handle; the latest counts. */
  readonly hiddenSeconds: Map<string, number>;
};

export const emptyEventQueue = (): EventQueue => ({ waiting: [], aside: [], hiddenSeconds: new Map() });

/** @param deduplicated ids the queue has seen; it keeps a second message of one out */
export const memoryPublish =
  (queue: EventQueue, perform: Perform, now: () => number, deduplicated = new Set<string>()): Publish =>
  (publication) =>
    perform('publish', () => {
      const id = eventIdOf(publication);
      if (deduplicated.has(id)) return id;
      deduplicated.add(id);
      put(queue, publication.restaurantId, deviceBody(publication, id), now());
      return id;
    });

export const put = (queue: EventQueue, group: string, body: string, sentAtMs: number): EventMessage => {
  const message = { messageId: randomUUID(), group, body, sentAtMs };
  queue.waiting.push(message);
  return message;
};

export const memoryDeadLetter =
  (queue: EventQueue, perform: Perform): DeadLetter =>
  ({ body, restaurant, publisher }, why) =>
    perform('deadLetter', () => {
      queue.aside.push({ body, why, restaurant, publisher });
    });

export const memoryHideMessages =
  (queue: EventQueue, perform: Perform): HideMessages =>
  (messages, seconds) =>
    perform('hideMessages', () => {
      for (const { receiptHandle } of messages) queue.hiddenSeconds.set(receiptHandle, seconds);
    });
