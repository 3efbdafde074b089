import type { AskedGateway } from '../asked-gateway.ts';
import { called } from '../called.ts';
import { isUnreadable, type Membership, noRole } from '../../lambdas/access/membership.ts';
import { listMembers } from '../../lambdas/dynamodb/member-list.ts';
import { type Column, printHeadings, rowOf } from '../columns.ts';
import { issuersThatGrantAt } from '../configured-issuers.ts';
import type { Target } from '../target.ts';
import { ndjsonRow } from './member-file.ts';
import { rowOfMembership } from './member-row.ts';

const columns: readonly Column[] = [
  ['USER', 20],
  ['ISSUER', 10],
  ['ROLE', 18],
  ['TYPES', 21],
  ['REVOKED', 0],
];

/** Prints the members of a restaurant, those whose row cannot be read among them; to a person also whose tokens may let others in. */
export const list = async (
  { memberships }: Target,
  restaurantId: string,
  { isJson, asked }: Readonly<{ isJson: boolean; asked: AskedGateway }>,
): Promise<void> => {
  const members = await listMembers(memberships)(restaurantId);
  if (isJson) {
    for (const member of members) process.stdout.write(ndjsonRow(rowOfMembership(member)));
    return;
  }
  if (members.length === 0) console.log(`${restaurantId} has no members.`);
  else printHeadings(columns);
  for (const member of members) console.log(lineOf(member));
  for (const alias of issuersThatGrantAt(restaurantId, asked))
    console.error(
      `Tokens of ${alias} may let others in there: "${called('sessions list')}" has who is connected, and by what.`,
    );
};

const lineOf = (membership: Membership): string => {
  const { userId, issuer, role, connectionTypes, revokedBeforeMs, suspendedAtMs } = membership;
  const isMember = role !== noRole && !isUnreadable(membership);
  const out = [
    suspendedAtMs === undefined ? [] : [`suspended since ${new Date(suspendedAtMs).toISOString()}`],
    revokedBeforeMs === undefined ? [] : [`tokens before ${new Date(revokedBeforeMs).toISOString()} are refused`],
  ].flat();
  return rowOf(columns, [
    userId,
    issuer,
    role === noRole ? 'no member' : role,
    !isMember ? '' : (connectionTypes?.join(',') ?? 'all types of the role'),
    out.join(', '),
  ]);
};
