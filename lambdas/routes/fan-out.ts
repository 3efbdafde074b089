import type { SQSBatchResponse } from 'aws-lambda';
import { deliver } from '../delivery/delivery.ts';
import { type Aside, numberEvents } from '../delivery/numbering.ts';
import { queuedMessageOf } from '../delivery/queued-message.ts';
import {
  type EventQueueRecord,
  type InvalidPublication,
  type Publication,
  publicationOf,
} from '../events/publication.ts';
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
      if (typeof read !== 'string')
        restaurants.set(read.restaurantId, [...(restaurants.get(read.restaurantId) ?? []), read]);
      else if ((await deadLetter(ports)(record, read)) === 'failed') failed.push(record.messageId);
    }
    const records = new Map(Records.map((record) => [record.messageId, record]));
    const outcomes = await Promise.all(
      [...restaurants].map(([id, publications]) => serve(ports)(id, publications, records)),
    );
    return { batchItemFailures: [...failed, ...outcomes.flat()].map((itemIdentifier) => ({ itemIdentifier })) };
  };

const deadLetter =
  (ports: FanOutPorts) =>
  async (record: EventQueueRecord, why: InvalidPublication): Promise<'done' | 'failed'> => {
    try {
      const message = queuedMessageOf(record);
      await ports.deadLetter(message, why);
      ports.telemetry.publicationInvalid(message, why);
      return 'done';
    } catch (error) {
      ports.telemetry.failed('dead_letter', {}, error);
      return 'failed';
    }
  };

/** One restaurant's messages; yields the ids of those that must come again. */
const serve =
  (ports: FanOutPorts) =>
  async (
    restaurantId: string,
    publications: readonly Publication[],
    records: ReadonlyMap<string, EventQueueRecord>,
  ): Promise<readonly string[]> => {
    try {
      const numbered = await numberEvents(ports)(restaurantId, publications);
      const posted = await deliver(ports)(restaurantId, numbered);
      const failed = await putAside(ports)(numbered.aside, records);
      if (numbered.aside.length === publications.length) return failed;
      const oldestMs = Math.min(...publications.map(({ sentAtMs }) => sentAtMs));
      ports.telemetry.delivered(restaurantId, {
        numbered: numbered.fresh,
        ...posted,
        lagMs: Math.max(0, ports.now() - oldestMs),
      });
      return failed;
    } catch (error) {
      ports.telemetry.failed('fan_out', {}, error);
      return publications.map(({ messageId }) => messageId);
    }
  };

/** Yields the ids of the messages that must come again. */
const putAside =
  (ports: FanOutPorts) =>
  async (aside: readonly Aside[], records: ReadonlyMap<string, EventQueueRecord>): Promise<readonly string[]> => {
    const failed: string[] = [];
    for (const { messageId, why } of aside) {
      const record = records.get(messageId);
      if (record !== undefined && (await deadLetter(ports)(record, why)) === 'failed') failed.push(messageId);
    }
    return failed;
  };
