/** What devices may publish, and what every restaurant event looks like once it is numbered. */
import { type ConnectionType, connectionTypes } from './identifiers.ts';
import { limits } from './limits.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** The kinds of event a device may publish, and who may. */
export const deviceEvents = {
  'order.created': {
    from: ['pos', 'management'],
    audience: ['pos', 'kitchen', 'management'],
  },
  'order.status_changed': {
    from: ['kitchen', 'pos', 'management'],
    audience: ['pos', 'kitchen', 'management', 'customer'],
  },
  'order.preparation_time': {
    from: ['kitchen'],
    audience: ['pos', 'kitchen', 'management'],
  },
  'payment.completed': {
    from: ['pos'],
    audience: ['pos', 'management'],
  },
} as const satisfies Record<string, Readonly<{ from: readonly ConnectionType[]; audience: readonly ConnectionType[] }>>;

export type DeviceEventType = keyof typeof deviceEvents;

/** What shipped devices call the same things. */
export const legacyEventTypes = {
  order_created: 'order.created',
  order_status_update: 'order.status_changed',
  preparation_time_update: 'order.preparation_time',
  payment_processed: 'payment.completed',
} as const satisfies Record<string, DeviceEventType>;

/** Where legacy messages keep their object. */
export const legacyObjects: Readonly<Partial<Record<DeviceEventType, string>>> = {
  'order.created': 'order',
  'payment.completed': 'payment',
};

export const orderStatuses = ['pending', 'confirmed', 'preparing', 'ready', 'completed', 'cancelled'] as const;

/** Minutes a kitchen may announce. */
export const preparationMinutes = { from: 1, to: 300 } as const;

/** The event a message type asks to publish, by its name or its legacy name. */
export const deviceEventType = (type: string): DeviceEventType | undefined => {
  if (Object.hasOwn(deviceEvents, type)) return type as DeviceEventType;
  return Object.hasOwn(legacyEventTypes, type) ? legacyEventTypes[type as keyof typeof legacyEventTypes] : undefined;
};

export const mayPublish = (from: ConnectionType, type: DeviceEventType): boolean =>
  (deviceEvents[type].from as readonly ConnectionType[]).includes(from);

/** Dotted lower-case words: `order.created`, `inventory.low_stock`. Never a type of the wire itself, which have no dot. */
export const eventTypePattern = /^[a-z][a-z0-9_]{0,31}(?:\.[a-z][a-z0-9_]{0,31}){1,3}$/;
export const isEventType = (text: string): boolean => eventTypePattern.test(text);

/** A publisher's own id of an event, its idempotency key. */
export const eventIdPattern = /^[\w.:-]{1,128}$/;
export const isEventId = (text: string): boolean => eventIdPattern.test(text);

/** Who sees an event whose publisher does not say. */
export const defaultAudience: readonly ConnectionType[] = connectionTypes.filter((type) => type !== 'customer');

/** One numbered event of a restaurant. */
export type RestaurantEvent = Readonly<{
  id: string;
  seq: number;
  type: string;
  data: JsonObject;
  audience: readonly ConnectionType[];
  /** The number of the event before it that each of its audience may see; 0 where there is none. */
  prevSeqOf: Readonly<Partial<Record<ConnectionType, number>>>;
  /** The device that published it; none: a backend. */
  publisher?: Readonly<{ userId: string; connectionType: ConnectionType }>;
  /** When it was numbered. */
  occurredAtMs: number;
}>;

/** How far a restaurant's events have come. `epoch` names this numbering: another one has nothing to do with it. */
export type StreamHead = Readonly<{
  epoch: string;
  headSeq: number;
  /** The newest event each connection type may see; absent: none yet. */
  headSeqOf: Readonly<Partial<Record<ConnectionType, number>>>;
}>;

export const isVisibleTo = (event: RestaurantEvent, type: ConnectionType): boolean => event.audience.includes(type);

/** Whether data is nested no deeper than a client could read without trouble. Walks without recursion. */
export const isShallow = (data: unknown): boolean => {
  let level: readonly unknown[] = [data];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limits.maxEventDataDepth) return false;
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
  return true;
};
