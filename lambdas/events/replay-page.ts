/** What one `replayed` answer holds. Pure. All its numbers are of events that its connection type may see. */
import { byteLength, type Replayed } from '../../protocol/event-messages.ts';
import { limits } from '../../protocol/limits.ts';
import type { Frame } from '../../protocol/server-messages.ts';
import { type Found, isWhole, type Search } from './replay-search.ts';

/** The answer that needs no read: the type has nothing after the number. */
export const nothingAfter = (after: number, headSeq: number): Replayed => ({
  events: [],
  nextAfter: headSeq,
  more: false,
  // The type was never given so high a number under this epoch: the client's are of another one.
  gap: after > headSeq,
  oldestSeq: null,
});

/** The answer of a search, however far it came. */
export const replayedFrom = (search: Search): Replayed => {
  const { after, headSeq, front, back, isBroken } = search;
  // What lies between the two ways is not known yet, unless it is gone: then the answer begins behind it.
  const found = isWhole(search) || (isBroken && front.length === 0) ? [...front, ...back] : front;
  const { frames, first, last, isCut } = fitting(found, search);
  if (first === undefined) return withoutEvents(search);
  const nextAfter = isCut || isWhole(search) ? last : Math.max(last, passed(search));
  return {
    events: frames,
    nextAfter,
    more: nextAfter < headSeq,
    gap: first.prevSeq > after,
    oldestSeq: first.seq,
  };
};

/** As many as one frame holds, in order, up to a hole: the next answer begins with it. */
const fitting = (found: readonly Found[], { after, limit }: Search) => {
  const frames: Frame[] = [];
  let bytes = 0;
  let last = after;
  for (const { seq, prevSeq, frame } of found) {
    bytes += byteLength(frame) + 1;
    // The first one always fits: an event is smaller than a frame. A hole before it is the gap of this answer.
    const isFirst = frames.length === 0;
    if (frames.length >= limit || (!isFirst && (bytes > limits.maxReplayBytes || prevSeq > last))) break;
    frames.push(frame);
    last = seq;
  }
  return { frames, first: found[0], last, isCut: frames.length < found.length };
};

/** So far nothing of the type can have been lost since the last one that was found. */
const passed = ({ readThrough, missing }: Search): number => (missing === undefined ? readThrough : missing - 1);

const withoutEvents = (search: Search): Replayed => {
  const { after, headSeq, readThrough } = search;
  const none = { events: [], oldestSeq: null };
  // The newest of the type is after the number, and is not there.
  if (isWhole(search) || search.isBroken) return { ...none, nextAfter: headSeq, more: false, gap: true };
  // Events are gone, and nobody knows yet whether one of them was of the type: better a gap too many than one too few.
  const gap = passed(search) <= after;
  return { ...none, nextAfter: gap ? readThrough : passed(search), more: true, gap };
};
