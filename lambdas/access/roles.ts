import type { ConnectionType, RoleName } from '../../protocol/identifiers.ts';

/** What a role may connect as. Anything not listed is refused, a new connection type among it. */
const connectionTypesOfRole = {
  platform_owner: ['pos', 'kitchen', 'management', 'customer', 'platform'],
  restaurant_owner: ['pos', 'kitchen', 'management', 'customer'],
  manager: ['pos', 'kitchen', 'management', 'customer'],
  employee: ['pos', 'kitchen', 'customer'],
  customer_display: ['customer'],
} as const satisfies Record<RoleName, readonly ConnectionType[]>;

export type Role = keyof typeof connectionTypesOfRole;

export const roles = Object.keys(connectionTypesOfRole) as readonly Role[];
export const isRole = (text: string): text is Role => Object.hasOwn(connectionTypesOfRole, text);

/** Of two roles the one that may connect as less; each may connect as no more than the one before it. */
export const narrowerRole = (one: Role, other: Role): Role => (roles.indexOf(one) > roles.indexOf(other) ? one : other);

/** `narrowedTo` is what the membership allows of it; absent means all the role has. */
export const mayConnectAs = (role: Role, type: ConnectionType, narrowedTo?: readonly string[]): boolean =>
  (connectionTypesOfRole[role] as readonly ConnectionType[]).includes(type) &&
  (narrowedTo === undefined || narrowedTo.includes(type));
