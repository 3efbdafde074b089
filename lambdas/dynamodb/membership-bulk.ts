/** Many memberships at once: used by `members -- import` and `export`, deployed nowhere. */
import { QueryCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Membership } from '../access/membership.ts';
import { type Member, membershipItem } from './membership-administration.ts';
import { membershipKey, membershipOf, neverRevokedMs } from './memberships.ts';
import { conditionally, type Item, readAll, type Table } from './table.ts';

/** What one request may ask for (BatchGetItem). */
export const maxMembersRead = 100;

/** The memberships of up to `maxMembersRead` members, strongly consistent, in their order. Throws as `readAll` does. */
export const readMembers =
  ({ client, tableName }: Table) =>
  async (members: readonly Member[]): Promise<readonly (Membership | undefined)[]> => {
    const keys = members.map((member) => membershipKey(member.restaurantId, member));
    if (keys.length === 0) return [];
    const found = await readAll(client, { [tableName]: { Keys: keys, ConsistentRead: true } });
    const items = new Map((found[tableName] ?? []).map((item) => [textOf(item), membershipOf(item)]));
    return keys.map((key) => items.get(textOf(key)));
  };

const textOf = ({ pk, sk }: Item): string => JSON.stringify([pk, sk]);

/** What an import may change of an item. The rest, such as attributes of others, stays. */
const changeable = [
  'role',
  'connection_types',
  'revoked_before_ms',
  'suspended_at_ms',
  'revoked_before_suspension_ms',
] as const;

const isNew = 'attribute_not_exists(pk)';
const isNotSuspended = 'attribute_not_exists(#suspended_at_ms)';
const wasNeverRevoked = '(attribute_not_exists(#revoked_before_ms) OR #revoked_before_ms = :never)';

/**
 * Writes a membership where it still stands as it was read: `moved` where it does not. Nobody who is suspended is written over, whatever
 * was read.
 */
export const replaceMembership =
  ({ client, tableName: TableName }: Table) =>
  async (before: Membership | undefined, after: Membership): Promise<'written' | 'moved'> => {
    const { pk: _, sk: __, ...attributes } = membershipItem(after);
    const names = Object.keys(attributes);
    const set = names.filter((name) => attributes[name] !== undefined);
    const removed = changeable.filter((name) => attributes[name] === undefined);
    const { condition, values } = before === undefined ? { condition: isNew, values: {} } : standsAs(before);
    const written = await conditionally(
      client.send(
        new UpdateCommand({
          TableName,
          Key: membershipKey(after.restaurantId, after),
          ConditionExpression: condition,
          UpdateExpression: `SET ${set.map((name) => `#${name} = :${name}`).join(', ')} REMOVE ${removed.map((name) => `#${name}`).join(', ')}`,
          ExpressionAttributeNames: Object.fromEntries(
            [...new Set([...names, ...changeable])].map((name) => [`#${name}`, name]),
          ),
          ExpressionAttributeValues: {
            ...Object.fromEntries(set.map((name) => [`:${name}`, attributes[name]])),
            ...values,
          },
        }),
      ),
    );
    return written === 'refused' ? 'moved' : 'written';
  };

const standsAs = ({ role, connectionTypes, revokedBeforeMs }: Membership) => ({
  condition: [
    isNotSuspended,
    '#role = :was_role',
    ...(connectionTypes === undefined
      ? ['attribute_not_exists(#connection_types)']
      : // By their elements: dynalite knows no equal lists.
        [
          'size(#connection_types) = :were',
          ...connectionTypes.map((_, nth) => `#connection_types[${nth}] = :was_${nth}`),
        ]),
    revokedBeforeMs === undefined ? wasNeverRevoked : '#revoked_before_ms = :was_revoked',
  ].join(' AND '),
  values: {
    ':was_role': role,
    ...(connectionTypes === undefined ? {} : { ':were': connectionTypes.length }),
    ...Object.fromEntries((connectionTypes ?? []).map((type, nth) => [`:was_${nth}`, type])),
    ...(revokedBeforeMs === undefined ? { ':never': neverRevokedMs } : { ':was_revoked': revokedBeforeMs }),
  },
});

/** Every membership, or those of one restaurant, page by page: no more than a page is held, which is 1 MB at most. */
export async function* membershipPages(
  { client, tableName: TableName }: Table,
  restaurantId: string | undefined,
): AsyncGenerator<readonly Membership[]> {
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const from = { TableName, ConsistentRead: true, ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }) };
    const page = await client.send(
      restaurantId === undefined
        ? new ScanCommand({
            ...from,
            FilterExpression: 'begins_with(pk, :restaurant) AND begins_with(sk, :kind)',
            ExpressionAttributeValues: { ':restaurant': 'R#', ':kind': 'M#' },
          })
        : new QueryCommand({
            ...from,
            KeyConditionExpression: 'pk = :pk AND begins_with(sk, :kind)',
            ExpressionAttributeValues: {
              ':pk': membershipKey(restaurantId, { issuer: '', userId: '' }).pk,
              ':kind': 'M#',
            },
          }),
    );
    yield (page.Items ?? []).map(membershipOf);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
}
