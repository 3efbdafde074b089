/** Who may still be served. Pure. */
import type { Membership } from './membership.ts';
import { isRole, mayConnectAs } from './roles.ts';
import type { Session } from '../connection/connection.ts';

/**
 * Whether the membership a session came in by still stands: it is there, its role may connect as the session does, and
 * the session's token is not older than a revocation.
 */
export const stands = (session: Session, membership: Membership | undefined): boolean => {
  if (membership === undefined || !isRole(membership.role)) return false;
  if (!mayConnectAs(membership.role, session.connectionType, membership.connectionTypes)) return false;
  if ((membership.role === 'platform_owner') !== (session.role === 'platform_owner')) return false;
  return membership.revokedBeforeMs === undefined || session.tokenIssuedAtMs >= membership.revokedBeforeMs;
};
