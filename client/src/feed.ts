/** The stream of events: each delivered once, in order, holes found and filled. Pure; time is a number that comes in. */
import { backoffMs } from './backoff.ts';
import type { Cursor, Gap, RestaurantEvent } from './events.ts';
import type { ReplayPage } from './messages.ts';
import type { Timing } from './settings.ts';

/** A request for missed events that is under way. Its answer counts only for the epoch it was asked in. */
type Pull = Readonly<{ link: number; id: string; epoch: string; answerBy: number }>;

export type Feed = Readonly<{
  cursor: Cursor | undefined;
  /** The epoch left behind: what still arrives from it is late. */
  pastEpoch: string | undefined;
  /** The newest number known to exist, so far as anybody told. */
  wanted: number;
  /** Events that came before their predecessors, ascending. */
  held: readonly RestaurantEvent[];
  pull: Pull | undefined;
  /** Pulls in a row that brought nothing. */
  vain: number;
  pullNotBefore: number;
}>;

export type FeedOutput =
  | Readonly<{ kind: 'deliver'; event: RestaurantEvent }>
  | Readonly<{ kind: 'gap'; gap: Gap }>
  | Readonly<{ kind: 'cursor'; cursor: Cursor }>;

export type FeedStep = readonly [Feed, readonly FeedOutput[]];

/** More are dropped: the replay brings them again. */
const maxHeld = 256;
/** After so many pulls without result the gateway does not have what it announced. */
const maxVain = 5;

export const emptyFeed = (cursor: Cursor | undefined): Feed => ({
  cursor,
  pastEpoch: undefined,
  wanted: 0,
  held: [],
  pull: undefined,
  vain: 0,
  pullNotBefore: 0,
});

/** Events as they arrive, in any order, from any connection, any number of times. */
export const receiveEvents = (feed: Feed, events: readonly RestaurantEvent[]): FeedStep => {
  let step: FeedStep = [feed, []];
  for (const event of events) step = and(step, (before) => receiveEvent(before, event));
  return step;
};

/** The newest event, as `auth_success` or `pong` of the connection in use tell it. It may be stale: it never moves the cursor back. */
export const learnHead = (feed: Feed, head: Cursor): FeedStep => {
  if (feed.cursor === undefined) return startAt(feed, head, 'start');
  if (feed.cursor.epoch !== head.epoch) return startAt(feed, head, 'epoch_changed');
  return [{ ...feed, wanted: Math.max(feed.wanted, head.seq) }, []];
};

/** Whether events are known to be missing. */
export const isBehind = ({ cursor, wanted }: Feed): boolean => cursor !== undefined && wanted > cursor.seq;

export const startPull = (feed: Feed, pull: Pull): Feed => ({ ...feed, pull });

/** The pull came to nothing: unanswered, refused, or its connection is gone. */
export const failPull = (feed: Feed, notBefore: number): Feed => ({
  ...feed,
  pull: undefined,
  pullNotBefore: notBefore,
});

/** A page of missed events that came on a connection. One that nobody asked for there is dropped: nothing says where it begins. */
export const receivePage = (
  feed: Feed,
  link: number,
  page: ReplayPage,
  moment: Readonly<{ now: number; random: number }>,
  timing: Timing,
): FeedStep => {
  const { cursor, pull } = feed;
  if (pull?.link !== link || cursor === undefined) return [feed, []];
  const answered: Feed = { ...feed, pull: undefined };
  if (page.head.epoch !== cursor.epoch)
    return page.head.epoch === feed.pastEpoch ? [answered, []] : startAt(answered, page.head, 'epoch_changed');
  // Asked before the epoch changed: where this page begins in the new stream, nobody knows.
  if (pull.epoch !== cursor.epoch) return [answered, []];
  if (page.gap) {
    const seq = Math.max(cursor.seq, page.head.seq, page.nextAfter);
    return startAt(answered, { epoch: cursor.epoch, seq }, 'horizon_passed');
  }
  const step = takePage(answered, cursor, page);
  const [after] = step;
  if ((after.cursor?.seq ?? 0) > cursor.seq) return [{ ...after, vain: 0 }, step[1]];
  if (feed.vain + 1 < maxVain) {
    const pullNotBefore = moment.now + timing.backoffBaseMs + backoffMs(feed.vain, moment.random, timing);
    return [{ ...after, vain: feed.vain + 1, pullNotBefore }, step[1]];
  }
  // Whoever announced more was ahead of what can be read, or lied; the next heartbeat tells.
  return and([{ ...after, wanted: cursor.seq, vain: 0 }, step[1]], skipHole);
};

/** The page begins at or before the cursor, which only grows: what follows the cursor follows without a hole. */
const takePage = (feed: Feed, { epoch, seq }: Cursor, { events, nextAfter }: ReplayPage): FeedStep => {
  const missed = events
    .filter((event) => event.epoch === epoch && event.seq > seq)
    .sort((a, b) => a.seq - b.seq)
    .filter((event, index, all) => event.seq !== all[index - 1]?.seq);
  const newest = missed.at(-1)?.seq ?? seq;
  const cursor = { epoch, seq: Math.max(newest, nextAfter) };
  const outputs: FeedOutput[] = missed.map((event) => ({ kind: 'deliver', event }));
  if (cursor.seq > newest) outputs.push({ kind: 'cursor', cursor });
  return and([{ ...feed, cursor, wanted: Math.max(feed.wanted, cursor.seq) }, outputs], releaseHeld);
};

const receiveEvent = (feed: Feed, event: RestaurantEvent): FeedStep => {
  const { cursor } = feed;
  if (event.epoch === feed.pastEpoch) return [feed, []];
  if (cursor?.epoch !== event.epoch) {
    const before = { epoch: event.epoch, seq: event.prevSeq };
    return and(startAt(feed, before, cursor === undefined ? 'start' : 'epoch_changed'), (fresh) =>
      receiveEvent(fresh, event),
    );
  }
  if (event.seq <= cursor.seq || feed.held.some(({ seq }) => seq === event.seq)) return [feed, []];
  const held = [...feed.held, event].sort((a, b) => a.seq - b.seq);
  const dropped = held.slice(maxHeld);
  return releaseHeld({
    ...feed,
    held: held.slice(0, maxHeld),
    wanted: Math.max(feed.wanted, event.prevSeq, ...dropped.map(({ seq }) => seq)),
  });
};

/** Delivers what has become next. */
const releaseHeld = (feed: Feed): FeedStep => {
  let { cursor } = feed;
  const outputs: FeedOutput[] = [];
  const held = feed.held.filter((event) => {
    if (cursor === undefined || event.prevSeq > cursor.seq) return true;
    if (event.seq > cursor.seq) {
      outputs.push({ kind: 'deliver', event });
      cursor = { epoch: event.epoch, seq: event.seq };
    }
    return false;
  });
  return [{ ...feed, cursor, held }, outputs];
};

/** Goes on behind a hole that nothing fills, on the evidence of the events beyond it. An announced head alone is none. */
const skipHole = (feed: Feed): FeedStep => {
  const [next] = feed.held;
  if (next === undefined) return [feed, []];
  const cursor = { epoch: next.epoch, seq: next.prevSeq };
  return and([{ ...feed, cursor }, [{ kind: 'gap', gap: { reason: 'missing', cursor } }]], releaseHeld);
};

/** Begins at a place the application has to reach by a snapshot of its own. */
const startAt = (feed: Feed, cursor: Cursor, reason: Gap['reason']): FeedStep => {
  const sameEpoch = feed.cursor === undefined || feed.cursor.epoch === cursor.epoch;
  return and(
    [
      {
        ...feed,
        cursor,
        pastEpoch: sameEpoch ? feed.pastEpoch : feed.cursor?.epoch,
        wanted: cursor.seq,
        held: feed.held.filter(({ epoch }) => epoch === cursor.epoch),
        vain: 0,
        pullNotBefore: 0,
      },
      [{ kind: 'gap', gap: { reason, cursor } }],
    ],
    releaseHeld,
  );
};

const and = ([feed, outputs]: FeedStep, next: (feed: Feed) => FeedStep): FeedStep => {
  const [after, more] = next(feed);
  return [after, [...outputs, ...more]];
};
