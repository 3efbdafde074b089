/** Events of a restaurant, as the application sees them. */

/** A place in a restaurant's stream: everything up to `seq` has been delivered. Keep it to resume later. */
export type Cursor = Readonly<{ epoch: string; seq: number }>;

/** Of a restaurant that has had no event yet: its stream has no name. */
export const beforeFirst: Cursor = { epoch: '', seq: 0 };

type OrderId = string | number;
type FreeForm = { readonly [field: string]: unknown };
type OrderStatus = 'pending' | 'confirmed' | 'preparing' | 'ready' | 'completed' | 'cancelled';

/** The `data` of each event type that a device may publish. */
export interface DeviceEventData {
  'order.created': { readonly order_id: OrderId } & FreeForm;
  'order.status_changed': { readonly order_id: OrderId; readonly status: OrderStatus } & FreeForm;
  'order.preparation_time': { readonly order_id: OrderId; readonly estimated_time: number } & FreeForm;
  'payment.completed': { readonly order_id: OrderId } & FreeForm;
}

/**
 * The `data` of each event type that is known by name. An application adds what its backends publish:
 * `declare module '@maitred/client' { interface RestaurantEventData { 'menu.updated': { version: number } } }`.
 */
export interface RestaurantEventData extends DeviceEventData {}

/** What an event of this type carries. The gateway checks what devices publish; a backend's events are its own affair. */
export type DataOf<Type extends string> = Type extends keyof RestaurantEventData ? RestaurantEventData[Type] : unknown;

export type RestaurantEvent<Type extends string = string> = Readonly<{
  type: Type;
  /** The same id is the same event, also in a resent publication. */
  id: string;
  seq: number;
  /** The event before this one that this connection type may see. */
  prevSeq: number;
  epoch: string;
  restaurantId: string;
  data: DataOf<Type>;
  /** `data` as its publisher wrote it: numbers that JavaScript rounds are whole here. */
  raw: string;
  /** Who published it; nobody when a backend did, and to a `customer`, who learns of nobody on the staff who they are. */
  userId: string | undefined;
  connectionType: string | undefined;
  timestamp: string;
}>;

/**
 * Why events may be missing: `start`: there was no cursor; `epoch_changed`: the stream began anew; `horizon_passed`: the
 * gateway no longer has them; `missing`: it announced them but does not hand them out. Delivery goes on after `cursor`.
 */
export type Gap = Readonly<{
  reason: 'start' | 'epoch_changed' | 'horizon_passed' | 'missing';
  cursor: Cursor;
}>;
