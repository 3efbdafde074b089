/** Members, claims and verdicts for the tests of access. */
import { decideAccess } from '../../lambdas/access/decide-access.ts';
import type { Membership } from '../../lambdas/access/membership.ts';
import type { HandshakeHints } from '../../lambdas/connection/connection.ts';
import type { Identity } from '../../lambdas/identity/identity.ts';
import type { ClaimedUserId, Claims } from '../../protocol/client-messages.ts';
import { connectionTypes, restaurantDomain } from '../restaurant-domain.ts';

export const issuedAtMs = Date.UTC(2026, 10, 23, 18);
export const identity: Identity = { issuer: 'demo', userId: 'u-1', issuedAtMs, expiresAtMs: issuedAtMs + 3_600_000 };

export const absent: ClaimedUserId = { form: 'absent' };
export const saying = (userId: string): ClaimedUserId => ({ form: 'canonical', userId });
export const claimsOf = (said: Partial<Claims> = {}): Claims => ({ userId: absent, restaurantId: 'r-17', ...said });

export const chef: Membership = { restaurantId: 'r-17', issuer: 'demo', userId: 'u-1', role: 'employee' };
export const owner: Membership = { ...chef, restaurantId: '*', role: 'platform_owner' };
export type Rows = Readonly<{ here?: Membership; everywhere?: Membership }>;

export const decide = (claims: Claims, hints: HandshakeHints = {}, { here, everywhere }: Rows = { here: chef }) =>
  decideAccess(restaurantDomain, identity, claims, hints, { here, everywhere });

export const granted = (connectionType: string, role = 'employee', membershipSource = 'table') => ({
  granted: true,
  restaurantId: 'r-17',
  connectionType,
  role,
  asPlatformOwner: role === 'platform_owner',
  membershipSource,
});
export const refused = (event: string, detail: string) => ({ granted: false, event, detail });
export const notAllowed = refused('privilege_escalation_attempt', 'connection_type_not_allowed');

/** The matrix as the protocol states it. */
export const matrix: Readonly<Record<string, readonly string[]>> = {
  platform_owner: ['pos', 'kitchen', 'management', 'customer', 'platform'],
  restaurant_owner: ['pos', 'kitchen', 'management', 'customer'],
  manager: ['pos', 'kitchen', 'management', 'customer'],
  employee: ['pos', 'kitchen', 'customer'],
  customer_display: ['customer'],
};
export const pairs = Object.entries(matrix).flatMap(([role, allowed]) =>
  connectionTypes.map((type) => ({ role, type, verdict: allowed.includes(type) ? 'may' : 'may not' })),
);
export const rowOf = (role: string, more: Partial<Membership> = {}): Rows =>
  role === 'platform_owner' ? { everywhere: { ...owner, ...more } } : { here: { ...chef, role, ...more } };
