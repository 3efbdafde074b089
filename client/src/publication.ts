import { PublishError } from './errors.ts';
import type { Publication } from './outbox-state.ts';
import { maxFrameBytes, maxMessageIdChars } from './settings.ts';

const usableId = /^[\w.:-]+$/;

/** The frame of an event, or the error that no gateway needs to be asked for. */
export const publicationOf = (type: string, data: unknown, id: string, expiresAt: number): Publication => {
  if (type === '' || id.length > maxMessageIdChars || !usableId.test(id))
    throw new PublishError('malformed_message', id, { field: type === '' ? 'type' : 'id' });
  let text: string;
  let bytes: number;
  try {
    text = JSON.stringify({ type, id, data });
    bytes = utf8Bytes(text);
  } catch (cause) {
    throw new PublishError('malformed_message', id, { cause, field: 'data' });
  }
  if (bytes > maxFrameBytes) throw new PublishError('too_large', id);
  return { id, text, expiresAt };
};

/** `TextEncoder` is missing on older React Native. It throws for half a character, which no JSON text has that `JSON.stringify` of this day makes. */
const utf8Bytes = (text: string): number => encodeURIComponent(text).replace(/%../g, '.').length;
