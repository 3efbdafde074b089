/**
 * How many restaurants share a run of the fan-out. A run takes up to ten messages of the FIFO queue, of any restaurants; while
 * places of the event source wait for messages each message has a run of its own, and when all are taken those that came
 * meanwhile share the next one. Computed: how Lambda polls a FIFO queue has not been measured.
 */
import { stretchesOf } from './arrivals.ts';
import { seeded } from './seeded.ts';
import { type Fleet, reference } from './fleet.ts';

/** Messages of one run, at most (`lib/event-queue.ts`). */
const batchSize = 10;

/** What one place of the event source does: milliseconds from one batch to the next with one message, and for each further one. */
type Slot = Readonly<{ slotMs: number; furtherTurnMs: number }>;

/**
 * The same for a fleet: what a further restaurant adds, and a further device, is work of the processor, of which twice the memory does
 * twice as much, up to a whole one. What a run waits for takes as long with any.
 */
export const slotOf = (
  { fanOutMemoryMiB, devices, audience }: Pick<Fleet, 'fanOutMemoryMiB' | 'devices' | 'audience'>,
  { slotMs, furtherTurnMs, furtherPostMs }: Slot & Readonly<{ furtherPostMs: number }>,
): Slot => {
  const slower = reference.fanOutMemoryMiB / Math.min(fanOutMemoryMiB, wholeProcessorMiB);
  const furtherPostsMs = Math.max(0, devices * audience - reference.devices) * furtherPostMs * slower;
  return { slotMs: slotMs + furtherPostsMs, furtherTurnMs: furtherTurnMs * slower + furtherPostsMs };
};
const wholeProcessorMiB = 1_769;

/** Messages a second that so many places take at most, each batch full. */
export const mostPerSecond = (concurrency: number, { slotMs, furtherTurnMs }: Slot): number =>
  (concurrency * batchSize * 1000) / (slotMs + (batchSize - 1) * furtherTurnMs);

/**
 * Messages in a run where so many come in a second. In the long run as many are taken as come: `places * n` of them in
 * `slotMs + (n - 1) * furtherTurnMs`, solved for n.
 */
export const messagesPerRun = (perSecond: number, concurrency: number, { slotMs, furtherTurnMs }: Slot): number => {
  const perPlaceAndMs = perSecond / concurrency / 1000;
  const idleShare = 1 - perPlaceAndMs * furtherTurnMs;
  if (idleShare <= 0) return batchSize;
  return Math.min(batchSize, Math.max(1, (perPlaceAndMs * (slotMs - furtherTurnMs)) / idleShare));
};

/** Runs of a day that has so many messages in all restaurants. */
export const runsPerDay = (
  { arrivals, hours, fanOutConcurrency }: Pick<Fleet, 'arrivals' | 'hours' | 'fanOutConcurrency'>,
  messages: number,
  slot: Slot,
): number =>
  stretchesOf(arrivals, hours, messages).reduce(
    (sum, stretch) =>
      sum + (stretch.hours * stretch.perHour) / messagesPerRun(stretch.perHour / 3600, fanOutConcurrency, slot),
    0,
  );

/** The same as `messagesPerRun`, drawn: messages at random moments, and places that take what is there. */
export const drawnMessagesPerRun = (
  perSecond: number,
  concurrency: number,
  { slotMs, furtherTurnMs }: Slot,
  messages: number,
): number => {
  const chance = seeded(1);
  const freeAt: number[] = Array.from({ length: concurrency }, () => 0);
  let now = 0;
  const waiting: number[] = [];
  for (let nth = 0; nth < messages; nth++) {
    now -= Math.log(1 - chance()) / perSecond;
    waiting.push(now);
  }
  let runs = 0;
  for (let next = 0; next < waiting.length; runs++) {
    const place = freeAt.indexOf(Math.min(...freeAt));
    const from = Math.max(freeAt[place] ?? 0, waiting[next] ?? 0);
    let taken = 0;
    while (taken < batchSize && (waiting[next] ?? Number.POSITIVE_INFINITY) <= from) {
      next++;
      taken++;
    }
    freeAt[place] = from + (slotMs + (taken - 1) * furtherTurnMs) / 1000;
  }
  return messages / runs;
};
