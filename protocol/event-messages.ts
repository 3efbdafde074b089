/** The frames that carry restaurant events, live and replayed. */
import type { ConnectionType } from './identifiers.ts';
import { limits } from './limits.ts';
import type { RestaurantEvent } from './restaurant-events.ts';
import { type Frame, type HeadFound, headOf, iso } from './server-messages.ts';

/** One restaurant event as one connection type sees it. Its data is put in as it was written, and read by nobody on the way. */
export const eventFrame = (
  event: RestaurantEvent,
  { restaurantId, epoch, connectionType, seesPublishers }: Stream,
): Frame => {
  const before = JSON.stringify({
    type: event.type,
    id: event.id,
    seq: event.seq,
    prev_seq: event.prevSeqOf[connectionType] ?? 0,
    epoch,
    restaurant_id: restaurantId,
  });
  const published = { ...publisherAsSeen(seesPublishers, event.publisher), timestamp: iso(event.occurredAtMs) };
  const after = JSON.stringify(published);
  return `${before.slice(0, -1)},"data":${event.data},${after.slice(1)}` as Frame;
};

/** Several in one frame, for clients that said `batch`. */
export const eventsFrame = (events: readonly Frame[]): Frame =>
  `{"type":"events","events":[${events.join(',')}]}` as Frame;

/** Whose events, and who looks at them. */
export type Stream = Readonly<{
  restaurantId: string;
  epoch: string;
  connectionType: ConnectionType;
  /** As the domain says of that connection type. */
  seesPublishers: boolean;
}>;

/** Guests stand before a customer display: it learns what kind of device published, and of nobody on the staff who they are. */
const publisherAsSeen = (seesPublishers: boolean, publisher: RestaurantEvent['publisher']) => ({
  user_id: seesPublishers ? publisher?.userId : undefined,
  connection_type: publisher?.connectionType,
});

export type Replayed = Readonly<{
  /** As `eventFrame` makes them. */
  events: readonly Frame[];
  /** Everything up to here is in this answer or not for this client: what the next `replay` says. */
  nextAfter: number;
  more: boolean;
  /** Events for this client between the asked number and the first one here are gone, or were never of this numbering. */
  gap: boolean;
  /** The first event of the answer; null where there is none. */
  oldestSeq: number | null;
  /** There is more, and the session has read as much as it may for now. */
  retryAfterMs?: number;
}>;

/** The answer to `replay`. */
export const replayed = (page: Replayed, head: HeadFound, type: ConnectionType, nowMs: number, id?: string): Frame => {
  const { epoch, head_seq } = headOf(head, type);
  const rest = JSON.stringify({
    epoch,
    next_after: page.nextAfter,
    head_seq,
    more: page.more,
    gap: page.gap,
    oldest_seq: page.oldestSeq,
    ...(page.retryAfterMs === undefined ? {} : { retry_after_ms: page.retryAfterMs }),
    ...(id === undefined ? {} : { id }),
    timestamp: iso(nowMs),
  });
  // The events are frames already: made of text that is JSON, they are not made again.
  return `{"type":"replayed","events":[${page.events.join(',')}],${rest.slice(1)}` as Frame;
};

/** Packs frames, in order, into as few as a metering unit of the platform allows. */
export const packed = (events: readonly Frame[]): readonly Frame[] => packs(events).map(packFrame);

/** The events of each frame that `packed` makes. */
export const packs = (events: readonly Frame[]): readonly (readonly Frame[])[] => {
  const made: Frame[][] = [];
  let bytes = 0;
  for (const event of events) {
    const eventBytes = byteLength(event) + 1;
    const last = made.at(-1);
    if (last === undefined || bytes + eventBytes > limits.maxBatchBytes - envelopeBytes) {
      made.push([event]);
      bytes = eventBytes;
    } else {
      last.push(event);
      bytes += eventBytes;
    }
  }
  return made;
};

/** One event goes as it is. */
export const packFrame = (events: readonly Frame[]): Frame => {
  const [only, ...others] = events;
  return only !== undefined && others.length === 0 ? only : eventsFrame(events);
};

/** UTF-8 bytes of a frame. */
export const byteLength = (text: string): number => new TextEncoder().encode(text).length;

const envelopeBytes = byteLength(eventsFrame([]));
