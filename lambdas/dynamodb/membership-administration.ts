/** Who may enter, changed by people: used by the `members` command, deployed nowhere. */
import { DeleteCommand, PutCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import type { ConnectionType, Role } from '../../protocol/identifiers.ts';
import { type Membership, noRole } from '../access/membership.ts';
import { afterEveryLoginMs, membershipKey, membershipOf, neverRevokedMs } from './memberships.ts';
import { conditionally, type Item, type Table } from './table.ts';

export type Member = Readonly<{ restaurantId: string; issuer: string; userId: string }>;

const isMember = 'attribute_exists(pk) AND #role <> :no_role';
const isNotSuspended = 'attribute_not_exists(suspended_at_ms)';
const isSuspended = 'attribute_exists(suspended_at_ms)';
const wasRevoked = 'revoked_before_suspension_ms > :never';
const isNobody = '#role = :no_role';

/** Adds a member or changes one. An earlier revocation stays, and so does a suspension. */
export const setMember =
  (table: Table) =>
  async (
    member: Member & Readonly<{ role: Role; connectionTypes?: readonly ConnectionType[] }>,
  ): Promise<Membership> => {
    const { role, connectionTypes } = member;
    const { Attributes } = await table.client.send(
      update(table, member, {
        UpdateExpression: `SET ${named}, #role = :role ${
          connectionTypes ? ', connection_types = :connection_types' : 'REMOVE connection_types'
        }`,
        values: {
          ...namesOf(member),
          ':role': role,
          ...(connectionTypes ? { ':connection_types': connectionTypes } : {}),
        },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return membershipOf(Attributes ?? {});
  };

/** Writes a membership as it is, whatever was there. */
export const putMembership =
  ({ client, tableName }: Table) =>
  async (membership: Membership): Promise<void> => {
    await client.send(new PutCommand({ TableName: tableName, Item: membershipItem(membership) }));
  };

export const membershipItem = (membership: Membership): Item => {
  const { restaurantId, issuer, userId, role, connectionTypes, revokedBeforeMs, suspendedAtMs } = membership;
  return {
    ...membershipKey(restaurantId, membership),
    restaurant_id: restaurantId,
    issuer,
    user_id: userId,
    role,
    connection_types: connectionTypes,
    ...(suspendedAtMs === undefined
      ? { revoked_before_ms: revokedBeforeMs }
      : {
          suspended_at_ms: suspendedAtMs,
          revoked_before_ms: afterEveryLoginMs,
          revoked_before_suspension_ms: revokedBeforeMs ?? neverRevokedMs,
        }),
  };
};

/** Ends a membership. A suspension stays, of whoever is no member now. */
export const removeMember =
  (table: Table) =>
  async (member: Member): Promise<'removed' | 'removed_and_suspended' | 'not_a_member'> => {
    const { client, tableName: TableName } = table;
    const removed = await conditionally(
      client.send(
        new DeleteCommand({
          TableName,
          Key: membershipKey(member.restaurantId, member),
          ConditionExpression: `attribute_exists(pk) AND ${isNotSuspended}`,
        }),
      ),
    );
    if (removed !== 'refused') return 'removed';
    const emptied = await conditionally(
      client.send(
        update(table, member, {
          ConditionExpression: `${isMember} AND ${isSuspended}`,
          UpdateExpression: 'SET #role = :no_role REMOVE connection_types',
          values: { ':no_role': noRole },
        }),
      ),
    );
    return emptied === 'refused' ? 'not_a_member' : 'removed_and_suspended';
  };

/** From now on every login from before `beforeMs` (epoch milliseconds) is refused at this restaurant. */
export const revokeMember =
  (table: Table) =>
  async (member: Member, beforeMs: number): Promise<'revoked' | 'not_a_member'> => {
    // Of somebody who is suspended the revocation waits beside the suspension.
    for (const { state, attribute } of [
      { state: isNotSuspended, attribute: 'revoked_before_ms' },
      { state: isSuspended, attribute: 'revoked_before_suspension_ms' },
    ]) {
      const revoked = await conditionally(
        table.client.send(
          update(table, member, {
            ConditionExpression: `${isMember} AND ${state}`,
            UpdateExpression: `SET ${attribute} = :before_ms`,
            values: { ':before_ms': beforeMs, ':no_role': noRole },
          }),
        ),
      );
      if (revoked !== 'refused') return 'revoked';
    }
    return 'not_a_member';
  };

/**
 * Keeps somebody out until they are resumed, a member or not: whatever another row or a token says of them. As a version that
 * knows no suspensions reads it, every token of theirs is revoked.
 */
export const suspendMember =
  (table: Table) =>
  async (member: Member, atMs: number): Promise<'suspended' | 'was_suspended'> => {
    const suspended = await conditionally(
      table.client.send(
        update(table, member, {
          ConditionExpression: isNotSuspended,
          UpdateExpression: `SET ${named}, #role = if_not_exists(#role, :no_role), suspended_at_ms = :at_ms,
            revoked_before_suspension_ms = if_not_exists(revoked_before_ms, :never), revoked_before_ms = :after_every_login`,
          values: {
            ...namesOf(member),
            ':no_role': noRole,
            ':at_ms': atMs,
            ':never': neverRevokedMs,
            ':after_every_login': afterEveryLoginMs,
          },
        }),
      ),
    );
    return suspended === 'refused' ? 'was_suspended' : 'suspended';
  };

/** Ends a suspension: whoever was a member is one again, with the revocation from before. */
export const resumeMember =
  (table: Table) =>
  async (member: Member): Promise<'resumed' | 'resumed_without_membership' | 'not_suspended'> => {
    const forget = await conditionally(
      table.client.send(
        new DeleteCommand({
          TableName: table.tableName,
          Key: membershipKey(member.restaurantId, member),
          ConditionExpression: `${isSuspended} AND ${isNobody}`,
          ExpressionAttributeNames: { '#role': 'role' },
          ExpressionAttributeValues: { ':no_role': noRole },
        }),
      ),
    );
    if (forget !== 'refused') return 'resumed_without_membership';
    for (const { state, restored, values } of [
      {
        state: wasRevoked,
        restored: 'SET revoked_before_ms = revoked_before_suspension_ms REMOVE',
        values: { ':never': neverRevokedMs },
      },
      { state: isSuspended, restored: 'REMOVE revoked_before_ms,', values: {} },
    ]) {
      const resumed = await conditionally(
        table.client.send(
          update(table, member, {
            ConditionExpression: `${isSuspended} AND ${state}`,
            UpdateExpression: `${restored} suspended_at_ms, revoked_before_suspension_ms`,
            values,
          }),
        ),
      );
      if (resumed !== 'refused') return 'resumed';
    }
    return 'not_suspended';
  };

const named = 'restaurant_id = :restaurant_id, issuer = :issuer, user_id = :user_id';
const namesOf = ({ restaurantId, issuer, userId }: Member) => ({
  ':restaurant_id': restaurantId,
  ':issuer': issuer,
  ':user_id': userId,
});

const update = (
  { tableName: TableName }: Table,
  member: Member,
  {
    values,
    ...input
  }: Pick<UpdateCommandInput, 'ConditionExpression' | 'UpdateExpression' | 'ReturnValues'> &
    Readonly<{ values: Readonly<Record<`:${string}`, unknown>> }>,
): UpdateCommand => {
  const namesRole = `${input.ConditionExpression} ${input.UpdateExpression}`.includes('#role');
  return new UpdateCommand({
    TableName,
    Key: membershipKey(member.restaurantId, member),
    ...input,
    ...(namesRole ? { ExpressionAttributeNames: { '#role': 'role' } } : {}),
    ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values }),
  });
};
