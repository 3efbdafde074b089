import { namesRestaurant } from '../config-schema/membership-claim.ts';
import { isKnownRestaurant } from '../lambdas/access/known-restaurant.ts';
import { listMembers } from '../lambdas/dynamodb/member-list.ts';
import { streams } from '../lambdas/dynamodb/streams.ts';
import type { AskedGateway } from './asked-gateway.ts';
import { configuredIssuers } from './configured-issuers.ts';
import type { Target } from './target.ts';

/** Whether the gateway would number an event there. */
export const isRestaurantOf =
  ({ events, memberships }: Pick<Target, 'events' | 'memberships'>, asked: AskedGateway) =>
  async (restaurantId: string): Promise<boolean> => {
    const ofEvents = streams(events);
    if ((await ofEvents.readHead(restaurantId)) !== undefined) return true;
    return isKnownRestaurant({
      streams: ofEvents,
      listMembers: listMembers(memberships),
      isNamedByIssuer: (id) => configuredIssuers(asked).some((issuer) => namesRestaurant(issuer, id)),
    })(restaurantId);
  };
