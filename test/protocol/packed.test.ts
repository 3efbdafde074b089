import { describe, expect, test } from '@jest/globals';
import { byteLength, packed } from '../../protocol/event-messages.ts';
import { limits } from '../../protocol/limits.ts';
import type { Frame } from '../../protocol/server-messages.ts';

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
