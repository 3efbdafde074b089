/** Authorization: who may still be served. Pure. */

import type { Session } from '../connection/connection.ts';
import { everyRestaurant, type Membership } from './membership.ts';
import { isRole, mayConnectAs } from './roles.ts';

/** The restaurant of the membership a session came in by: its own, or all of them. */
export const membershipScope = ({ role, restaurantId }: Session): string =>
  role === 'platform_owner' ? everyRestaurant : restaurantId;

/** Whether one is judged by the same membership and the same restaurant's events as the other. */
export const sameSubject = (one: Session, other: Session): boolean =>
  one.restaurantId === other.restaurantId &&
  one.issuer === other.issuer &&
  one.userId === other.userId &&
  membershipScope(one) === membershipScope(other);

/**
 * Whether a session is still authorized by the membership it came in by: it is there, its role may connect as the session does, and
 * the session's token is not older than a revocation.
 */
export const isStillAuthorized = (session: Session, membership: Membership | undefined): boolean => {
  if (membership === undefined || !isRole(membership.role)) return false;
  if (!mayConnectAs(membership.role, session.connectionType, membership.connectionTypes)) return false;
  if ((membership.role === 'platform_owner') !== (session.role === 'platform_owner')) return false;
  return membership.revokedBeforeMs === undefined || session.tokenIssuedAtMs >= membership.revokedBeforeMs;
};
