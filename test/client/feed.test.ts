/** A truthful stream over a lossy, doubling, reordering network: everything visible arrives, in order, once. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  emptyFeed,
  type Feed,
  type FeedOutput,
  type FeedStep,
  isBehind,
  learnHead,
  receiveEvents,
  receivePage,
  startPull,
} from '../../client/src/feed.ts';
import type { RestaurantEvent } from '../../client/src/index.ts';
import { defaultTiming } from '../../client/src/settings.ts';
import { runs } from '../harness/runs.ts';

const moment = { now: 0, random: 0.5 };
const pull = { socketId: 1, id: 'pull-1', epoch: 'a', answerBy: 10_000 };

const streamOf = (visibility: readonly boolean[]): readonly RestaurantEvent[] => {
  const seqs = visibility.flatMap((visible, index) => (visible ? [index + 1] : []));
  return seqs.map((seq, index) => ({
    type: 'order.created',
    id: `e${seq}`,
    seq,
    prevSeq: seqs[index - 1] ?? 0,
    epoch: 'a',
    restaurantId: 'r-17',
    data: {},
    raw: '{}',
    userId: undefined,
    connectionType: undefined,
    timestamp: '',
  }));
};

type Act =
  | Readonly<{ kind: 'event'; which: number }>
  | Readonly<{ kind: 'head'; which: number }>
  | Readonly<{ kind: 'page'; size: number }>;

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('event' as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('head' as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('page' as const), size: fc.integer({ min: 1, max: 5 }) }) },
);

const answerPull = (feed: Feed, stream: readonly RestaurantEvent[], size: number, lastSeq: number): FeedStep => {
  const after = feed.cursor?.seq ?? 0;
  const missed = stream.filter(({ seq }) => seq > after);
  const events = missed.slice(0, size);
  const more = missed.length > events.length;
  const page = {
    events,
    head: { epoch: 'a', seq: stream.at(-1)?.seq ?? 0 },
    nextAfter: more ? (events.at(-1)?.seq ?? after) : Math.max(after, lastSeq),
    more,
    gap: false,
    retryAfterMs: 0,
  };
  return receivePage(startPull(feed, pull), 1, page, moment, defaultTiming);
};

describe('a truthful stream', () => {
  test('arrives whole, in order, once, whatever the network does with it', () => {
    let pulls = 0;
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
        fc.array(act, { minLength: 5, maxLength: 80 }),
        (visibility, acts) => {
          const stream = streamOf(visibility);
          const told: FeedOutput[] = [];
          let feed = emptyFeed({ epoch: 'a', seq: 0 });
          const take = ([next, outputs]: FeedStep) => {
            feed = next;
            told.push(...outputs);
          };
          for (const one of acts) {
            const event = stream[('which' in one ? one.which : 0) % Math.max(1, stream.length)];
            if (one.kind === 'page') take(answerPull(feed, stream, one.size, visibility.length));
            else if (event === undefined) continue;
            else if (one.kind === 'event') take(receiveEvents(feed, [event]));
            else take(learnHead(feed, { epoch: 'a', seq: event.seq }));
          }
          take(learnHead(feed, { epoch: 'a', seq: stream.at(-1)?.seq ?? 0 }));
          for (let rounds = 0; isBehind(feed) && rounds < 50; rounds++) {
            pulls += 1;
            take(answerPull(feed, stream, 3, visibility.length));
          }
          const delivered = told.flatMap((output) => (output.kind === 'deliver' ? [output.event.seq] : []));
          expect(delivered).toEqual(stream.map(({ seq }) => seq));
          expect(told.filter(({ kind }) => kind === 'gap')).toEqual([]);
          expect(feed.held).toEqual([]);
        },
      ),
      { numRuns: runs(2_000) },
    );
    expect(pulls).toBeGreaterThan(runs(25));
  });

  test('holds no more than a fixed number of early events, and pulls the others again', () => {
    const stream = streamOf(Array.from({ length: 600 }, () => true));
    const [feed] = receiveEvents(emptyFeed({ epoch: 'a', seq: 0 }), stream.slice(1));
    expect(feed.held).toHaveLength(256);
    expect(feed.wanted).toBe(600);
    const [after, outputs] = answerPull(feed, stream, 600, 600);
    expect(outputs.filter(({ kind }) => kind === 'deliver')).toHaveLength(600);
    expect(after.held).toEqual([]);
  });
});

test('an early event that comes twice is held once', () => {
  const [, ...early] = streamOf([true, true]);
  const [feed] = receiveEvents(emptyFeed({ epoch: 'a', seq: 0 }), [...early, ...early]);
  expect(feed.held).toEqual(early);
});

describe('a page', () => {
  const stream = streamOf([true, true, true]);
  const page = { events: stream, head: { epoch: 'a', seq: 3 }, nextAfter: 3, more: false, gap: false, retryAfterMs: 0 };
  const feed = emptyFeed({ epoch: 'a', seq: 0 });

  test.each([
    { why: 'that is not the last', says: { head: { epoch: 'a', seq: 0 }, more: true } },
    { why: 'that knows of a newer event', says: { head: { epoch: 'a', seq: 4 }, more: false } },
  ])('$why is followed by another, whatever was known before', ({ says }) => {
    const [after] = receivePage(startPull(feed, pull), 1, { ...page, ...says }, moment, defaultTiming);
    expect(after.cursor).toEqual({ epoch: 'a', seq: 3 });
    expect(isBehind(after)).toBe(true);
  });

  test.each([
    { why: 'that has a part', events: stream.slice(0, 2), cursor: 2, retryAfterMs: 5_000, notBefore: 5_000 },
    { why: 'that has nothing yet', events: [], cursor: 0, retryAfterMs: 5_000, notBefore: 5_000 },
    { why: 'whose wait is next to nothing', events: [], cursor: 0, retryAfterMs: 1, notBefore: 500 },
  ])('$why and tells of a wait is followed by another then, and is not in vain', ({ events, cursor, ...told }) => {
    const { retryAfterMs, notBefore } = told;
    let after = startPull(feed, pull);
    for (let asked = 0; asked < 10; asked++) {
      const part = { ...page, events, nextAfter: cursor, more: true, retryAfterMs };
      [after] = receivePage(startPull(after, pull), 1, part, moment, defaultTiming);
    }
    expect(after).toMatchObject({ cursor: { epoch: 'a', seq: cursor }, pullNotBefore: notBefore, vain: 0 });
    expect(isBehind(after)).toBe(true);
  });

  test('vouches for all up to its end, whatever its events say came before them', () => {
    const events = stream.slice(2).map((event) => ({ ...event, prevSeq: 2 }));
    const [after, outputs] = receivePage(startPull(feed, pull), 1, { ...page, events }, moment, defaultTiming);
    expect(outputs.map(({ kind }) => kind)).toEqual(['deliver']);
    expect(after.held).toEqual([]);
  });

  test.each([
    { why: 'nobody asked for', before: feed, socketId: 1 },
    { why: 'of another connection', before: startPull(feed, pull), socketId: 2 },
    {
      why: 'of the epoch that was left behind',
      before: startPull({ ...feed, cursor: { epoch: 'z', seq: 0 }, pastEpoch: 'a' }, pull),
      socketId: 1,
    },
    { why: 'asked for in another epoch', before: startPull(feed, { ...pull, epoch: 'z' }), socketId: 1 },
  ])('$why brings nothing', ({ before, socketId }) => {
    const [after, outputs] = receivePage(before, socketId, page, moment, defaultTiming);
    expect(outputs).toEqual([]);
    expect(after.cursor).toEqual(before.cursor);
  });
});
