import type { SQSBatchResponse } from 'aws-lambda';
import { deliver } from '../delivery/delivery.ts';
import { openGate, type Share } from '../delivery/gate.ts';
import { numberEvents } from '../delivery/numbering.ts';
import { putOff } from '../delivery/redelivery.ts';
import {
  type EventQueueRecord,
  type InvalidPublication,
  type Publication,
  publicationOf,
} from '../events/publication.ts';
import type { Unposted } from '../ports.ts';
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
    const gate = openGate(ports, restaurants.size);
    const served = await Promise.all(
      [...restaurants].map(([id, publications]) => serve(ports, gate.enter())(id, publications)),
    );
    await postAgainLater(ports)(served.flatMap(({ unposted }) => unposted));
    const again = [...failed, ...served.flatMap(({ comesAgain }) => comesAgain)];
    return { batchItemFailures: again.map((itemIdentifier) => ({ itemIdentifier })) };
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

/** By one message a run. Where it cannot be sent, clients find what they miss at their next ping. */
const postAgainLater =
  (ports: FanOutPorts) =>
  async (unposted: readonly Unposted[]): Promise<void> => {
    try {
      await putOff(ports)(unposted, 1);
    } catch (error) {
      ports.telemetry.failed('redelivery', {}, error);
    }
  };

/** What became of one restaurant's messages: the ids of those that must come again, and what was not posted. */
type Served = Readonly<{ comesAgain: readonly string[]; unposted: readonly Unposted[] }>;

const serve =
  (ports: FanOutPorts, share: Share) =>
  async (restaurantId: string, publications: readonly Publication[]): Promise<Served> => {
    try {
      const numbered = await numberEvents(ports)(restaurantId, publications);
      const { unposted, ...posts } = await deliver(ports, share)(restaurantId, numbered);
      const oldestMs = Math.min(...publications.map(({ sentAtMs }) => sentAtMs));
      ports.telemetry.delivered(restaurantId, {
        numbered: numbered.fresh,
        ...posts,
        lagMs: Math.max(0, ports.now() - oldestMs),
      });
      return { comesAgain: [], unposted };
    } catch (error) {
      ports.telemetry.failed('fan_out', {}, error);
      return { comesAgain: publications.map(({ messageId }) => messageId), unposted: [] };
    } finally {
      share.leave();
    }
  };
