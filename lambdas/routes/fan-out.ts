import type { SQSBatchResponse } from 'aws-lambda';
import { deliver } from '../delivery/delivery.ts';
import { numberEvents } from '../delivery/numbering.ts';
import {
  type EventQueueRecord,
  type InvalidPublication,
  type Publication,
  publicationOf,
} from '../events/publication.ts';
import { withVerifiedPublisher } from '../events/verified-publisher.ts';
import type { FanOutPorts } from '../route-ports.ts';

/**
 * The event queue's function: numbers each restaurant's events, stores them, posts them to who may see them. Restaurants
 * are independent; of one restaurant either all messages of the batch are done or all come again, in their order. A
 * message that is no publication is put aside, so that it does not stand in its restaurant's way.
 */
export const fanOut =
  (ports: FanOutPorts) =>
  async ({ Records }: Readonly<{ Records: readonly EventQueueRecord[] }>): Promise<SQSBatchResponse> => {
    const restaurants = new Map<string, Publication[]>();
    const failed: string[] = [];
    for (const record of Records) {
      const read = publicationOf(record);
      if (typeof read !== 'string') {
        const publication = withVerifiedPublisher(read, record, ports.isOwnSender);
        restaurants.set(read.restaurantId, [...(restaurants.get(read.restaurantId) ?? []), publication]);
      } else if ((await deadLetter(ports)(record, read)) === 'failed') failed.push(record.messageId);
    }
    const outcomes = await Promise.all([...restaurants].map(([id, publications]) => serve(ports)(id, publications)));
    return { batchItemFailures: [...failed, ...outcomes.flat()].map((itemIdentifier) => ({ itemIdentifier })) };
  };

const deadLetter =
  (ports: FanOutPorts) =>
  async (record: EventQueueRecord, why: InvalidPublication): Promise<'done' | 'failed'> => {
    try {
      await ports.deadLetter(record, why);
      ports.telemetry.publicationInvalid(record.messageId, why);
      return 'done';
    } catch (error) {
      ports.telemetry.failed('dead_letter', {}, error);
      return 'failed';
    }
  };

/** One restaurant's messages; yields the ids of those that must come again. */
const serve =
  (ports: FanOutPorts) =>
  async (restaurantId: string, publications: readonly Publication[]): Promise<readonly string[]> => {
    try {
      const numbered = await numberEvents(ports)(restaurantId, publications);
      const posted = await deliver(ports)(restaurantId, numbered);
      const oldestMs = Math.min(...publications.map(({ sentAtMs }) => sentAtMs));
      ports.telemetry.delivered(restaurantId, {
        numbered: numbered.fresh,
        ...posted,
        lagMs: Math.max(0, ports.now() - oldestMs),
      });
      return [];
    } catch (error) {
      ports.telemetry.failed('fan_out', {}, error);
      return publications.map(({ messageId }) => messageId);
    }
  };
