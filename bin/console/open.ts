import { demoIssuerAlias, demoRestaurant, demoUsers, rivalRestaurant } from '../../local/demo.ts';
import type { Gateway } from '../../local/gateway.ts';
import { localTarget } from '../target.ts';
import { type Console, createConsole } from './endpoints.ts';
import { openHouse } from './house.ts';
import { buildPage } from './page.ts';

/** The console of a gateway on this machine. */
export const openConsole = async (gateway: Gateway, onError: (error: unknown) => void): Promise<Console> => {
  const restaurants = [demoRestaurant, rivalRestaurant];
  const { dynamodbEndpoint, sqsEndpoint, managementUrl, queues, tables, url } = gateway;
  const target = localTarget({
    dynamodbEndpoint,
    sqsEndpoint,
    managementUrl,
    eventQueueUrl: queues['EventQueue'] ?? '',
    tables,
  });
  return createConsole({
    page: await buildPage(),
    house: openHouse(target, restaurants, demoIssuerAlias),
    demo: { url, users: demoUsers, restaurants },
    port: Number(new URL(url).port),
    onError,
  });
};
