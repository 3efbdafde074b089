import type { Socket } from 'node:net';

/** The largest payload of one frame; a message may have several (platform quota). */
export const maxFrameBytes = 32 * 1024;

/** The largest message (platform quota). */
export const maxMessageBytes = 128 * 1024;

/**
 * Reads along the frame headers a client sends and calls `onTooLarge` at the first data frame over `maxFrameBytes`.
 * `ws` itself only limits whole messages. The framing is RFC 6455, section 5.2: two bytes, an extended length of
 * 0, 2 or 8 bytes, a mask of four bytes.
 */
export const limitFrames = (socket: Socket, onTooLarge: () => void): void => {
  const header = Buffer.alloc(14);
  let headerBytes = 0;
  let payloadLeft = 0;

  const read = (chunk: Buffer): void => {
    let at = 0;
    while (at < chunk.length) {
      if (payloadLeft > 0) {
        const skipped = Math.min(payloadLeft, chunk.length - at);
        payloadLeft -= skipped;
        at += skipped;
        continue;
      }
      header[headerBytes++] = chunk[at++] ?? 0;
      const length = payloadLength(header, headerBytes);
      if (length === undefined) continue;
      if (length > maxFrameBytes) {
        socket.off('data', read);
        onTooLarge();
        return;
      }
      payloadLeft = length;
      headerBytes = 0;
    }
  };
  socket.prependListener('data', read);
};

/** Undefined until the header, mask included, is complete. */
const payloadLength = (header: Buffer, headerBytes: number): number | undefined => {
  if (headerBytes < 2) return undefined;
  const second = header.readUInt8(1);
  const short = second & 0x7f;
  const extended = short === 127 ? 8 : short === 126 ? 2 : 0;
  const mask = (second & 0x80) === 0 ? 0 : 4;
  if (headerBytes < 2 + extended + mask) return undefined;
  if (extended === 8) return Number(header.readBigUInt64BE(2));
  return extended === 2 ? header.readUInt16BE(2) : short;
};
