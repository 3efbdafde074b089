import { PublishError } from './errors.ts';
import type { DeviceEventData } from './events.ts';
import type { Publication } from './outbox-state.ts';
import { maxFrameBytes, maxMessageIdChars } from './settings.ts';

const usableId = /^[\w.:-]+$/;

/** What must be there. The gateway judges the values, and types that are not known here. */
const required: Readonly<Record<keyof DeviceEventData, readonly string[]>> = {
  'order.created': ['order_id'],
  'order.status_changed': ['order_id', 'status'],
  'order.preparation_time': ['order_id', 'estimated_time'],
  'payment.completed': ['order_id'],
};

/** The frame of an event, or the error that no gateway needs to be asked for. */
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
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return 'data';
  const fields: Readonly<Record<string, unknown>> = { ...data };
  const names: Partial<Record<string, readonly string[]>> = required;
  return names[type]?.find((name) => fields[name] == null);
};

/** `TextEncoder` is missing on older React Native. It throws for half a character, which no JSON text has that `JSON.stringify` of this day makes. */
const utf8Bytes = (text: string): number => encodeURIComponent(text).replace(/%../g, '.').length;
