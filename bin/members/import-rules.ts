/** What becomes of a row of an import. Pure. */
import { called } from '../called.ts';
import { isSuspended, isUnreadable, type Membership, noRole } from '../../lambdas/access/membership.ts';
import type { Domain } from '../../protocol/domain.ts';
import type { MemberRow } from './member-row.ts';

/** Why a row is left alone, and what to do where it was meant. */
export const leftAlone = {
  suspended: `is suspended: "${called('members resume')}" first`,
  revoked_later: 'was revoked later than the file says',
  unreadable: 'has a row in the table that cannot be read',
  narrowed_otherwise: 'is narrowed to connection types that the role may not be: name connection_types',
  changing: 'was changed again and again meanwhile',
} as const;
export type LeftAlone = keyof typeof leftAlone;

export type Verdict =
  | Readonly<{ is: 'created' | 'changed'; membership: Membership }>
  | Readonly<{ is: 'unchanged' }>
  | Readonly<{ is: 'left_alone'; why: LeftAlone }>;

/**
 * A suspension and a revocation are never lifted, whatever a row says; a row may add one. What it does not name stays as it is.
 */
export const verdictOn = (domain: Domain, row: MemberRow, current: Membership | undefined): Verdict => {
  if (isUnreadable(current)) return { is: 'left_alone', why: 'unreadable' };
  const membership = imported(row, current);
  // Whoever has them in a file as somebody who works there should hear of it, though there is nothing to write.
  if (isSuspended(current) && row.suspendedAtMs === undefined) return { is: 'left_alone', why: 'suspended' };
  if (current !== undefined && isSame(current, membership)) return { is: 'unchanged' };
  if (isSuspended(current)) return { is: 'left_alone', why: 'suspended' };
  if (row.revokedBeforeMs !== undefined && row.revokedBeforeMs < (current?.revokedBeforeMs ?? 0))
    return { is: 'left_alone', why: 'revoked_later' };
  if (!fits(domain, membership)) return { is: 'left_alone', why: 'narrowed_otherwise' };
  return { is: current === undefined ? 'created' : 'changed', membership };
};

const imported = (row: MemberRow, current: Membership | undefined): Membership => {
  const { restaurantId, issuer, userId, role } = row;
  const types =
    role === noRole ? null : row.connectionTypes === undefined ? current?.connectionTypes : row.connectionTypes;
  const revokedBeforeMs = row.revokedBeforeMs || current?.revokedBeforeMs;
  const suspendedAtMs = row.suspendedAtMs ?? current?.suspendedAtMs;
  return {
    restaurantId,
    issuer,
    userId,
    role,
    ...(types ? { connectionTypes: types } : {}),
    ...(revokedBeforeMs === undefined ? {} : { revokedBeforeMs }),
    ...(suspendedAtMs === undefined ? {} : { suspendedAtMs }),
  };
};

const isSame = (one: Membership, other: Membership): boolean =>
  one.role === other.role &&
  one.revokedBeforeMs === other.revokedBeforeMs &&
  one.suspendedAtMs === other.suspendedAtMs &&
  textOf(one.connectionTypes) === textOf(other.connectionTypes);

const textOf = (types: readonly string[] | undefined): string | undefined => types && JSON.stringify(types.toSorted());

/** A narrowing that stayed may be one of another role. What another configuration knows is not judged. */
const fits = (
  { isRole, isConnectionType, mayConnectAs }: Domain,
  { role, connectionTypes = [] }: Membership,
): boolean => !isRole(role) || connectionTypes.every((type) => !isConnectionType(type) || mayConnectAs(role, type));
