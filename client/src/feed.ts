/** The stream of events: each delivered once, in order, holes found and filled. Pure; time is a number that comes in. */
import { backoffMs } from './backoff.ts';
import type { Cursor, Gap, RestaurantEvent } from './events.ts';
import type { ReplayPage } from './messages.ts';
import type { Timing } from './settings.ts';

/** A request for missed events that is under way. Its answer counts only for the epoch it was asked in. */
type Pull = Readonly<{ socketId: number; id: string; epoch: string; answerBy: number }>;

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
export const receiveEvents = (feed: Feed, events: readonly RestaurantEvent[]): FeedStep =>
  events.reduce<FeedStep>((step, event) => and(step, (before) => receiveEvent(before, event)), [feed, []]);

/** The newest event, as `auth_success` or `pong` of the connection in use tell it. It may be stale: it never moves the cursor back. */
export const learnHead = (feed: Feed, { epoch, seq }: Cursor): FeedStep => {
  const known = feed.cursor?.epoch;
  if (known === undefined) return startAt(feed, { epoch, seq }, 'start');
  // A stream gets its name with its first event, and keeps it.
  if (epoch === '') return [feed, []];
  if (known !== '' && known !== epoch) return startAt(feed, { epoch, seq }, 'epoch_changed');
  return [{ ...feed, cursor: { epoch, seq: feed.cursor?.seq ?? 0 }, wanted: Math.max(feed.wanted, seq) }, []];
};

/** Whether events are known to be missing. */
export const isBehind = ({ cursor, wanted }: Feed): boolean => cursor !== undefined && wanted > cursor.seq;

export const startPull = (feed: Feed, pull: Pull): Feed => ({ ...feed, pull });

/** The pull came to nothing: unanswered, refused, or its connection is gone. */
export const failPull = (feed: Feed, pullNotBefore: number): Feed => ({ ...feed, pull: undefined, pullNotBefore });

/** A page of missed events that came on a connection. One that nobody asked for there is dropped: nothing says where it begins. */
export const receivePage = (
  feed: Feed,
  socketId: number,
  { events, head, nextAfter, more, gap, retryAfterMs }: ReplayPage,
  { now, random }: Readonly<{ now: number; random: number }>,
  timing: Timing,
): FeedStep => {
  const { cursor, pull, vain } = feed;
  if (pull?.socketId !== socketId || cursor === undefined) return [feed, []];
  const wanted = Math.max(feed.wanted, head.seq, more ? nextAfter + 1 : 0);
  const answered: Feed = { ...feed, pull: undefined };
  if (head.epoch !== cursor.epoch)
    return head.epoch === feed.pastEpoch ? [answered, []] : startAt(answered, head, 'epoch_changed');
  // Asked before the epoch changed: where this page begins in the new stream, nobody knows.
  if (pull.epoch !== cursor.epoch) return [answered, []];
  if (gap) return startAt(answered, { ...head, seq: Math.max(cursor.seq, head.seq, nextAfter) }, 'horizon_passed');
  // The page begins at or before the cursor, which only grows: what follows the cursor follows without a hole.
  const page = events.filter(({ epoch }) => epoch === cursor.epoch);
  const step = release({ ...answered, wanted }, page, Math.max(nextAfter, ...page.map(({ seq }) => seq)));
  const isFurther = (step[0].cursor?.seq ?? 0) > cursor.seq;
  // Told to wait, it is not in vain, however little came: the rest will be read then, and not sooner.
  if (retryAfterMs > 0) {
    const pullNotBefore = now + Math.max(retryAfterMs, timing.backoffBaseMs);
    return and(step, (after) => [{ ...after, vain: isFurther ? 0 : vain, pullNotBefore }, []]);
  }
  if (isFurther) return and(step, (after) => [{ ...after, vain: 0 }, []]);
  if (vain + 1 < maxVain) {
    const pullNotBefore = now + timing.backoffBaseMs + backoffMs(vain, random, timing);
    return [{ ...answered, vain: vain + 1, pullNotBefore }, []];
  }
  // Whoever announced more was ahead of what can be read, or lied; the next heartbeat tells.
  return skipHole({ ...answered, wanted: cursor.seq, vain: 0 });
};

const receiveEvent = (feed: Feed, event: RestaurantEvent): FeedStep => {
  const { epoch, prevSeq } = event;
  if (epoch === feed.pastEpoch) return [feed, []];
  if (feed.cursor?.epoch === epoch) return release(feed, [event], 0);
  return and(learnHead(feed, { epoch, seq: prevSeq }), (fresh) => release(fresh, [event], 0));
};

/** Delivers what has become next, and what a page vouches for up to a number; holds what came too early. */
const release = (feed: Feed, arrived: readonly RestaurantEvent[], upTo: number): FeedStep => {
  let { cursor, wanted } = feed;
  if (cursor === undefined) return [feed, []];
  const outputs: FeedOutput[] = [];
  const held: RestaurantEvent[] = [];
  for (const event of [...feed.held, ...arrived].sort((a, b) => a.seq - b.seq)) {
    const { epoch, seq, prevSeq } = event;
    if (seq <= cursor.seq || seq === held[held.length - 1]?.seq) continue;
    if (prevSeq <= Math.max(cursor.seq, upTo)) {
      outputs.push({ kind: 'deliver', event });
      cursor = { epoch, seq };
    } else if (held.length < maxHeld) {
      held.push(event);
      wanted = Math.max(wanted, prevSeq);
    } else wanted = Math.max(wanted, seq);
  }
  if (upTo > cursor.seq) {
    cursor = { ...cursor, seq: upTo };
    outputs.push({ kind: 'cursor', cursor });
  }
  return [{ ...feed, cursor, wanted, held }, outputs];
};

/** Goes on behind a hole that nothing fills, on the evidence of the events beyond it. An announced head alone is none. */
const skipHole = (feed: Feed): FeedStep => {
  const [next] = feed.held;
  return next ? startAt(feed, { epoch: next.epoch, seq: next.prevSeq }, 'missing') : [feed, []];
};

/** Begins at a place the application has to reach by a snapshot of its own. */
const startAt = (feed: Feed, cursor: Cursor, reason: Gap['reason']): FeedStep => {
  const before = feed.cursor?.epoch;
  const fresh: Feed = {
    ...feed,
    cursor,
    pastEpoch: before === cursor.epoch ? feed.pastEpoch : before,
    wanted: cursor.seq,
    held: feed.held.filter(({ epoch }) => epoch === cursor.epoch),
    vain: 0,
    pullNotBefore: 0,
  };
  return and([fresh, [{ kind: 'gap', gap: { reason, cursor } }]], (from) => release(from, [], 0));
};

const and = ([feed, outputs]: FeedStep, next: (feed: Feed) => FeedStep): FeedStep => {
  const [after, more] = next(feed);
  return [after, [...outputs, ...more]];
};
