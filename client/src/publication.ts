import { PublishError } from './errors.ts';
import type { Publication } from './outbox-state.ts';
import { maxFrameBytes, maxMessageIdChars } from './settings.ts';

const usableId = /^[\w.:-]+$/;

/** The frame of an event, or the error that no gateway needs to be asked for. */
export const publicationOf = (type: string, data: unknown, id: string, expiresAt: number): Publication => {
  if (type === '' || id.length > maxMessageIdChars || !usableId.test(id))
    throw new PublishError('malformed_message', id);
  let text: string;
  try {
    text = JSON.stringify({ type, id, data });
  } catch (cause) {
    throw new PublishError('malformed_message', id, { cause });
  }
  if (utf8Bytes(text) > maxFrameBytes) throw new PublishError('too_large', id);
  return { id, text, expiresAt };
};

/** `TextEncoder` is missing on older React Native. JSON has no lone surrogates, so this cannot throw. */
const utf8Bytes = (text: string): number => encodeURIComponent(text).replace(/%../g, '.').length;
