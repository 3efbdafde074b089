import type { Claims } from '../../protocol/client-messages.ts';
import {
  type ConnectionType,
  defaultConnectionType,
  isConnectionType,
  isRestaurantId,
  isUserId,
} from '../../protocol/identifiers.ts';
import type { HandshakeHints } from '../connection/connection.ts';
import type { Identity } from '../identity/identity.ts';
import type { Detail, SecurityEvent } from '../security/catalogue.ts';
import { isRevoked, isSuspended, type MembershipsFound } from './membership.ts';
import { isRole, mayConnectAs, type Role } from './roles.ts';

export type AccessGranted = Readonly<{
  granted: true;
  restaurantId: string;
  connectionType: ConnectionType;
  role: Role;
  asPlatformOwner: boolean;
}>;
export type AccessRefused = Readonly<{
  granted: false;
  event: Extract<
    SecurityEvent,
    'invalid_user_id' | 'user_mismatch' | 'cross_tenant_attempt' | 'privilege_escalation_attempt' | 'session_revoked'
  >;
  detail: Detail;
}>;

/** The restaurant that is asked for: the message's, else the hint's. Unverified. */
export const claimedRestaurantId = (claims: Claims, hints: HandshakeHints): string | undefined =>
  claims.restaurantId ?? hints.restaurantId;

/**
 * Whether a verified user may enter, and as what. The message wins over a hint, but both said and different is a
 * refusal. The caller looks the memberships up first, whatever the claims are, so that every refusal takes one path.
 */
export const decideAccess = (
  identity: Identity,
  claims: Claims,
  hints: HandshakeHints,
  found: MembershipsFound,
): AccessGranted | AccessRefused => {
  if (claims.userId.form === 'refused' || (hints.userId !== undefined && !isUserId(hints.userId)))
    return refuse('invalid_user_id', 'user_id_not_canonical');
  if (claims.userId.form === 'canonical' && claims.userId.userId !== identity.userId)
    return refuse('user_mismatch', 'user_id_differs');
  if (hints.userId !== undefined && hints.userId !== identity.userId) return refuse('user_mismatch', 'user_id_differs');

  if (differ(claims.restaurantId, hints.restaurantId)) return refuse('cross_tenant_attempt', 'hint_differs');
  const restaurantId = claimedRestaurantId(claims, hints);
  if (restaurantId === undefined || !isRestaurantId(restaurantId))
    return refuse('cross_tenant_attempt', 'restaurant_id_invalid');

  const membership = found.here ?? found.everywhere;
  if (membership === undefined) return refuse('cross_tenant_attempt', 'membership_missing');
  // A row here comes before the platform's, so that a suspension at one restaurant keeps an owner of all out of it, too.
  if (isSuspended(membership)) return refuse('session_revoked', 'membership_suspended');
  if (isRevoked(membership, identity.loggedInAtMs ?? identity.issuedAtMs))
    return refuse('session_revoked', 'membership_revoked');

  if (differ(claims.connectionType, hints.connectionType))
    return refuse('privilege_escalation_attempt', 'hint_differs');
  const connectionType = claims.connectionType ?? hints.connectionType ?? defaultConnectionType;
  if (!isConnectionType(connectionType)) return refuse('privilege_escalation_attempt', 'connection_type_unknown');
  if (!isRole(membership.role)) return refuse('privilege_escalation_attempt', 'role_unknown');
  const asPlatformOwner = membership === found.everywhere;
  if (
    asPlatformOwner !== (membership.role === 'platform_owner') ||
    !mayConnectAs(membership.role, connectionType, membership.connectionTypes)
  )
    return refuse('privilege_escalation_attempt', 'connection_type_not_allowed');
  return { granted: true, restaurantId, connectionType, role: membership.role, asPlatformOwner };
};

const refuse = (event: AccessRefused['event'], detail: Detail): AccessRefused => ({ granted: false, event, detail });
const differ = (said: string | undefined, hinted: string | undefined): boolean =>
  said !== undefined && hinted !== undefined && said !== hinted;
