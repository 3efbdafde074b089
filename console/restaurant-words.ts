/** What the console's orders are made of. */

export const connectionTypes = ['pos', 'kitchen', 'management', 'customer', 'platform'] as const;

export const orderStatuses = ['pending', 'confirmed', 'preparing', 'ready', 'completed', 'cancelled'] as const;
export type OrderStatus = (typeof orderStatuses)[number];
