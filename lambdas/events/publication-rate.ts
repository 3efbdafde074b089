/** How many events of one minute a restaurant may have. The minute is that in which they were published, however late they are numbered. Pure. */
import type { StreamHead } from '../../protocol/restaurant-events.ts';

const minuteMs = 60_000;
const minuteOf = (atMs: number): number => atMs - (atMs % minuteMs);

/** The head once it has counted an event that was published then. */
export const counted = (head: StreamHead, publishedAtMs: number): StreamHead => ({
  ...head,
  minute: { startMs: minuteOf(publishedAtMs), count: countOf(head, publishedAtMs) + 1 },
});

/** Whether a restaurant has had all it may have of the minute. */
export const isOverRate = (head: StreamHead | undefined, publishedAtMs: number, perMinute: number): boolean =>
  head !== undefined && countOf(head, publishedAtMs) >= perMinute;

const countOf = ({ minute }: StreamHead, publishedAtMs: number): number =>
  minute?.startMs === minuteOf(publishedAtMs) ? minute.count : 0;
