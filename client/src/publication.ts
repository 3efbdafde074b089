import { PublishError } from './errors.ts';
import type { Publication } from './outbox-state.ts';
import { maxFrameBytes, maxMessageIdChars } from './settings.ts';

const usableId = /^[\w.:-]+$/;

/** The frame of an event, or the error that no gateway needs to be asked for. Which types there are, and what their data is, only the gateway knows. */
export const publicationOf = (
  type: string,
  data: unknown,
  { id, since, timeoutMs }: Readonly<{ id: string; since: number; timeoutMs: number }>,
): Publication => {
  let text: string;
  let bytes: number;
  const field = fieldToBlame(type, data, id);
  if (field) throw new PublishError('malformed_message', id, { field });
  try {
    text = JSON.stringify({ type, id, data });
    bytes = utf8Bytes(text);
  } catch (cause) {
    throw new PublishError('malformed_message', id, { cause, field: 'data' });
  }
  if (bytes > maxFrameBytes) throw new PublishError('too_large', id);
  return { id, text, since, expiresAt: Number.isFinite(timeoutMs) ? since + timeoutMs : undefined };
};

const fieldToBlame = (type: string, data: unknown, id: string): string | undefined => {
  if (!type) return 'type';
  if (id.length > maxMessageIdChars || !usableId.test(id)) return 'id';
  return typeof data !== 'object' || data === null || Array.isArray(data) ? 'data' : undefined;
};

/** `TextEncoder` is missing on older React Native. It throws for half a character, which no JSON text has that `JSON.stringify` of this day makes. */
const utf8Bytes = (text: string): number => encodeURIComponent(text).replace(/%../g, '.').length;
