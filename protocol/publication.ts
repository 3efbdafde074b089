/** Reads an event's fields out of a device's message: they stand in `data` or at top level, or in the legacy object. */
import * as v from 'valibot';
import type { DeviceEvent } from './device-events.ts';
import { isShallow, type JsonObject } from './restaurant-events.ts';

/** Fields of the message itself: at top level they are no part of a free-form event. */
const envelope = new Set([
  'type',
  'id',
  'token',
  'timestamp',
  'client_type',
  'client_version',
  'restaurant_id',
  'user_id',
  'connection_type',
]);

/** The data of such an event in a message, as it will be delivered; undefined where the message is not one. */
export const publishedData = (message: object, event: DeviceEvent): JsonObject | undefined => {
  const fields = fieldsOf(message, event);
  if (fields === undefined) return undefined;
  const parsed = v.safeParse(event.data, fields);
  // `fields` came out of JSON.parse, so that it is JSON.
  return parsed.success && isShallow(parsed.output) ? (parsed.output as JsonObject) : undefined;
};

const fieldsOf = (message: object, { legacy }: DeviceEvent): object | undefined => {
  const { object, beside } = legacy ?? {};
  const named = own(message, 'data') ?? own(message, object);
  if (named !== undefined && !isObject(named)) return undefined;
  if (named === undefined) return Object.fromEntries(Object.entries(message).filter(([name]) => !envelope.has(name)));
  const inner = own(named, object);
  const fields = isObject(inner) && own(named, beside) === undefined ? inner : named;
  const said = own(fields, beside) ?? own(named, beside) ?? own(message, beside);
  return beside === undefined || said === undefined ? fields : { ...fields, [beside]: said };
};

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const own = (value: object, key: string | undefined): unknown =>
  (key !== undefined && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined) ?? undefined;
