import type { FunctionConfig } from '../config-schema/function-config.ts';
import { demoRestaurant, stranger } from '../local/demo.ts';
import { domainOf } from '../protocol/domain.ts';
import type { ConnectionType } from '../protocol/identifiers.ts';

/**
 * Whose first message `npm start` prints, and where it goes: the first demo user of the narrowest role that one has, at the first
 * type of the role that a device is not without saying so. Where there is none, the stranger, whom nobody lets in.
 */
export const printedDevice = (config: FunctionConfig) => {
  const { connectionTypes, defaultConnectionType, roles, mayConnectAs } = domainOf(config);
  const users = Object.entries(config.demoUsers);
  const role = roles.findLast((one) => users.some(([, its]) => its === one)) ?? '';
  const types = connectionTypes.filter((type) => mayConnectAs(role, type));
  return {
    user: users.find(([, its]) => its === role)?.[0] ?? stranger,
    restaurantId: demoRestaurant,
    connectionType: types.find((type) => type !== defaultConnectionType) ?? defaultConnectionType,
  };
};

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
