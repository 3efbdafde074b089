/** How events get their numbers. Pure: `(head, publication, now) -> event`, `(head, event) -> head`. */
import type { RestaurantEvent, StreamHead } from '../../protocol/restaurant-events.ts';
import type { Publication } from './publication.ts';

/** A numbering that has not begun. */
export const emptyStream = (epoch: string): StreamHead => ({ epoch, headSeq: 0, headSeqOf: {} });

/** The event as it comes next after a head. */
export const nextEvent = (head: StreamHead, publication: Publication, nowMs: number): RestaurantEvent => ({
  id: publication.id,
  seq: head.headSeq + 1,
  type: publication.type,
  data: publication.data,
  audience: publication.audience,
  prevSeqOf: Object.fromEntries(publication.audience.map((type) => [type, head.headSeqOf[type] ?? 0])),
  ...(publication.publisher === undefined ? {} : { publisher: publication.publisher }),
  occurredAtMs: nowMs,
});

/** The head once an event is numbered. */
export const advanced = (head: StreamHead, event: RestaurantEvent): StreamHead => ({
  epoch: head.epoch,
  headSeq: event.seq,
  headSeqOf: { ...head.headSeqOf, ...Object.fromEntries(event.audience.map((type) => [type, event.seq])) },
});
