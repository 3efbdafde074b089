import type { Claims } from '../../protocol/client-messages.ts';
import type { Domain } from '../../protocol/domain.ts';
import { type ConnectionType, isRestaurantId, isUserId, type Role } from '../../protocol/identifiers.ts';
import type { HandshakeHints } from '../connection/connection.ts';
import type { Identity } from '../identity/identity.ts';
import type { Detail, SecurityEvent } from '../security/catalogue.ts';
import { type ClaimProblem, claimedAt } from './claimed-memberships.ts';
import { isRevoked, isSuspended, type MembershipSource, type MembershipsFound } from './membership.ts';

export type AccessGranted = Readonly<{
  granted: true;
  restaurantId: string;
  connectionType: ConnectionType;
  role: Role;
  asPlatformOwner: boolean;
  membershipSource: MembershipSource;
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
  domain: Domain,
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

  const row = found.here ?? found.everywhere;
  const claimed = claimedAt(identity.claimedMemberships, restaurantId);
  if (row === undefined && 'problem' in claimed) return refuse(eventOf(claimed.problem), claimed.problem);
  // A row here comes before the platform's, so that a suspension at one restaurant keeps an owner of all out of it, too; and
  // before a claim, since nobody can take a token back.
  if (isSuspended(row)) return refuse('session_revoked', 'membership_suspended');
  if (isRevoked(row, identity.loggedInAtMs ?? identity.issuedAtMs))
    return refuse('session_revoked', 'membership_revoked');

  if (differ(claims.connectionType, hints.connectionType))
    return refuse('privilege_escalation_attempt', 'hint_differs');
  const connectionType = claims.connectionType ?? hints.connectionType ?? domain.defaultConnectionType;
  if (!domain.isConnectionType(connectionType))
    return refuse('privilege_escalation_attempt', 'connection_type_unknown');
  const rights: Right[] = [];
  if (row !== undefined) {
    if (!domain.isRole(row.role)) return refuse('privilege_escalation_attempt', 'role_unknown');
    rights.push(row);
  }
  const asPlatformOwner = row !== undefined && row === found.everywhere;
  const isByToken = 'role' in claimed && !asPlatformOwner;
  if (isByToken) rights.push(claimed);
  const [right, ...others] = rights;
  if (
    right === undefined ||
    asPlatformOwner !== domain.isOfEveryRestaurant(right.role) ||
    !rights.every(({ role, connectionTypes }) => domain.mayConnectAs(role, connectionType, connectionTypes))
  )
    return refuse('privilege_escalation_attempt', 'connection_type_not_allowed');
  return {
    granted: true,
    restaurantId,
    connectionType,
    role: others.reduce((narrowest, { role }) => domain.narrowerRole(narrowest, role), right.role),
    asPlatformOwner,
    membershipSource: isByToken ? 'token' : 'table',
  };
};

/** What a row or a claim lets its user be. Of whoever has both, each has to. */
type Right = Readonly<{ role: Role; connectionTypes?: readonly string[] }>;

/** A claim with a role that no token can give says that its user belongs there. */
const eventOf = (problem: ClaimProblem | 'membership_missing'): AccessRefused['event'] =>
  problem === 'role_unknown' ? 'privilege_escalation_attempt' : 'cross_tenant_attempt';

const refuse = (event: AccessRefused['event'], detail: Detail): AccessRefused => ({ granted: false, event, detail });
const differ = (said: string | undefined, hinted: string | undefined): boolean =>
  said !== undefined && hinted !== undefined && said !== hinted;
