/** A membership as a row of a file: read, judged and written by one list of columns, whose names and units are the table's. */
import { everyRestaurant, type Membership, noRole } from '../../lambdas/access/membership.ts';
import type { Domain } from '../../protocol/domain.ts';
import { type ConnectionType, isIssuedUserId, isRestaurantId, type Role } from '../../protocol/identifiers.ts';

export const memberColumns = [
  'restaurant_id',
  'issuer',
  'user_id',
  'role',
  'connection_types',
  'revoked_before_ms',
  'suspended_at_ms',
] as const;
type ColumnName = (typeof memberColumns)[number];

export const requiredColumns: readonly ColumnName[] = ['restaurant_id', 'user_id', 'role'];

export const isColumn = (text: string): text is ColumnName => (memberColumns as readonly string[]).includes(text);

/** Unverified values of one row, by their column. */
export type RowFields = Readonly<Record<string, unknown>>;

/** What a row says of a member. Of what it does not name (`undefined`) the table keeps what it has; no narrowing is `null`. */
export type MemberRow = Readonly<{
  restaurantId: string;
  issuer: string;
  userId: string;
  /** A role of the domain, or `noRole`. */
  role: Role;
  connectionTypes: readonly ConnectionType[] | null | undefined;
  revokedBeforeMs: number | undefined;
  suspendedAtMs: number | undefined;
}>;

/** The issuers a stage trusts, and the one that is meant where a row names none. */
export type KnownIssuers = Readonly<{ aliases: readonly string[]; byDefault: string | undefined }>;

/** The last moment that `Date` can hold. */
const lastMs = 8.64e15;

/** The member that a row is about, or one sentence that says why it is none. */
export const memberRowOf = (domain: Domain, fields: RowFields, issuers: KnownIssuers): MemberRow | string => {
  const unknown = Object.keys(fields).find((name) => !isColumn(name));
  if (unknown !== undefined) return `${shown(unknown)} is no column; there are ${memberColumns.join(', ')}`;
  const missing = requiredColumns.find((name) => fields[name] === undefined || fields[name] === null);
  if (missing !== undefined) return `${missing} is missing`;

  const { restaurant_id: restaurantId, user_id: userId, role } = fields;
  const issuer = fields['issuer'] ?? issuers.byDefault;
  if (typeof restaurantId !== 'string' || (restaurantId !== everyRestaurant && !isRestaurantId(restaurantId)))
    return `restaurant_id is 1-64 letters, digits, "_" and "-", got ${shown(restaurantId)}`;
  if (issuer === undefined) return 'issuer is missing: this stage trusts several';
  if (typeof issuer !== 'string' || !issuers.aliases.includes(issuer))
    return `issuer is one of ${issuers.aliases.join(', ')}, got ${shown(issuer)}`;
  if (typeof userId !== 'string' || !isIssuedUserId(userId))
    return `user_id is a text of 1-255 printable characters without spaces and no zero, got ${shown(userId)}`;
  if (typeof role !== 'string' || !(domain.isRole(role) || role === noRole))
    return `role is one of ${domain.roles.join(', ')}, got ${shown(role)}`;
  const isEverywhere = restaurantId === everyRestaurant;
  if (role !== noRole && domain.isOfEveryRestaurant(role) !== isEverywhere) {
    const those = isEverywhere ? (domain.roles.find(domain.isOfEveryRestaurant) ?? 'of every restaurant') : role;
    return `the role ${those} and the restaurant ${everyRestaurant} go together`;
  }

  const revokedBeforeMs = fields['revoked_before_ms'] ?? undefined;
  const suspendedAtMs = fields['suspended_at_ms'] ?? undefined;
  if (!isMoment(revokedBeforeMs)) return notAMoment('revoked_before_ms', revokedBeforeMs);
  if (!isMoment(suspendedAtMs)) return notAMoment('suspended_at_ms', suspendedAtMs);
  if (role === noRole && suspendedAtMs === undefined)
    return `role ${noRole} is for somebody who is suspended: suspended_at_ms is missing`;

  const narrowing = narrowingOf(domain, fields['connection_types'], role);
  if (typeof narrowing === 'string') return narrowing;
  return { restaurantId, issuer, userId, role, ...narrowing, revokedBeforeMs, suspendedAtMs };
};

const narrowingOf = (
  { connectionTypes, isConnectionType, mayConnectAs }: Domain,
  value: unknown,
  role: Role,
): Pick<MemberRow, 'connectionTypes'> | string => {
  if (value === undefined || value === null) return { connectionTypes: value };
  if (!Array.isArray(value)) return `connection_types is a list of ${connectionTypes.join(', ')}, got ${shown(value)}`;
  const known = value.filter((type): type is ConnectionType => typeof type === 'string' && isConnectionType(type));
  if (known.length < value.length)
    return `connection_types are of ${connectionTypes.join(', ')}, got ${shown(value.find((type) => !known.includes(type)))}`;
  if (role === noRole) return `role ${noRole} has no connection_types`;
  const beyond = known.find((type) => !mayConnectAs(role, type));
  if (beyond !== undefined)
    return `connection_types narrows what the role ${role} may connect as, got ${shown(beyond)}`;
  return { connectionTypes: [...new Set(known)] };
};

const isMoment = (value: unknown): value is number | undefined =>
  value === undefined || (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= lastMs);

const notAMoment = (column: ColumnName, value: unknown): string =>
  `${column} is a time in epoch milliseconds, got ${shown(value)}`;

/** As much of a value as a line has room for. */
const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 60 ? text : `${text.slice(0, 60)} …`;
};

/** A membership as a row. `connection_types` is always named, so that the row says all there is. */
export const rowOfMembership = (membership: Membership): Readonly<Partial<Record<ColumnName, unknown>>> => {
  const { restaurantId, issuer, userId, role, revokedBeforeMs, suspendedAtMs } = membership;
  return {
    restaurant_id: restaurantId,
    issuer,
    user_id: userId,
    role,
    ...(role === noRole ? {} : { connection_types: membership.connectionTypes ?? null }),
    ...(revokedBeforeMs === undefined ? {} : { revoked_before_ms: revokedBeforeMs }),
    ...(suspendedAtMs === undefined ? {} : { suspended_at_ms: suspendedAtMs }),
  };
};
