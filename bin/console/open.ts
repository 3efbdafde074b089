import { demoIssuerAlias, demoRestaurant, rivalRestaurant } from '../../local/demo.ts';
import type { Gateway } from '../../local/gateway.ts';
import { printedDevice } from '../authenticate-line.ts';
import { localDemo } from '../stage-domain.ts';
import { localTarget, placesOf } from '../target.ts';
import { type Console, createConsole } from './endpoints.ts';
import { buildPage } from './page.ts';
import { consoleState } from './state.ts';

/** The console of a gateway on this machine. */
export const openConsole = async (gateway: Gateway, onError: (error: unknown) => void): Promise<Console> => {
  const restaurants = [demoRestaurant, rivalRestaurant];
  const target = localTarget(placesOf(gateway));
  const printed = printedDevice();
  return createConsole({
    page: await buildPage(),
    state: consoleState(target, restaurants, demoIssuerAlias),
    outbox: gateway.outbox,
    demo: {
      url: gateway.url,
      users: localDemo().users,
      restaurants,
      printed: { user: printed.user, restaurant: printed.restaurantId },
    },
    port: Number(new URL(gateway.url).port),
    onError,
  });
};
