/** What every message of a session is judged by, in one request over two tables. */
import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { everyRestaurant } from '../access/membership.ts';
import type { ReadStanding } from '../ports.ts';
import { membershipKey, membershipOf } from './memberships.ts';
import { headKey, headOf, partitionOf } from './stream-item.ts';

export const readStanding =
  (client: DynamoDBDocumentClient, tables: Readonly<{ memberships: string; events: string }>): ReadStanding =>
  async (session, head) => {
    const restaurantId = session.role === 'platform_owner' ? everyRestaurant : session.restaurantId;
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetCommand({
        RequestItems: {
          [tables.memberships]: { Keys: [membershipKey(restaurantId, session)], ConsistentRead: true },
          [tables.events]: {
            Keys: [{ pk: partitionOf(session.restaurantId), sk: headKey }],
            ConsistentRead: head === 'newest',
          },
        },
      }),
    );
    if (Object.keys(UnprocessedKeys ?? {}).length > 0) throw new Error('a table left keys unprocessed');
    const membership = Responses?.[tables.memberships]?.[0];
    const found = Responses?.[tables.events]?.[0];
    return { membership: membership && membershipOf(membership), head: found && headOf(found) };
  };
