/** Everybody who may enter one restaurant. */
import type { ListMembers } from '../ports.ts';
import { membershipKey, membershipOf } from './memberships.ts';
import { queryAll, type Table } from './table.ts';

export const listMembers =
  ({ client, tableName }: Table): ListMembers =>
  async (restaurantId) => {
    const items = await queryAll(client, {
      TableName: tableName,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :kind)',
      ExpressionAttributeValues: {
        ':pk': membershipKey(restaurantId, { issuer: '', userId: '' }).pk,
        ':kind': 'M#',
      },
      ConsistentRead: true,
    });
    return items.map(membershipOf);
  };
