import { describe, expect, test } from '@jest/globals';
import { emptyStream } from '../../lambdas/events/numbering.ts';
import { counted, isOverRate } from '../../lambdas/events/publication-rate.ts';

const minuteMs = Date.UTC(2026, 11, 1, 12);
const headAfter = (...publishedAtMs: readonly number[]) => publishedAtMs.reduce(counted, emptyStream('epoch'));

describe('the events of a minute', () => {
  test.each([
    { why: 'there is no head', head: undefined, atMs: minuteMs, over: false },
    { why: 'none was counted', head: headAfter(), atMs: minuteMs, over: false },
    { why: 'one of two was', head: headAfter(minuteMs), atMs: minuteMs, over: false },
    { why: 'both were', head: headAfter(minuteMs, minuteMs + 59_999), atMs: minuteMs + 59_999, over: true },
    {
      why: 'both were, of the minute before',
      head: headAfter(minuteMs - 1, minuteMs - 2),
      atMs: minuteMs,
      over: false,
    },
    { why: 'both were, of the minute after', head: headAfter(minuteMs, minuteMs), atMs: minuteMs - 1, over: false },
    { why: 'one of them was of another minute', head: headAfter(minuteMs - 1, minuteMs), atMs: minuteMs, over: false },
  ])('that may have two, where $why: over is $over', ({ head, atMs, over }) => {
    expect(isOverRate(head, atMs, 2)).toBe(over);
  });
});
