import { demoRestaurant } from '../local/demo.ts';
import type { ConnectionType } from '../protocol/identifiers.ts';

/** Whose first message `npm start` prints, and where it goes. */
export const printedDevice = { user: 'chef', restaurantId: demoRestaurant, connectionType: 'kitchen' } as const;

/** The first message as a line to paste into `wscat`. */
export const authenticateLine = (
  admitted: Readonly<{ restaurantId: string; connectionType: ConnectionType; token: string }>,
): string =>
  JSON.stringify({
    type: 'authenticate',
    restaurant_id: admitted.restaurantId,
    connection_type: admitted.connectionType,
    token: admitted.token,
  });
