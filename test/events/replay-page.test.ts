import { describe, expect, test } from '@jest/globals';
import { emptyPage, filled, replayedFrom } from '../../lambdas/events/replay-page.ts';
import { byteLength, packed, replayed } from '../../protocol/event-messages.ts';
import { limits } from '../../protocol/limits.ts';
import type { RestaurantEvent, StreamHead } from '../../protocol/restaurant-events.ts';
import type { Frame } from '../../protocol/server-messages.ts';
import { jsonText } from '../protocol/json/json-text.ts';

const stream = { restaurantId: 'r-17', epoch: 'e', connectionType: 'kitchen' } as const;
const event = (seq: number, bytes = 10, audience: RestaurantEvent['audience'] = ['kitchen']): RestaurantEvent => ({
  id: `id-${seq}`,
  seq,
  type: 'order.created',
  data: jsonText({ text: 'x'.repeat(bytes) }),
  audience,
  prevSeqOf: {},
  occurredAtMs: 0,
});
const events = (from: number, to: number, bytes?: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => event(from + i, bytes));
const head = (headSeq: number): StreamHead => ({ epoch: 'e', headSeq, headSeqOf: { kitchen: headSeq } });
const page = (after: number, read: readonly RestaurantEvent[], readThrough: number, limit = 1000) =>
  replayedFrom(filled(emptyPage(after), { events: read, readThrough }, stream, limit), after, head(100), stream);

describe('a page', () => {
  test('ends before the frame would be larger than the protocol says', () => {
    const answer = page(0, events(1, 20, 10_000), 20);
    const frame = replayed(answer, head(100), 'kitchen', 0, 'm'.repeat(128));
    expect(answer.events).toHaveLength(10);
    expect(byteLength(frame)).toBeLessThanOrEqual(limits.maxReplayBytes + 512);
    expect(answer).toMatchObject({ nextAfter: 10, more: true, gap: false, oldestSeq: 1 });
  });

  test('is filled to the last byte', () => {
    const bytesOf = (one: RestaurantEvent) => filled(emptyPage(0), { events: [one], readThrough: 1 }, stream, 1).bytes;
    const first = event(1, 60_000);
    const rest = limits.maxReplayBytes - bytesOf(first);
    const fits = event(2, rest - bytesOf(event(2, 0)));
    expect(bytesOf(first) + bytesOf(fits)).toBe(limits.maxReplayBytes);
    expect(page(0, [first, fits], 2).events).toHaveLength(2);
    expect(page(0, [first, event(2, rest - bytesOf(event(2, 0)) + 1)], 2).events).toHaveLength(1);
  });

  test('has one event at least, be it the largest', () => {
    expect(page(0, events(1, 2, limits.maxEventDataBytes - 20), 2).events).toHaveLength(1);
  });

  test('ends with as many events as were asked for', () => {
    expect(page(4, events(5, 20), 20, 3)).toMatchObject({ nextAfter: 7, more: true });
  });

  test.each([
    { why: 'nothing is gone', after: 4, read: events(5, 6), through: 6, gap: false, oldest: 5 },
    { why: 'the first ones are gone', after: 4, read: events(9, 10), through: 10, gap: true, oldest: 9 },
    { why: 'all are gone', after: 4, read: [], through: 100, gap: true, oldest: null },
    { why: 'there was nothing to read', after: 100, read: [], through: 100, gap: false, oldest: null },
  ])('says whether there is a gap when $why', ({ after, read, through, gap, oldest }) => {
    expect(page(after, read, through)).toMatchObject({ gap, oldestSeq: oldest, nextAfter: through });
  });

  test('passes events of others, and is no gap for them', () => {
    const others = [event(1, 10, ['pos']), event(2, 10, ['pos']), event(3)];
    expect(page(0, others, 3)).toMatchObject({ nextAfter: 3, gap: false, oldestSeq: 1 });
    expect(page(0, others, 3).events).toHaveLength(1);
  });

  test('after a number that was never given has a gap and nothing else', () => {
    expect(page(101, [], 101)).toEqual({ events: [], nextAfter: 100, more: false, gap: true, oldestSeq: null });
  });
});

describe('frames that are packed', () => {
  const frame = (bytes: number): Frame => JSON.stringify({ type: 'a.b', data: 'x'.repeat(bytes) }) as Frame;

  test.each([
    { why: 'one stays as it is', sizes: [10], frames: 1 },
    { why: 'small ones share one', sizes: [10, 10, 10], frames: 1 },
    { why: 'they are cut at a metering unit', sizes: [15_000, 15_000, 15_000], frames: 2 },
    { why: 'one that is larger goes alone', sizes: [10, 60_000, 10], frames: 3 },
    { why: 'none make none', sizes: [], frames: 0 },
  ])('$why', ({ sizes, frames }) => {
    const all = packed(sizes.map(frame));
    expect(all).toHaveLength(frames);
    const read = all.flatMap((text) => {
      const message = JSON.parse(text);
      return message.type === 'events' ? message.events : [message];
    });
    expect(read.map(({ data }: { data: string }) => data.length)).toEqual(sizes);
    for (const text of all)
      if (text.startsWith('{"type":"events"')) expect(byteLength(text)).toBeLessThanOrEqual(limits.maxBatchBytes);
  });
});
