/** The backend that has all orders. */
import type { Order } from './orders.ts';
import { ordersUrl } from './settings.ts';

/** Every open order, or nothing where there is no such backend: then orders from before this moment stay unknown. */
export const fetchOrders = async (token: string): Promise<readonly Order[] | undefined> => {
  if (ordersUrl === undefined) return undefined;
  const response = await fetch(ordersUrl, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`${ordersUrl} answered ${response.status}`);
  return response.json();
};
