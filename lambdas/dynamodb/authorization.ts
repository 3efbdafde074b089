/** What every message of a session is judged by, in one request over two tables. */
import type { BatchGetCommandInput, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { membershipScope } from '../access/authorization.ts';
import type { Session } from '../connection/connection.ts';
import type { Authorization, ReadAuthorization } from '../ports.ts';
import { membershipKey, membershipOf } from './memberships.ts';
import { headKey, headOf, partitionOf } from './stream-item.ts';
import { type Found, readAll } from './table.ts';

export type AuthorizationTables = Readonly<{ memberships: string; events: string }>;

export const readAuthorization =
  (client: DynamoDBDocumentClient, tables: AuthorizationTables): ReadAuthorization =>
  async (session, head) =>
    authorizationIn(tables, await readAll(client, authorizationKeys(tables, session, head)));

/** Where the authorization of a session is kept. */
export const authorizationKeys = (
  tables: AuthorizationTables,
  session: Session,
  head: Parameters<ReadAuthorization>[1],
): NonNullable<BatchGetCommandInput['RequestItems']> => ({
  [tables.memberships]: { Keys: [membershipKey(membershipScope(session), session)], ConsistentRead: true },
  [tables.events]: {
    Keys: [{ pk: partitionOf(session.restaurantId), sk: headKey }],
    ConsistentRead: head === 'newest',
  },
});

export const authorizationIn = (tables: AuthorizationTables, found: Found): Authorization => {
  const membership = found[tables.memberships]?.[0];
  const head = found[tables.events]?.[0];
  return { membership: membership && membershipOf(membership), head: head && headOf(head) };
};
