/** What one `replayed` answer holds. Pure. */
import { byteLength, eventFrame, type Replayed, type Stream } from '../../protocol/event-messages.ts';
import { limits } from '../../protocol/limits.ts';
import { isVisibleTo, type RestaurantEvent, type StreamHead } from '../../protocol/restaurant-events.ts';
import type { Frame } from '../../protocol/server-messages.ts';

/** An answer being put together. `readThrough`: every event up to there has been considered. */
export type Page = Readonly<{
  frames: readonly Frame[];
  bytes: number;
  readThrough: number;
  /** The first event that was found at all, for this client or not; undefined: none yet. */
  firstKept: number | undefined;
  isFull: boolean;
}>;

export const emptyPage = (after: number): Page => ({
  frames: [],
  bytes: 0,
  readThrough: after,
  firstKept: undefined,
  isFull: false,
});

/** Adds the next events that were read, until the page is full; `readThrough` is how far the reading came. */
export const filled = (
  page: Page,
  read: Readonly<{ events: readonly RestaurantEvent[]; readThrough: number }>,
  stream: Stream,
  limit: number,
): Page => {
  let next = page;
  for (const event of read.events) {
    next = { ...next, firstKept: next.firstKept ?? event.seq };
    if (isVisibleTo(event, stream.connectionType)) {
      const frame = eventFrame(event, stream);
      const bytes = next.bytes + byteLength(frame) + 1;
      // The first one always fits: an event is smaller than a page.
      if (next.frames.length > 0 && bytes > limits.maxReplayBytes) return { ...next, isFull: true };
      next = { ...next, frames: [...next.frames, frame], bytes };
      if (next.frames.length >= limit) return { ...next, readThrough: event.seq, isFull: true };
    }
    next = { ...next, readThrough: event.seq };
  }
  return { ...next, readThrough: read.readThrough };
};

/** The answer to a `replay` that asked for what comes after a number. */
export const replayedFrom = (page: Page, after: number, head: StreamHead, stream: Stream): Replayed => {
  // Nothing was ever numbered so high under this epoch: the client's numbers are of another one.
  if (after > head.headSeq) return { events: [], nextAfter: head.headSeq, more: false, gap: true, oldestSeq: null };
  const isPastAll = page.firstKept === undefined && page.readThrough > after;
  return {
    events: page.frames,
    nextAfter: page.readThrough,
    more: page.readThrough < (head.headSeqOf[stream.connectionType] ?? 0),
    gap: isPastAll || (page.firstKept !== undefined && page.firstKept > after + 1),
    oldestSeq: page.firstKept ?? null,
  };
};
