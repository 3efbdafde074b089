import { everyRestaurant, type Membership } from '../../lambdas/access/membership.ts';
import type { FindMemberships, ListMembers, ReadStanding } from '../../lambdas/ports.ts';
import type { Perform } from './port-call.ts';
import type { StreamTable } from './streams.ts';

/** The membership table: rows by restaurant, issuer and user. */
export type MembershipTable = Map<string, Membership>;

export const memoryMemberships =
  (table: MembershipTable, perform: Perform): FindMemberships =>
  (restaurantId, user) =>
    perform('findMemberships', () => ({
      here: restaurantId === everyRestaurant ? undefined : table.get(keyOf({ ...user, restaurantId })),
      everywhere: table.get(keyOf({ ...user, restaurantId: everyRestaurant })),
    }));

export const memoryMemberList =
  (table: MembershipTable, perform: Perform): ListMembers =>
  (restaurantId) =>
    perform('listMembers', () => [...table.values()].filter((membership) => membership.restaurantId === restaurantId));

export const memoryStanding =
  (table: MembershipTable, streams: StreamTable, perform: Perform): ReadStanding =>
  (session) =>
    perform('readStanding', () => ({
      membership: table.get(
        keyOf({ ...session, restaurantId: session.role === 'platform_owner' ? everyRestaurant : session.restaurantId }),
      ),
      head: streams.get(session.restaurantId)?.head,
    }));

export const enrol = (table: MembershipTable, membership: Membership): void => {
  table.set(keyOf(membership), membership);
};

const keyOf = ({ restaurantId, issuer, userId }: Pick<Membership, 'restaurantId' | 'issuer' | 'userId'>): string =>
  JSON.stringify([restaurantId, issuer, userId]);
