import type { SQSBatchResponse } from 'aws-lambda';
import { deliver } from '../delivery/delivery.ts';
import { openGate, type Share } from '../delivery/gate.ts';
import { type Aside, numberEvents } from '../delivery/numbering.ts';
import { queuedMessageOf } from '../delivery/queued-message.ts';
import { putOff } from '../delivery/redelivery.ts';
import {
  type EventQueueRecord,
  type InvalidPublication,
  type Publication,
  publicationOf,
} from '../events/publication.ts';
import { hiddenSeconds, pauseBeforeRetryMs, retriedForMs } from '../events/retries.ts';
import type { Unposted } from '../ports.ts';
import type { FanOutPorts } from '../route-ports.ts';

/** A message as it was received this time. */
type Received = EventQueueRecord &
  Readonly<{ receiptHandle: string; attributes: Readonly<{ ApproximateReceiveCount: string }> }>;

/** No try of the run begins later. */
type Run = Readonly<{ retriedUntilMs: number }>;

/**
 * The event queue's function: numbers each restaurant's events, stores them, posts them to who may see them. Restaurants
 * are independent, and each is a message group: what failed of it comes again with all that stood behind it, so that its
 * order stays. A message that is no publication, or has the id of another event, is put aside, so that it does not stand in
 * its restaurant's way.
 */
export const fanOut =
  (ports: FanOutPorts) =>
  async ({ Records }: Readonly<{ Records: readonly Received[] }>): Promise<SQSBatchResponse> => {
    const groups = [...Map.groupBy(Records, ({ attributes }) => attributes.MessageGroupId).values()];
    const run = { retriedUntilMs: ports.now() + retriedForMs(ports.timeLeftMs(), groups.length > 1) };
    const gate = openGate(ports, groups.length);
    const served = await Promise.all(
      groups.map(async (records) => {
        const outcome = await settle(ports, run, gate.enter())(records);
        await hide(ports)(outcome.comesAgain);
        return outcome;
      }),
    );
    await postAgainLater(ports)(served.flatMap(({ unposted }) => unposted));
    const comesAgain = served.flatMap((outcome) => outcome.comesAgain);
    return { batchItemFailures: comesAgain.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };

/** What became of one restaurant's messages: those that must come again, and what was not posted. */
type Outcome = Readonly<{ comesAgain: readonly Received[]; unposted: readonly Unposted[] }>;

/** One restaurant's messages, in their order. It leaves its share of the gate when it is done with. */
const settle =
  (ports: FanOutPorts, run: Run, share: Share) =>
  async (records: readonly Received[]): Promise<Outcome> => {
    const publications = new Map<Received, Publication>();
    let behind: readonly Received[] = [];
    for (const [nth, record] of records.entries()) {
      const publication = publicationOf(record, ports.isOwnSender, ports.domain);
      if (typeof publication !== 'string') publications.set(record, publication);
      else if ((await setAside(ports, run)(record, publication)) === 'failed') {
        behind = records.slice(nth);
        break;
      }
    }
    const { comesAgain, unposted } = await serve(ports, run, share)(publications);
    share.leave();
    return { comesAgain: [...comesAgain, ...behind], unposted };
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

const setAside =
  (ports: FanOutPorts, run: Run) =>
  async (record: EventQueueRecord, why: InvalidPublication): Promise<'done' | 'failed'> => {
    try {
      const message = queuedMessageOf(record, ports.isOwnSender);
      await retried(ports, run)(() => ports.deadLetter(message, why));
      ports.telemetry.publicationInvalid(message, why);
      return 'done';
    } catch (error) {
      ports.telemetry.failed('dead_letter', {}, error);
      return 'failed';
    }
  };

const serve =
  (ports: FanOutPorts, run: Run, share: Share) =>
  async (received: ReadonlyMap<Received, Publication>): Promise<Outcome> => {
    const publications = [...received.values()];
    const [first] = publications;
    if (first === undefined) return { comesAgain: [], unposted: [] };
    const { restaurantId } = first;
    try {
      const numbered = await retried(ports, run)(() => numberEvents(ports)(restaurantId, publications));
      const { unposted, ...posts } = await retried(ports, run)(() => deliver(ports, share)(restaurantId, numbered));
      const comesAgain = await putAllAside(ports, run)(numbered.aside, received);
      if (numbered.aside.length === publications.length) return { comesAgain, unposted };
      const oldestMs = Math.min(...publications.map(({ sentAtMs }) => sentAtMs));
      ports.telemetry.delivered(restaurantId, {
        numbered: numbered.fresh,
        ...posts,
        lagMs: Math.max(0, ports.now() - oldestMs),
      });
      return { comesAgain, unposted };
    } catch (error) {
      ports.telemetry.failed('fan_out', {}, error);
      return { comesAgain: [...received.keys()], unposted: [] };
    }
  };

const putAllAside =
  (ports: FanOutPorts, run: Run) =>
  async (aside: readonly Aside[], received: ReadonlyMap<Received, Publication>): Promise<readonly Received[]> => {
    const failed: Received[] = [];
    for (const { messageId, why } of aside)
      for (const record of received.keys())
        if (record.messageId === messageId && (await setAside(ports, run)(record, why)) === 'failed')
          failed.push(record);
    return failed;
  };

/** Does it again while there is time: all that a run does may be done twice. Throws what the last try threw. */
const retried =
  (ports: FanOutPorts, { retriedUntilMs }: Run) =>
  async <T>(work: () => Promise<T>): Promise<T> => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await work();
      } catch (error) {
        const pauseMs = pauseBeforeRetryMs(tries, retriedUntilMs - ports.now());
        if (pauseMs === undefined) throw error;
        await ports.pause(pauseMs);
      }
    }
  };

/** All of a group as long as its first one, which was received most often: a later one that came before it would wait for it. */
const hide =
  (ports: FanOutPorts) =>
  async (messages: readonly Received[]): Promise<void> => {
    const [first] = messages;
    if (first === undefined) return;
    try {
      await ports.hideMessages(messages, hiddenSeconds(Number(first.attributes.ApproximateReceiveCount)));
    } catch (error) {
      ports.telemetry.failed('fan_out', {}, error);
    }
  };
