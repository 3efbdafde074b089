/** Who may enter, changed by people: used by the `members` command, deployed nowhere. */
import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { ConnectionType } from '../../protocol/identifiers.ts';
import type { Membership } from '../access/membership.ts';
import type { Role } from '../access/roles.ts';
import { membershipKey } from './memberships.ts';
import { conditionally, type Table } from './table.ts';

export type Member = Readonly<{ restaurantId: string; issuer: string; userId: string }>;

const isMember = 'attribute_exists(pk)';

/** Adds a member or changes one. An earlier revocation stays: tokens from before it stay dead. */
export const setMember =
  ({ client, tableName }: Table) =>
  async (member: Member & Readonly<{ role: Role; connectionTypes?: readonly ConnectionType[] }>): Promise<void> => {
    const { restaurantId, issuer, userId, role, connectionTypes } = member;
    await client.send(
      new UpdateCommand({
        TableName: tableName,
        Key: membershipKey(restaurantId, member),
        UpdateExpression: `SET restaurant_id = :restaurant_id, issuer = :issuer, user_id = :user_id, #role = :role ${
          connectionTypes ? ', connection_types = :connection_types' : 'REMOVE connection_types'
        }`,
        ExpressionAttributeNames: { '#role': 'role' },
        ExpressionAttributeValues: {
          ':restaurant_id': restaurantId,
          ':issuer': issuer,
          ':user_id': userId,
          ':role': role,
          ...(connectionTypes ? { ':connection_types': connectionTypes } : {}),
        },
      }),
    );
  };

/** Writes a membership as it is, whatever was there. */
export const putMembership =
  ({ client, tableName }: Table) =>
  async (membership: Membership): Promise<void> => {
    const { restaurantId, issuer, userId, role, connectionTypes, revokedBeforeMs } = membership;
    await client.send(
      new PutCommand({
        TableName: tableName,
        Item: {
          ...membershipKey(restaurantId, membership),
          restaurant_id: restaurantId,
          issuer,
          user_id: userId,
          role,
          connection_types: connectionTypes,
          revoked_before_ms: revokedBeforeMs,
        },
      }),
    );
  };

export const removeMember =
  ({ client, tableName }: Table) =>
  async (member: Member): Promise<'removed' | 'not_a_member'> => {
    const removed = await conditionally(
      client.send(
        new DeleteCommand({
          TableName: tableName,
          Key: membershipKey(member.restaurantId, member),
          ConditionExpression: isMember,
        }),
      ),
    );
    return removed === 'refused' ? 'not_a_member' : 'removed';
  };

/** From now on every token issued before `beforeMs` (epoch milliseconds) is refused at this restaurant. */
export const revokeMember =
  ({ client, tableName }: Table) =>
  async (member: Member, beforeMs: number): Promise<'revoked' | 'not_a_member'> => {
    const revoked = await conditionally(
      client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: membershipKey(member.restaurantId, member),
          ConditionExpression: isMember,
          UpdateExpression: 'SET revoked_before_ms = :before_ms',
          ExpressionAttributeValues: { ':before_ms': beforeMs },
        }),
      ),
    );
    return revoked === 'refused' ? 'not_a_member' : 'revoked';
  };
