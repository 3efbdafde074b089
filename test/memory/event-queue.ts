/** The event queue in memory: one group a restaurant, in order, each message at least once. */
import { randomUUID } from 'node:crypto';
import type { DeadLetter, Publish } from '../../lambdas/ports.ts';
import { eventIdOf } from '../../lambdas/sqs/event-queue.ts';
import type { Perform } from './port-call.ts';

export type EventMessage = Readonly<{ messageId: string; group: string; body: string; sentAtMs: number }>;

export type EventQueue = {
  readonly waiting: EventMessage[];
  readonly aside: Readonly<{ body: string; why: string; restaurant: string; publisher: string }>[];
};

export const emptyEventQueue = (): EventQueue => ({ waiting: [], aside: [] });

/** @param deduplicated ids the queue has seen; it keeps a second message of one out */
export const memoryPublish =
  (queue: EventQueue, perform: Perform, now: () => number, deduplicated = new Set<string>()): Publish =>
  (publication) =>
    perform('publish', () => {
      const { restaurantId, type, data, audience, publisher } = publication;
      const id = eventIdOf(publication);
      if (deduplicated.has(id)) return id;
      deduplicated.add(id);
      const from = { user_id: publisher.userId, connection_type: publisher.connectionType };
      put(queue, restaurantId, JSON.stringify({ v: 1, type, data, id, audience, from }), now());
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
