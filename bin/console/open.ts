import { demoIssuerAlias, demoRestaurant, demoUsers, rivalRestaurant } from '../../local/demo.ts';
import type { Gateway } from '../../local/gateway.ts';
import { printedDevice } from '../authenticate-line.ts';
import { localTarget, placesOf } from '../target.ts';
import { type Console, createConsole } from './endpoints.ts';
import { buildPage } from './page.ts';
import { consoleState } from './state.ts';

/** The console of a gateway on this machine. */
export const openConsole = async (gateway: Gateway, onError: (error: unknown) => void): Promise<Console> => {
  const restaurants = [demoRestaurant, rivalRestaurant];
  const target = localTarget(placesOf(gateway));
  return createConsole({
    page: await buildPage(),
    state: consoleState(target, restaurants, demoIssuerAlias),
    outbox: gateway.outbox,
    demo: {
      url: gateway.url,
      users: demoUsers,
      restaurants,
      printed: { user: printedDevice.user, restaurant: printedDevice.restaurantId },
    },
    port: Number(new URL(gateway.url).port),
    onError,
  });
};
