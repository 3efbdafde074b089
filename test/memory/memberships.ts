import { membershipScope, sameSubject } from '../../lambdas/access/authorization.ts';
import { everyRestaurant, type Membership } from '../../lambdas/access/membership.ts';
import type { Session } from '../../lambdas/connection/connection.ts';
import type {
  Authorization,
  FindMemberships,
  ListMembers,
  ReadAuthorization,
  ReadSession,
} from '../../lambdas/ports.ts';
import { type ConnectionTable, rowOf } from './connections.ts';
import type { Perform } from './port-call.ts';
import type { StreamTable } from './streams.ts';
import { restaurantDomain } from '../restaurant-domain.ts';

/** The membership table: rows by restaurant, issuer and user. */
export type MembershipTable = Map<string, Membership>;

export const memoryMemberships =
  ({ memberships: table, streams }: AuthorizationTables, perform: Perform): FindMemberships =>
  (restaurantId, user) =>
    perform('findMemberships', () => ({
      head: streams.get(restaurantId)?.head ?? 'none',
      here: restaurantId === everyRestaurant ? undefined : table.get(keyOf({ ...user, restaurantId })),
      everywhere: table.get(keyOf({ ...user, restaurantId: everyRestaurant })),
    }));

export const memoryMemberList =
  (table: MembershipTable, perform: Perform): ListMembers =>
  (restaurantId) =>
    perform('listMembers', () => [...table.values()].filter((membership) => membership.restaurantId === restaurantId));

/** What standings are made of. */
export type AuthorizationTables = Readonly<{ memberships: MembershipTable; streams: StreamTable }>;

export const memoryAuthorization =
  (tables: AuthorizationTables, perform: Perform): ReadAuthorization =>
  (session) =>
    perform('readAuthorization', () => authorizationOf(tables, session));

/** Brings the authorization of a session that it has `seen`, like the port on DynamoDB. */
export const memorySession =
  (
    tables: AuthorizationTables & Readonly<{ connections: ConnectionTable }>,
    seen: Map<string, Session>,
    perform: Perform,
  ): ReadSession =>
  (key) =>
    perform('readSession', () => {
      const connection = rowOf(tables.connections, key);
      const known = seen.get(key.connectionId);
      if (connection?.status !== 'authenticated') return { connection, authorization: undefined };
      const { session } = connection;
      seen.set(key.connectionId, session);
      return {
        connection,
        authorization:
          known && sameSubject(restaurantDomain, known, session) ? authorizationOf(tables, session) : undefined,
      };
    });

const authorizationOf = ({ memberships, streams }: AuthorizationTables, session: Session): Authorization => ({
  memberships: {
    here: memberships.get(keyOf(session)),
    everywhere:
      membershipScope(restaurantDomain, session) === everyRestaurant
        ? memberships.get(keyOf({ ...session, restaurantId: everyRestaurant }))
        : undefined,
  },
  head: streams.get(session.restaurantId)?.head,
});

export const enrol = (table: MembershipTable, membership: Membership): void => {
  table.set(keyOf(membership), membership);
};

const keyOf = ({ restaurantId, issuer, userId }: Pick<Membership, 'restaurantId' | 'issuer' | 'userId'>): string =>
  JSON.stringify([restaurantId, issuer, userId]);
