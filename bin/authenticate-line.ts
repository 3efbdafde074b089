import type { ConnectionType } from '../protocol/identifiers.ts';

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
