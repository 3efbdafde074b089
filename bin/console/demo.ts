/** What the console's page plays: the devices, events and people of the local stage. */
import type { Demo, DemoConnectionType, DemoUser } from '../../console/rows.ts';
import { isRole, mayConnectAs } from '../../lambdas/access/roles.ts';
import { demoMemberships, demoRestaurant, demoUsers, rivalRestaurant } from '../../local/demo.ts';
import { deviceEventEntries } from '../../protocol/device-events.ts';
import { type ConnectionType, connectionTypes } from '../../protocol/identifiers.ts';
import { mayAskWho } from '../../protocol/presence.ts';
import { printedDevice } from '../authenticate-line.ts';

const titles: Readonly<Record<ConnectionType, string>> = {
  pos: 'Till',
  kitchen: 'Kitchen display',
  management: 'Back office',
  customer: 'Customer display',
  platform: 'Platform',
};

export const consoleDemo = (url: string): Demo => ({
  url,
  restaurants: [demoRestaurant, rivalRestaurant],
  users: demoUsers.map((name): DemoUser => {
    const membership = demoMemberships.find(({ user }) => user === name);
    if (membership === undefined) return { name, connectionTypes: [] };
    const { restaurant, role } = membership;
    return {
      name,
      restaurant,
      connectionTypes: connectionTypes.filter((type) => isRole(role) && mayConnectAs(role, type)),
    };
  }),
  connectionTypes: connectionTypes.map(
    (name): DemoConnectionType => ({ name, title: titles[name], asksWho: mayAskWho(name) }),
  ),
  events: deviceEventEntries.map(([type, { title, from, audience, example }]) => ({
    type,
    title,
    from,
    audience,
    example,
  })),
  printed: { user: printedDevice.user, restaurant: printedDevice.restaurantId },
});
