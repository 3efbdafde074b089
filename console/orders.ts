/** PURE. The orders of a restaurant as its events tell them, and what a device may do with each. */
import type { RestaurantEventData } from '../client/src/index.ts';
import type { ConnectionType } from '../protocol/identifiers.ts';
import { type OrderStatus, orderStatuses } from './restaurant-words.ts';

export type Order = Readonly<{
  id: string;
  /** What is on it; empty when this device came after it was placed. */
  dish: string;
  status: OrderStatus;
  minutes: number | undefined;
  isPaid: boolean;
}>;

/** By id, oldest first. */
export type Orders = ReadonlyMap<string, Order>;

/** The orders after one more event. Of data that is not what its type promises, nothing is taken. */
export const afterEvent = (orders: Orders, event: Readonly<{ type: string; data: unknown }>): Orders => {
  const { data } = event;
  if (!isRecord(data)) return orders;
  const { order_id: unverifiedId } = data;
  if (typeof unverifiedId !== 'string' && typeof unverifiedId !== 'number') return orders;
  const id = String(unverifiedId);
  const before: Order = orders.get(id) ?? { id, dish: '', status: 'pending', minutes: undefined, isPaid: false };
  const after = change(before, event.type, data);
  return after === undefined ? orders : new Map(orders).set(id, after);
};

const change = (order: Order, type: string, data: Readonly<Record<string, unknown>>): Order | undefined => {
  switch (type) {
    case 'order.created':
      return { ...order, dish: typeof data['dish'] === 'string' ? data['dish'] : '' };
    case 'order.status_changed': {
      const status = orderStatuses.find((one) => one === data['status']);
      return status && { ...order, status };
    }
    case 'order.preparation_time': {
      const minutes = data['estimated_time'];
      return typeof minutes === 'number' ? { ...order, minutes } : undefined;
    }
    case 'payment.completed':
      return { ...order, isPaid: true };
    default:
      return undefined;
  }
};

/** Something a device publishes about an order that is there, and what its button says. */
export type Action = {
  [Type in Exclude<keyof RestaurantEventData, 'order.created'>]: Readonly<{
    label: string;
    type: Type;
    data: RestaurantEventData[Type];
  }>;
}[Exclude<keyof RestaurantEventData, 'order.created'>];

const suggestedMinutes = 15;

/** What is next for this order on a device of this type. */
export const actionsOn = ({ id, status, minutes, isPaid }: Order, device: ConnectionType): readonly Action[] => {
  const to = (label: string, next: OrderStatus): Action => ({
    label,
    type: 'order.status_changed',
    data: { order_id: id, status: next },
  });
  const isOver = status === 'completed' || status === 'cancelled';
  switch (device) {
    case 'kitchen':
      if (status === 'pending' || status === 'confirmed') return [to('Start', 'preparing')];
      if (status !== 'preparing') return [];
      return [
        to('Ready', 'ready'),
        ...(minutes === undefined
          ? [
              {
                label: `${suggestedMinutes} minutes`,
                type: 'order.preparation_time',
                data: { order_id: id, estimated_time: suggestedMinutes },
              } as const,
            ]
          : []),
      ];
    case 'pos':
      return [
        ...(status === 'ready' ? [to('Served', 'completed')] : []),
        ...(isPaid || status === 'cancelled'
          ? []
          : [{ label: 'Paid', type: 'payment.completed', data: { order_id: id } } as const]),
      ];
    case 'management':
      return isOver ? [] : [to('Cancel', 'cancelled')];
    default:
      return [];
  }
};

/** Whether a device of this type places orders. */
export const placesOrders = (device: ConnectionType): boolean => device === 'pos' || device === 'management';

/** One line for people. */
export const orderText = ({ id, dish, status, minutes, isPaid }: Order): string =>
  [
    `${dish === '' ? 'Order' : dish} (${id})`,
    status,
    ...(minutes === undefined ? [] : [`${minutes} min`]),
    ...(isPaid ? ['paid'] : []),
  ].join(' · ');

/** A publication that was made without a connection, and whether the gateway has taken it since. */
export type Delivery = 'waits' | 'accepted';

/** How it went with what was published without a connection, by its name. Nothing of anything else. */
export const deliveriesText = (deliveries: ReadonlyMap<string, Delivery>): string => {
  const those = (which: Delivery) => [...deliveries].filter(([, delivery]) => delivery === which).map(([name]) => name);
  const [waiting, accepted] = [those('waits'), those('accepted')];
  return [
    ...(waiting.length > 0 ? [`Waiting for the connection: ${waiting.join(', ')}.`] : []),
    ...(accepted.length > 0 ? [`Accepted: ${accepted.join(', ')}.`] : []),
  ].join(' ');
};

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
