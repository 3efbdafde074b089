/** The orders that a waiter sees: what was heard, and over it what this phone has published and nobody has accepted yet. Pure. */
import type { Pending, RestaurantEvent } from '@maitred/client';

export type Status = 'pending' | 'confirmed' | 'preparing' | 'ready' | 'completed' | 'cancelled';

export type Order = Readonly<{ id: string; table: string; dish: string; status: Status }>;

export type Orders = Readonly<{
  byId: Readonly<Record<string, Order>>;
  /** What was heard since the last gap: a snapshot that was on its way meanwhile is older. */
  since: Readonly<Record<string, Order>>;
  /** Whether a snapshot is wanted and has not come. */
  holes: boolean;
}>;

export type Action =
  | Readonly<{ kind: 'heard'; event: RestaurantEvent }>
  | Readonly<{ kind: 'gap' }>
  | Readonly<{ kind: 'snapshot'; orders: readonly Order[] }>;

/** An order as a list shows it. */
export type Row = Order & Readonly<{ isSent: boolean }>;

export const noOrders: Orders = { byId: {}, since: {}, holes: false };

export const reduce = (orders: Orders, action: Action): Orders => {
  switch (action.kind) {
    case 'heard': {
      const order = after(orders.byId, action.event.type, action.event.data);
      if (order === undefined) return orders;
      const put = { [order.id]: order };
      return { ...orders, byId: { ...orders.byId, ...put }, since: { ...orders.since, ...put } };
    }
    case 'gap':
      return { ...orders, since: {}, holes: true };
    case 'snapshot': {
      const snapshot = Object.fromEntries(action.orders.map((order) => [order.id, order]));
      return { ...orders, byId: { ...snapshot, ...orders.since }, holes: false };
    }
  }
};

/** What is still to be done, ready dishes first. */
export const rowsOf = (orders: Orders, pending: readonly Pending[]): readonly Row[] => {
  const rows: Record<string, Row> = {};
  for (const order of Object.values(orders.byId)) rows[order.id] = { ...order, isSent: true };
  for (const { type, data, state } of pending) {
    // It has a place of its own, where somebody decides what becomes of it.
    if (state === 'returned') continue;
    const order = after(rows, type, data);
    if (order !== undefined) rows[order.id] = { ...order, isSent: false };
  }
  return Object.values(rows)
    .filter(({ status }) => status !== 'completed' && status !== 'cancelled')
    .sort((one, other) => Number(other.status === 'ready') - Number(one.status === 'ready'));
};

/** What a waiter may do next with an order. */
export const nextOf = (status: Status): readonly Status[] => {
  switch (status) {
    case 'pending':
    case 'confirmed':
      return ['cancelled'];
    case 'ready':
      return ['completed'];
    case 'preparing':
    case 'completed':
    case 'cancelled':
      return [];
  }
};

/** What was given back, so that a person can take it again, or forget it. */
export const returnedWords = ({ data, returned }: Pending): string => {
  const said: Readonly<Record<string, unknown>> = Object(data);
  const what = ['table', 'dish', 'order_id', 'status'].flatMap((name) =>
    said[name] === undefined ? [] : [`${name} ${said[name]}`],
  );
  return `Came back (${returned?.code}): ${what.join(', ')}`;
};

const statuses: readonly Status[] = ['pending', 'confirmed', 'preparing', 'ready', 'completed', 'cancelled'];

/** The order that an event tells of. A status of one that nobody knows has no dish to show: nothing. */
const after = (known: Readonly<Record<string, Order>>, type: string, data: unknown): Order | undefined => {
  const said: Readonly<Record<string, unknown>> = Object(data);
  const id = String(said['order_id']);
  if (type === 'order.created')
    return { id, table: String(said['table'] ?? '?'), dish: String(said['dish'] ?? '?'), status: 'pending' };
  const before = known[id];
  const status = statuses.find((one) => one === said['status']);
  if (type !== 'order.status_changed' || before === undefined || status === undefined) return undefined;
  return { id, table: before.table, dish: before.dish, status };
};
