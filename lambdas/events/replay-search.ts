/**
 * How the events of one connection type after a number are found. Pure: `search -> next read`, `(search, what was read) ->
 * search`.
 *
 * There are two ways to them. Back along `prev_seq`, from the newest event of the type: each read is an event of the type,
 * whatever lies between. Forward by pages: these read what is for others, too, but many at once. They take turns, each as far
 * as the other has come in read units, until they meet: an answer costs at most about twice what the cheaper one would.
 */
import { byteLength, eventFrame, type Stream } from '../../protocol/event-messages.ts';
import { limits } from '../../protocol/limits.ts';
import { isVisibleTo, type RestaurantEvent } from '../../protocol/restaurant-events.ts';
import type { Frame } from '../../protocol/server-messages.ts';

/** An event of the type, and the number of the one before it. */
export type Found = Readonly<{ seq: number; prevSeq: number; frame: Frame }>;

export type Search = Readonly<{
  stream: Stream;
  after: number;
  /** As many events as may be answered. */
  limit: number;
  /** The newest event of the type. */
  headSeq: number;
  /** Found by pages, ascending: all that are kept up to `readThrough`. */
  front: readonly Found[];
  frontBytes: number;
  readThrough: number;
  /** The first number after the last of `front` whose event is gone, whoever might have seen it. */
  missing: number | undefined;
  /** Found by going back, ascending: all above `backTo`, which names the next one. */
  back: readonly Found[];
  backTo: number;
  /** The event at `backTo` is gone. */
  isBroken: boolean;
  /** Whether the last page was mostly for others; `undefined`: none was read. */
  lastPage: 'dense' | 'sparse' | undefined;
  reads: number;
  backUnits: number;
  frontUnits: number;
}>;

/** A read of the event table: `limit` events at most of `(after, upTo]`. */
export type Read = Readonly<{ way: 'back' | 'forward'; after: number; upTo: number; limit: number }>;

/** By how much the way back is ahead: one missed event, or a few, cost one read each and no page. */
const headStartUnits = 4;
/** The first page finds out how many of the events are of the type. */
const firstPageSize = 64;
const pageSize = 250;
/** A page is dense when one in so many of its events is of the type. */
const denseShare = 4;
/** The reads of one answer come one after the other, a few milliseconds each. */
const maxReads = 40;

export const searchAfter = (
  stream: Stream,
  { after, limit, headSeq }: Readonly<{ after: number; limit: number; headSeq: number }>,
): Search => ({
  stream,
  after,
  limit,
  headSeq,
  front: [],
  frontBytes: 0,
  readThrough: after,
  missing: undefined,
  back: [],
  backTo: headSeq,
  isBroken: false,
  lastPage: undefined,
  reads: 0,
  backUnits: 0,
  frontUnits: 0,
});

/** Whether the two ways have met: everything after the number has been found. */
export const isWhole = ({ backTo, readThrough }: Search): boolean => backTo <= readThrough;

const unitsOf = ({ backUnits, frontUnits }: Search): number => backUnits + frontUnits;

/** What to read next, or `enough`. One page is read whatever is left, so that each answer comes further than the one before it. */
export const nextRead = (search: Search, allowedUnits: number): Read | 'enough' => {
  const { readThrough, backTo, lastPage, backUnits, frontUnits } = search;
  if (isWhole(search) || search.isBroken || isFull(search)) return 'enough';
  const isSpent = unitsOf(search) >= allowedUnits || search.reads >= maxReads;
  if (isSpent && lastPage !== undefined) return 'enough';
  if (!isSpent && lastPage !== 'dense' && backUnits <= frontUnits + headStartUnits)
    return { way: 'back', after: backTo - 1, upTo: backTo, limit: 1 };
  return { way: 'forward', after: readThrough, upTo: backTo, limit: lastPage === undefined ? firstPageSize : pageSize };
};

const isFull = ({ front, frontBytes, limit }: Search): boolean =>
  front.length >= limit || frontBytes > limits.maxReplayBytes;

/** The search after a read: the events that are kept, in order, and how far the table looked. */
export const afterRead = (
  search: Search,
  way: Read['way'],
  read: Readonly<{ events: readonly RestaurantEvent[]; readThrough: number; units: number }>,
): Search => ({
  ...(way === 'back' ? steppedBack(search, read.events[0]) : pagedForward(search, read)),
  reads: search.reads + 1,
  ...(way === 'back' ? { backUnits: search.backUnits + read.units } : { frontUnits: search.frontUnits + read.units }),
});

const steppedBack = (search: Search, event: RestaurantEvent | undefined): Search => {
  const found = event && foundIn(search.stream, event);
  if (found === undefined) return { ...search, isBroken: true };
  return { ...search, back: [found, ...search.back], backTo: found.prevSeq };
};

const pagedForward = (
  search: Search,
  { events, readThrough }: Readonly<{ events: readonly RestaurantEvent[]; readThrough: number }>,
): Search => {
  const front = [...search.front];
  let { frontBytes, missing } = search;
  let expected = search.readThrough + 1;
  for (const event of events) {
    if (event.seq > expected) missing ??= expected;
    expected = event.seq + 1;
    const found = foundIn(search.stream, event);
    if (found === undefined) continue;
    front.push(found);
    frontBytes += byteLength(found.frame) + 1;
    // It says itself which one of the type came before it.
    missing = undefined;
  }
  if (expected <= readThrough) missing ??= expected;
  const share = (front.length - search.front.length) * denseShare;
  return {
    ...search,
    front,
    frontBytes,
    missing,
    readThrough,
    lastPage: share > 0 && share >= events.length ? 'dense' : 'sparse',
  };
};

const foundIn = (stream: Stream, event: RestaurantEvent): Found | undefined =>
  isVisibleTo(event, stream.connectionType)
    ? { seq: event.seq, prevSeq: event.prevSeqOf[stream.connectionType] ?? 0, frame: eventFrame(event, stream) }
    : undefined;
