/** What every message of a session is judged by, in one request over two tables. */
import type { BatchGetCommandInput, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Domain } from '../../protocol/domain.ts';
import { membershipScope } from '../access/authorization.ts';
import { everyRestaurant } from '../access/membership.ts';
import type { Session } from '../connection/connection.ts';
import type { Authorization, ReadAuthorization } from '../ports.ts';
import type { AuthorizationTables } from './authorization-tables.ts';
import { membershipKey, membershipOf } from './memberships.ts';
import { headKey, headOf, partitionOf } from './stream-item.ts';
import { type Found, readAll } from './table.ts';

export const readAuthorization =
  (client: DynamoDBDocumentClient, tables: AuthorizationTables, domain: Domain): ReadAuthorization =>
  async (session, head) =>
    authorizationIn(tables, await readAll(client, authorizationKeys(tables, domain, session, head)));

/** Where the authorization of a session is kept. */
export const authorizationKeys = (
  tables: AuthorizationTables,
  domain: Domain,
  session: Session,
  head: Parameters<ReadAuthorization>[1],
): NonNullable<BatchGetCommandInput['RequestItems']> => ({
  [tables.memberships]: {
    // One restaurant's for most; an owner of the platform may be suspended there, too.
    Keys: [...new Set([session.restaurantId, membershipScope(domain, session)])].map((id) =>
      membershipKey(id, session),
    ),
    ConsistentRead: true,
  },
  [tables.events]: {
    Keys: [{ pk: partitionOf(session.restaurantId), sk: headKey }],
    ConsistentRead: head === 'newest',
  },
});

export const authorizationIn = (tables: AuthorizationTables, found: Found): Authorization => {
  const memberships = (found[tables.memberships] ?? []).map(membershipOf);
  const head = found[tables.events]?.[0];
  return {
    memberships: {
      here: memberships.find(({ restaurantId }) => restaurantId !== everyRestaurant),
      everywhere: memberships.find(({ restaurantId }) => restaurantId === everyRestaurant),
    },
    head: head && headOf(head),
  };
};
