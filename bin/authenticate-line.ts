import { demoRestaurant } from '../local/demo.ts';
import type { ConnectionType } from '../protocol/identifiers.ts';

/** Whose first message `npm start` prints, and where it goes. */
export const printedSeat = { user: 'chef', restaurantId: demoRestaurant, connectionType: 'kitchen' } as const;

/** The first message as a line to paste into `wscat`. */
export const authenticateLine = (
  seat: Readonly<{ restaurantId: string; connectionType: ConnectionType; token: string }>,
): string =>
  JSON.stringify({
    type: 'authenticate',
    restaurant_id: seat.restaurantId,
    connection_type: seat.connectionType,
    token: seat.token,
  });
