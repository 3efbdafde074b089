/** What the console's page plays: the devices, events and people of the local stage. */
import type { FunctionConfig } from '../../config-schema/function-config.ts';
import type { Demo, DemoConnectionType, DemoUser } from '../../console/rows.ts';
import { demoOf, demoRestaurant, rivalRestaurant } from '../../local/demo.ts';
import { domainOf } from '../../protocol/domain.ts';
import { isEventType } from '../../protocol/restaurant-events.ts';
import { printedDevice } from '../authenticate-line.ts';

export const consoleDemo = (url: string, config: FunctionConfig): Demo => {
  const { connectionTypes, events, asksWho, mayConnectAs } = domainOf(config);
  const { users, memberships } = demoOf(config.demoUsers);
  const printed = printedDevice(config);
  return {
    url,
    restaurants: [demoRestaurant, rivalRestaurant],
    users: users.map((name): DemoUser => {
      const membership = memberships.find(({ user }) => user === name);
      if (membership === undefined) return { name, connectionTypes: [] };
      const { restaurant, role } = membership;
      return { name, restaurant, connectionTypes: connectionTypes.filter((type) => mayConnectAs(role, type)) };
    }),
    connectionTypes: connectionTypes.map(
      (name): DemoConnectionType => ({
        name,
        title: config.connectionTypes[name]?.title ?? name,
        asksWho: asksWho(name),
      }),
    ),
    events: events.flatMap(({ type, title, from, audience, example }) =>
      isEventType(type) ? [{ type, title, from, audience, example }] : [],
    ),
    printed: { user: printed.user, restaurant: printed.restaurantId },
  };
};
