/** One answer to `replay`, found in a table of events that counts what is read of it. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { byteLength, replayed } from '../../protocol/event-messages.ts';
import { limits } from '../../protocol/limits.ts';
import type { RestaurantEvent, StreamHead } from '../../protocol/restaurant-events.ts';
import { jsonText } from '../protocol/json/json-text.ts';
import { nothingAfter, replayedFrom } from '../../lambdas/events/replay-page.ts';
import { afterRead, nextRead, searchAfter } from '../../lambdas/events/replay-search.ts';
import { streamOf } from '../restaurant-domain.ts';

const stream = streamOf('kitchen');

/** A restaurant's events in order: `k` for the kitchen, `o` for others, capitals where they are gone, each with so many bytes. */
const tableOf = (events: string, bytes = 10) => {
  let head = 0;
  const kept: RestaurantEvent[] = [];
  for (const [index, letter] of [...events].entries()) {
    const isForKitchen = letter.toLowerCase() === 'k';
    const event = {
      id: `id-${index + 1}`,
      seq: index + 1,
      type: 'order.created',
      data: jsonText({ text: 'x'.repeat(bytes) }),
      audience: [isForKitchen ? 'kitchen' : 'pos'],
      prevSeqOf: isForKitchen ? { kitchen: head } : {},
      occurredAtMs: 0,
    };
    if (letter === letter.toLowerCase()) kept.push(event);
    if (isForKitchen) head = event.seq;
  }
  return { kept, head };
};

/** What is answered, the numbers of its events, and what it cost in reads and units (4 KB each, as the table counts). */
const ask = (
  { kept, head }: ReturnType<typeof tableOf>,
  after: number,
  { limit = 1000, allowed = Number.POSITIVE_INFINITY } = {},
) => {
  let reads = 0;
  let units = 0;
  const answer = () => {
    if (after >= head) return nothingAfter(after, head);
    let search = searchAfter(stream, { after, limit, headSeq: head });
    for (;;) {
      const next = nextRead(search, allowed);
      if (next === 'enough') return replayedFrom(search);
      const found = kept.filter(({ seq }) => seq > next.after && seq <= next.upTo);
      const events = found.slice(0, next.limit);
      const cost = Math.max(1, Math.ceil(events.reduce((sum, { data }) => sum + data.length, 0) / 4096));
      reads += 1;
      units += cost;
      const readThrough = events.length < found.length ? (events.at(-1)?.seq ?? 0) : next.upTo;
      search = afterRead(search, next.way, { events, readThrough, units: cost });
    }
  };
  const page = answer();
  return { ...page, seqs: page.events.map((frame): number => JSON.parse(frame).seq), reads, units };
};

const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
const head = (headSeq: number): StreamHead => ({ epoch: 'e', headSeq, headSeqOf: { kitchen: headSeq } });

describe('an answer', () => {
  test('ends before the frame would be larger than the protocol says', () => {
    const answer = ask(tableOf('k'.repeat(20), 10_000), 0);
    const frame = replayed(answer, head(20), 'kitchen', 0, 'm'.repeat(128));
    expect(byteLength(frame)).toBeLessThanOrEqual(limits.maxReplayBytes + 512);
    expect(answer).toMatchObject({ seqs: upTo(10), nextAfter: 10, more: true, gap: false, oldestSeq: 1 });
  });

  test('is filled to the last byte', () => {
    const bytesOf = (event: RestaurantEvent) =>
      byteLength(ask({ kept: [event], head: event.seq }, event.seq - 1).events.join()) + 1;
    const { kept } = tableOf('kk', 0);
    const [first, second] = kept as [RestaurantEvent, RestaurantEvent];
    const sized = (event: RestaurantEvent, bytes: number) => ({
      ...event,
      data: jsonText({ text: 'x'.repeat(bytes) }),
    });
    const large = sized(first, 60_000);
    const rest = limits.maxReplayBytes - bytesOf(large) - bytesOf(second);
    expect(ask({ kept: [large, sized(second, rest)], head: 2 }, 0).seqs).toEqual([1, 2]);
    expect(ask({ kept: [large, sized(second, rest + 1)], head: 2 }, 0).seqs).toEqual([1]);
  });

  test('has one event at least, be it the largest', () => {
    expect(ask(tableOf('kk', limits.maxEventDataBytes - 20), 0).seqs).toEqual([1]);
  });

  test('ends with as many events as were asked for', () => {
    expect(ask(tableOf('k'.repeat(20)), 4, { limit: 3 })).toMatchObject({ seqs: [5, 6, 7], nextAfter: 7, more: true });
    expect(ask(tableOf('k'.repeat(900)), 4, { limit: 3 })).toMatchObject({ seqs: [5, 6, 7], nextAfter: 7, more: true });
  });

  test.each([
    { why: 'nothing is gone', events: 'kkkkkk', after: 4, seqs: [5, 6], gap: false, next: 6 },
    { why: 'the first ones are gone', events: 'KKKKKKKKkk', after: 4, seqs: [9, 10], gap: true, next: 10 },
    { why: 'all are gone', events: 'KKKKKK', after: 4, seqs: [], gap: true, next: 6 },
    { why: 'there is nothing newer', events: 'kkkk', after: 4, seqs: [], gap: false, next: 4 },
    { why: 'only events of others are gone', events: 'kOOOOok', after: 1, seqs: [7], gap: false, next: 7 },
    { why: 'events of others are gone behind its newest', events: 'kOOOO', after: 1, seqs: [], gap: false, next: 1 },
    { why: 'events of others are newer', events: 'kooooo', after: 0, seqs: [1], gap: false, next: 1 },
    { why: 'an old one is kept longer than the one after it', events: 'kKk', after: 0, seqs: [3], gap: true, next: 3 },
    { why: 'the newest is gone and an older one is not', events: 'koK', after: 0, seqs: [], gap: true, next: 3 },
    { why: 'the number was never given to the type', events: 'kook', after: 5, seqs: [], gap: true, next: 4 },
    { why: 'the number was given to another type alone', events: 'kooo', after: 3, seqs: [], gap: true, next: 1 },
  ])('tells of its own type alone: $why', ({ events, after, seqs, gap, next }) => {
    expect(ask(tableOf(events), after)).toMatchObject({
      seqs,
      gap,
      nextAfter: next,
      more: false,
      oldestSeq: seqs[0] ?? null,
    });
  });

  test('ends before a hole in its middle, and the next one begins behind it', () => {
    const table = tableOf(`${'k'.repeat(30)}${'K'.repeat(5)}${'k'.repeat(30)}`);
    expect(ask(table, 0)).toMatchObject({ seqs: upTo(30), nextAfter: 30, more: true, gap: false });
    expect(ask(table, 30)).toMatchObject({ seqs: upTo(65, 36), nextAfter: 65, more: false, gap: true });
  });
});

describe('an answer costs', () => {
  const hidden = 'o'.repeat(2_000);
  test.each([
    { why: 'nothing where all is for others', events: hidden, reads: 0, units: 0 },
    { why: 'one read for one event behind 2,000 of others', events: `${hidden}k`, reads: 1, units: 1 },
    { why: 'one read for one event before 2,000 of others', events: `k${hidden}`, reads: 1, units: 1 },
    { why: 'a read for each of three', events: `k${hidden}k${hidden}k`, reads: 3, units: 3 },
    {
      why: 'little more than a page where its events are dense behind those of others',
      events: `${hidden}${'k'.repeat(30)}`,
      reads: 31,
      units: 90,
    },
  ])('$why', ({ events, reads, units }) => {
    const answer = ask(tableOf(events, 3_500), 0);
    expect(answer.more).toBe(answer.seqs.length < events.replaceAll('o', '').length);
    expect(answer.reads).toBeLessThanOrEqual(reads);
    expect(answer.units).toBeLessThanOrEqual(units);
  });

  test('pages where the type hears most of it', () => {
    const answer = ask(tableOf('kko'.repeat(100), 500), 0);
    expect(answer.seqs).toEqual(
      upTo(300)
        .filter((n) => n % 3 !== 0)
        .slice(0, answer.seqs.length),
    );
    expect(answer.seqs.length).toBeGreaterThan(130);
    expect(answer.reads).toBeLessThanOrEqual(7);
  });

  test('no more than is allowed and a page', () => {
    const answer = ask(tableOf('oook'.repeat(1_000), 3_500), 0, { allowed: 10 });
    expect(answer.units).toBeLessThanOrEqual(10 + 64);
    expect(answer).toMatchObject({ more: true, nextAfter: 64, gap: false });
  });

  test('forty reads at most, and comes further each time', () => {
    const table = tableOf('oooooooook'.repeat(400), 3_500);
    let after = 0;
    const had: number[] = [];
    for (let asked = 0; asked < 100 && after < table.head; asked++) {
      const answer = ask(table, after);
      expect(answer.reads).toBeLessThanOrEqual(41);
      expect(answer.nextAfter).toBeGreaterThan(after);
      had.push(...answer.seqs);
      after = answer.nextAfter;
    }
    expect(had).toEqual(upTo(400).map((n) => n * 10));
  });
});

describe('whatever is kept and whatever is allowed, answer after answer', () => {
  const events = fc
    .array(fc.tuple(fc.constantFrom('k', 'o', 'K', 'O'), fc.integer({ min: 1, max: 60 })), { maxLength: 12 })
    .map((runs) => runs.map(([letter, times]) => letter.repeat(times)).join(''));

  const askAll = (table: ReturnType<typeof tableOf>, from: number, how: Parameters<typeof ask>[2]) => {
    const answers: ReturnType<typeof ask>[] = [];
    let after = from;
    do {
      const answer = ask(table, after, how);
      expect(answer.nextAfter).toBeLessThanOrEqual(table.head);
      if (answer.more) expect(answer.nextAfter).toBeGreaterThan(after);
      answers.push(answer);
      after = answer.nextAfter;
    } while (answers.at(-1)?.more);
    return answers;
  };
  const allowed = fc.constantFrom(1, 3, 20, 1_000);
  const limit = fc.constantFrom(1, 7, 1_000);

  test('every event of the type comes once and in order, and none of others, where none of its own is gone', () => {
    fc.assert(
      fc.property(events, allowed, limit, (text, units, most) => {
        const table = tableOf(text.replaceAll('K', 'k').replaceAll('O', 'o'));
        const answers = askAll(table, 0, { allowed: units, limit: most });
        expect(answers.flatMap(({ seqs }) => seqs)).toEqual(
          table.kept.filter(({ audience }) => audience.includes('kitchen')).map(({ seq }) => seq),
        );
        expect(answers.every(({ gap }) => !gap)).toBe(true);
      }),
    );
  });

  test('no event of the type is gone without a gap before the next one that comes', () => {
    fc.assert(
      fc.property(events, allowed, limit, (text, units, most) => {
        const table = tableOf(text);
        const had = new Map<number, boolean>();
        for (const answer of askAll(table, 0, { allowed: units, limit: most })) {
          if (answer.gap) had.set(answer.seqs[0] ?? answer.nextAfter + 1, true);
          for (const seq of answer.seqs) had.set(seq, had.get(seq) ?? false);
        }
        const ownGone = [...text].flatMap((letter, index) => (letter === 'K' ? [index + 1] : []));
        for (const gone of ownGone) {
          const [, hasGap] = [...had].sort(([a], [b]) => a - b).find(([seq]) => seq > gone) ?? [];
          expect(hasGap).toBe(true);
        }
      }),
    );
  });

  test('there is no gap where nothing of the type is gone, as far as the search came to its end', () => {
    fc.assert(
      fc.property(events, limit, (text, most) => {
        const answers = askAll(tableOf(text.replaceAll('K', 'k').slice(0, 300)), 0, { limit: most, allowed: 1_000 });
        expect(answers.filter(({ gap }) => gap)).toEqual([]);
      }),
    );
  });
});
