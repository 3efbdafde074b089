import { everyRestaurant, type Membership } from '../../lambdas/access/membership.ts';
import type { FindMemberships } from '../../lambdas/ports.ts';
import type { Perform } from './port-call.ts';

/** The membership table: rows by restaurant, issuer and user. */
export type MembershipTable = Map<string, Membership>;

export const memoryMemberships =
  (table: MembershipTable, perform: Perform): FindMemberships =>
  (restaurantId, user) =>
    perform('findMemberships', () => ({
      here: restaurantId === everyRestaurant ? undefined : table.get(keyOf({ ...user, restaurantId })),
      everywhere: table.get(keyOf({ ...user, restaurantId: everyRestaurant })),
    }));

export const enrol = (table: MembershipTable, membership: Membership): void => {
  table.set(keyOf(membership), membership);
};

const keyOf = ({ restaurantId, issuer, userId }: Pick<Membership, 'restaurantId' | 'issuer' | 'userId'>): string =>
  JSON.stringify([restaurantId, issuer, userId]);
