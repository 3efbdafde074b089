/** Reads the event out of a device's message: fields in `data` or at top level, or in the legacy object. */
import * as v from 'valibot';
import {
  type DeviceEventType,
  isShallow,
  type JsonObject,
  legacyObjects,
  orderStatuses,
  preparationMinutes,
} from './restaurant-events.ts';

/** What a device wants published, as it will be delivered. */
export type Publication = Readonly<{ event: DeviceEventType; data: JsonObject }>;

const OrderId = v.union([
  v.pipe(v.string(), v.regex(/^[\x20-\x7e]{1,128}$/)),
  v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
]);
const order_id = OrderId;

/** What each kind of event must have, wherever in the message it stands. */
export const publicationFields = {
  // Free-form but for its id.
  'order.created': v.looseObject({ order_id }),
  'payment.completed': v.looseObject({ order_id }),
  'order.status_changed': v.object({ order_id, status: v.picklist(orderStatuses) }),
  'order.preparation_time': v.object({
    order_id,
    estimated_time: v.pipe(v.number(), v.minValue(preparationMinutes.from), v.maxValue(preparationMinutes.to)),
  }),
} as const satisfies Record<DeviceEventType, v.GenericSchema>;

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

/** The event in a message, or undefined where it is not one of that kind. */
export const publicationIn = (message: object, event: DeviceEventType): Publication | undefined => {
  const fields = fieldsOf(message, event);
  if (fields === undefined) return undefined;
  const parsed = v.safeParse(publicationFields[event], fields);
  // `fields` came out of JSON.parse, so that it is JSON.
  return parsed.success && isShallow(parsed.output) ? { event, data: parsed.output as JsonObject } : undefined;
};

const fieldsOf = (message: object, event: DeviceEventType): object | undefined => {
  const legacy = legacyObjects[event];
  const named = own(message, 'data') ?? (legacy === undefined ? undefined : own(message, legacy));
  if (named !== undefined && !isObject(named)) return undefined;
  if (named === undefined) return Object.fromEntries(Object.entries(message).filter(([name]) => !envelope.has(name)));
  const inner = legacy === undefined ? undefined : own(named, legacy);
  const fields = isObject(inner) && own(named, 'order_id') === undefined ? inner : named;
  // Legacy messages name the order beside the object.
  const orderId = own(fields, 'order_id') ?? own(named, 'order_id') ?? own(message, 'order_id');
  return orderId === undefined ? fields : { ...fields, order_id: orderId };
};

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const own = (value: object, key: string): unknown =>
  (Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined) ?? undefined;
