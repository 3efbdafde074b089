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
  const isOwn = (type: string): boolean => domain.isConnectionType(type);
  const others = Object.keys(headSeqOf).filter((type) => !isOwn(type));
  let bytes = bytesOf(domain.connectionTypes) + bytesOf(others);
  const types: string[] = [];
  for (const type of audience) {
    if (!isOwn(type) && !Object.hasOwn(headSeqOf, type)) {
      if (others.length >= maxOtherTypes || bytes + bytesOf([type]) > maxTypeBytes) continue;
      others.push(type);
      bytes += bytesOf([type]);
    }
    types.push(type);
  }
  return types;
};

/**
 * A publisher that misspells its audience must not fill the head, which every message of a session reads and every event writes: it
 * stays below 1 KB, one write unit. Beside its types it has at most 180 bytes: 68 for a restaurant's id of 64 characters, 41 for the
 * epoch, the rest for names and numbers. What a change of the configuration made one of the others keeps its place.
 */
const maxOtherTypes = 16;
const maxTypeBytes = 840;

/** As DynamoDB counts: a name, a number of 16 digits in 9 bytes, and one for the pair. */
const bytesOf = (types: readonly string[]): number => types.reduce((sum, type) => sum + type.length + 10, 0);
