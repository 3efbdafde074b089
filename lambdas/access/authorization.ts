/** Authorization: who may still be served. Pure. */
import type { Domain } from '../../protocol/domain.ts';
import type { Session } from '../connection/connection.ts';
import { everyRestaurant, isRevoked, isSuspended, isUnreadable, type MembershipsFound } from './membership.ts';

/** The restaurant of the membership a session came in by: its own, or all of them. */
export const membershipScope = (domain: Domain, { role, restaurantId }: Session): string =>
  domain.isOfEveryRestaurant(role) ? everyRestaurant : restaurantId;

/** Whether one is judged by the same membership and the same restaurant's events as the other. */
export const sameSubject = (domain: Domain, one: Session, other: Session): boolean =>
  one.restaurantId === other.restaurantId &&
  one.issuer === other.issuer &&
  one.userId === other.userId &&
  membershipScope(domain, one) === membershipScope(domain, other);

/**
 * Whether a session is one of this configuration: its role is there, and may connect as the session does. Another one has let
 * the others in, from before or from after, while both run: nothing is said of their memberships.
 */
export const isOfDomain = (domain: Domain, { role, connectionType }: Session): boolean =>
  domain.mayConnectAs(role, connectionType);

/**
 * Whether a session of the domain is still authorized: its user is not suspended there, no row there is unreadable, and the membership it came in by is there, has a
 * role that may connect as the session does, and was not revoked since the login. Of `everywhere` only that of a role of every restaurant is read.
 * What a token has said stands as long as the session, and a row of its user is judged as any other.
 */
export const isStillAuthorized = (
  domain: Domain,
  session: Session,
  { here, everywhere }: MembershipsFound,
): boolean => {
  if (session.membershipSource === 'token' && here === undefined) return true;
  const isEverywhere = domain.isOfEveryRestaurant(session.role);
  const membership = isEverywhere ? everywhere : here;
  if (isSuspended(here) || isSuspended(membership)) return false;
  if (isUnreadable(here)) return false;
  if (membership === undefined) return false;
  if (!domain.mayConnectAs(membership.role, session.connectionType, membership.connectionTypes)) return false;
  if (domain.isOfEveryRestaurant(membership.role) !== isEverywhere) return false;
  return !isRevoked(membership, session.loggedInAtMs ?? session.tokenIssuedAtMs);
};
