import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { limitFrames, maxFrameBytes } from '../../local/frame-limit.ts';

/** One frame of RFC 6455, section 5.2; `bytes` may be a length that a shorter form could tell. */
const frameOf = (bytes: number, isMasked: boolean): Buffer => {
  const mask = isMasked ? 0x80 : 0;
  const extended =
    bytes < 126
      ? Buffer.from([mask | bytes])
      : bytes < 65_536
        ? Buffer.from([mask | 126, bytes >> 8, bytes & 0xff])
        : Buffer.from([mask | 127, 0, 0, 0, 0, 0, bytes >> 16, (bytes >> 8) & 0xff, bytes & 0xff]);
  return Buffer.concat([Buffer.from([0x81]), extended, Buffer.alloc(isMasked ? 4 : 0), Buffer.alloc(bytes, 0xff)]);
};

/** Cuts bytes at the given places, as a network does. */
const cut = (bytes: Buffer, places: readonly number[]): Buffer[] => {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...ends, bytes.length]
    .map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end))
    .filter(({ length }) => length > 0);
};

test('however the bytes arrive, exactly a frame over 32 KB is told of, once', () => {
  const size = fc.oneof(
    fc.constantFrom(0, 125, 126, maxFrameBytes - 1, maxFrameBytes, maxFrameBytes + 1, 65_535, 65_536, 131_073),
    fc.nat(300),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(size, fc.boolean()), { maxLength: 6 }), fc.array(fc.nat()), (frames, places) => {
      const socket = new EventEmitter();
      let told = 0;
      limitFrames(socket as Socket, () => {
        told += 1;
      });
      const bytes = Buffer.concat(frames.map(([length, isMasked]) => frameOf(length, isMasked)));
      for (const chunk of cut(bytes, places)) socket.emit('data', chunk);
      expect(told).toBe(frames.some(([length]) => length > maxFrameBytes) ? 1 : 0);
    }),
  );
});
