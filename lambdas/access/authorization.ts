/** Authorization: who may still be served. Pure. */

import type { Session } from '../connection/connection.ts';
import { everyRestaurant, isRevoked, isSuspended, isUnreadable, type MembershipsFound } from './membership.ts';
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
 * Whether a session is still authorized: its user is not suspended there, no row there is unreadable, and the membership it came in by is there, has a
 * role that may connect as the session does, and was not revoked since the login. Of `everywhere` only a platform owner's is read.
 * What a token has said stands as long as the session, and a row of its user is judged as any other.
 */
export const isStillAuthorized = (session: Session, { here, everywhere }: MembershipsFound): boolean => {
  if (session.membershipSource === 'token' && here === undefined) return true;
  const membership = session.role === 'platform_owner' ? everywhere : here;
  if (isSuspended(here) || isSuspended(membership)) return false;
  if (isUnreadable(here)) return false;
  if (membership === undefined || !isRole(membership.role)) return false;
  if (!mayConnectAs(membership.role, session.connectionType, membership.connectionTypes)) return false;
  if ((membership.role === 'platform_owner') !== (session.role === 'platform_owner')) return false;
  return !isRevoked(membership, session.loggedInAtMs ?? session.tokenIssuedAtMs);
};
