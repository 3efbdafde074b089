import { limits } from '../../protocol/limits.ts';
import { PublishError } from './errors.ts';
import type { Publication } from './outbox.ts';

const usableId = /^[\w.:-]+$/;

/** The frame of an event, or the error that no gateway needs to be asked for. */
export const publicationOf = (type: string, data: unknown, id: string, expiresAt: number): Publication => {
  if (type === '' || id.length > limits.maxMessageIdChars || !usableId.test(id))
    throw new PublishError('malformed_message', id);
  let text: string;
  try {
    text = JSON.stringify({ type, id, data });
  } catch (cause) {
    throw new PublishError('malformed_message', id, { cause });
  }
  if (utf8Bytes(text) > limits.maxFrameBytes) throw new PublishError('too_large', id);
  return { id, text, expiresAt };
};

/** `TextEncoder` is missing on older React Native. A lone surrogate counts three, as its replacement does. */
const utf8Bytes = (text: string): number => {
  let bytes = 0;
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
};
