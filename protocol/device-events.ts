/**
 * What devices may publish: one entry for each kind of event. The parser, the publication, the AsyncAPI document with its
 * examples and the tests' arbitraries derive from this table, and the SDK's types are held to it.
 */
import * as v from 'valibot';
import { type ConnectionType, orderStatuses } from './identifiers.ts';
import type { JsonObject } from './restaurant-events.ts';

export type DeviceEvent = Readonly<{
  /** What happened, for people. */
  title: string;
  /** Who may publish it. An allow-list, as the next one is: a connection type that is not named may not. */
  from: readonly ConnectionType[];
  /** Who hears it. */
  audience: readonly ConnectionType[];
  /** Its fields, wherever in the message they stand. Others are dropped, or kept where the object is loose. */
  data: v.ObjectSchema<v.ObjectEntries, undefined> | v.LooseObjectSchema<v.ObjectEntries, undefined>;
  legacy?: LegacySpelling;
  /** Data of one such event, as the document shows it. */
  example: JsonObject;
}>;

/** How shipped devices say an event. */
export type LegacySpelling = Readonly<{
  type: string;
  /** The field that holds the event's own, in place of `data`. */
  object?: string;
  /** A field of the event that may stand at top level while the others stand in an object. */
  beside?: string;
}>;

const order_id = v.union([
  v.pipe(v.string(), v.regex(/^[\x20-\x7e]{1,128}$/)),
  v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
]);
const status = v.picklist(orderStatuses);
const minutes = v.pipe(v.number(), v.minValue(1), v.maxValue(300));

export const deviceEvents = {
  'order.created': {
    title: 'An order was taken',
    from: ['pos', 'management'],
    audience: ['pos', 'kitchen', 'management'],
    data: v.looseObject({ order_id }),
    legacy: { type: 'order_created', object: 'order', beside: 'order_id' },
    example: { order_id: 'o-42', items: ['soup'] },
  },
  'order.status_changed': {
    title: 'An order has another status',
    from: ['kitchen', 'pos', 'management'],
    audience: ['pos', 'kitchen', 'management', 'customer'],
    data: v.object({ order_id, status }),
    legacy: { type: 'order_status_update', beside: 'order_id' },
    example: { order_id: 'o-42', status: 'ready' },
  },
  'order.preparation_time': {
    title: 'An order will take so many minutes',
    from: ['kitchen'],
    audience: ['pos', 'kitchen', 'management'],
    data: v.object({ order_id, estimated_time: minutes }),
    legacy: { type: 'preparation_time_update', beside: 'order_id' },
    example: { order_id: 'o-42', estimated_time: 12 },
  },
  'payment.completed': {
    title: 'An order is paid',
    from: ['pos'],
    audience: ['pos', 'management'],
    data: v.looseObject({ order_id }),
    legacy: { type: 'payment_processed', object: 'payment', beside: 'order_id' },
    example: { order_id: 'o-42', cents: 990 },
  },
} as const satisfies Readonly<Record<string, DeviceEvent>>;

export type DeviceEventType = keyof typeof deviceEvents;

/** The whole table, each entry as what any of them is. */
export const deviceEventEntries: readonly (readonly [DeviceEventType, DeviceEvent])[] = (
  Object.keys(deviceEvents) as DeviceEventType[]
).map((type) => [type, deviceEvents[type]]);

const typeOfSpelling: ReadonlyMap<string, DeviceEventType> = new Map(
  deviceEventEntries.flatMap(([type, { legacy }]) =>
    [type, ...(legacy === undefined ? [] : [legacy.type])].map((spelling) => [spelling, type]),
  ),
);

/** The event a message's type asks to publish, by its name or its legacy spelling. */
export const deviceEventType = (spelling: string): DeviceEventType | undefined => typeOfSpelling.get(spelling);

export const mayPublish = (from: ConnectionType, type: DeviceEventType): boolean => {
  const event: DeviceEvent = deviceEvents[type];
  return event.from.includes(from);
};
