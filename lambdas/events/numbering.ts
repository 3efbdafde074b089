/** How events get their numbers. Pure: `(head, publication, now) -> event`, `(domain, head, event) -> head`. */
import type { Domain } from '../../protocol/domain.ts';
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
export const advanced = (domain: Domain, head: StreamHead, event: RestaurantEvent): StreamHead => ({
  ...head,
  headSeq: event.seq,
  headSeqOf: { ...head.headSeqOf, ...Object.fromEntries(heard(domain, head, event).map((type) => [type, event.seq])) },
});

/** The types of which a head knows the newest event: all of this configuration, and as many others as there is room for. */
const heard = (domain: Domain, { headSeqOf }: StreamHead, { audience }: RestaurantEvent): readonly string[] => {
  const isKnown = (type: string): boolean => domain.isConnectionType(type) || Object.hasOwn(headSeqOf, type);
  const room = Math.max(
    0,
    maxOtherTypes - Object.keys(headSeqOf).filter((type) => !domain.isConnectionType(type)).length,
  );
  return [...audience.filter(isKnown), ...audience.filter((type) => !isKnown(type)).slice(0, room)];
};

/**
 * A publisher that misspells its audience must not fill the head, which every message of a session reads and every event
 * writes: with so many names of 32 characters it stays below 1 KB, one write unit.
 */
const maxOtherTypes = 16;
