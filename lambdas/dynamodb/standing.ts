/** What every message of a session is judged by, in one request over two tables. */
import type { BatchGetCommandInput, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { enteredBy } from '../access/standing.ts';
import type { Session } from '../connection/connection.ts';
import type { ReadStanding, Standing } from '../ports.ts';
import { membershipKey, membershipOf } from './memberships.ts';
import { headKey, headOf, partitionOf } from './stream-item.ts';
import { type Found, readAll } from './table.ts';

export type StandingTables = Readonly<{ memberships: string; events: string }>;

export const readStanding =
  (client: DynamoDBDocumentClient, tables: StandingTables): ReadStanding =>
  async (session, head) =>
    standingIn(tables, await readAll(client, standingKeys(tables, session, head)));

/** Where the standing of a session is kept. */
export const standingKeys = (
  tables: StandingTables,
  session: Session,
  head: Parameters<ReadStanding>[1],
): NonNullable<BatchGetCommandInput['RequestItems']> => ({
  [tables.memberships]: { Keys: [membershipKey(enteredBy(session), session)], ConsistentRead: true },
  [tables.events]: {
    Keys: [{ pk: partitionOf(session.restaurantId), sk: headKey }],
    ConsistentRead: head === 'newest',
  },
});

export const standingIn = (tables: StandingTables, found: Found): Standing => {
  const membership = found[tables.memberships]?.[0];
  const head = found[tables.events]?.[0];
  return { membership: membership && membershipOf(membership), head: head && headOf(head) };
};
