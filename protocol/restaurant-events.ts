/** What every restaurant event looks like, whoever published it, and once it is numbered. */
import type { ConnectionType } from './identifiers.ts';
import type { JsonText } from './json/json-text.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** Dotted lower-case words: `order.created`, `inventory.low_stock`. Never a type of the wire itself, which have no dot. */
export const eventTypePattern = /^[a-z][a-z0-9_]{0,31}(?:\.[a-z][a-z0-9_]{0,31}){1,3}$/;
export const isEventType = (text: string): text is `${string}.${string}` => eventTypePattern.test(text);

/** A publisher's own id of an event, its idempotency key. */
export const eventIdPattern = /^[\w.:-]{1,128}$/;
export const isEventId = (text: string): boolean => eventIdPattern.test(text);

/** One numbered event of a restaurant. */
export type RestaurantEvent = Readonly<{
  id: string;
  seq: number;
  type: string;
  /** An object, as its publisher wrote it. */
  data: JsonText;
  /** Connection types, perhaps some that only another version knows: those hear it there. */
  audience: readonly string[];
  /** The number of the event before it that each of its audience may see; 0 where there is none. */
  prevSeqOf: Readonly<Record<string, number>>;
  /** The device that published it; none: a backend. */
  publisher?: Readonly<{ userId: string; connectionType: string }>;
  /** When it was numbered. */
  occurredAtMs: number;
}>;

/** How far a restaurant's events have come. `epoch` names this numbering: another one has nothing to do with it. */
export type StreamHead = Readonly<{
  epoch: string;
  headSeq: number;
  /** The newest event each connection type may see; absent: none yet. */
  headSeqOf: Readonly<Record<string, number>>;
  /** How many were numbered of those that were published in the last minute of which there was one. */
  minute?: Readonly<{ startMs: number; count: number }>;
  /** What another version keeps in its heads, written back as it was found. */
  others?: Readonly<Record<string, unknown>>;
}>;

export const isVisibleTo = (event: RestaurantEvent, type: ConnectionType): boolean => event.audience.includes(type);
