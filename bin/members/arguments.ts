/** What `members` is told on its command line; each throws `UsageError`. */
import { everyRestaurant } from '../../lambdas/access/membership.ts';
import type { Domain } from '../../protocol/domain.ts';
import { type ConnectionType, isIssuedUserId, isRestaurantId, type Role } from '../../protocol/identifiers.ts';
import { UsageError } from '../command.ts';

export function restaurantIdFrom(text: string | undefined): string {
  if (text === undefined) throw new UsageError('--restaurant is missing; see --help');
  if (text !== everyRestaurant && !isRestaurantId(text))
    throw new UsageError(`--restaurant is 1-64 letters, digits, "_" and "-", got ${JSON.stringify(text)}`);
  return text;
}

export function userIdFrom(text: string | undefined): string {
  if (text === undefined) throw new UsageError('--user is missing; see --help');
  if (!isIssuedUserId(text))
    throw new UsageError(
      `--user is 1-255 printable characters without spaces and no zero, got ${JSON.stringify(text)}`,
    );
  return text;
}

export function roleFrom(
  text: string | undefined,
  restaurantId: string,
  { roles, isRole, isOfEveryRestaurant }: Domain,
): Role {
  if (text === undefined || !isRole(text))
    throw new UsageError(`--role is one of ${roles.join(', ')}, got ${text ?? 'nothing'}`);
  const isEverywhere = restaurantId === everyRestaurant;
  if (isOfEveryRestaurant(text) !== isEverywhere) {
    const those = isEverywhere ? (roles.find(isOfEveryRestaurant) ?? 'of every restaurant') : text;
    throw new UsageError(`the role ${those} and --restaurant '${everyRestaurant}' go together`);
  }
  return text;
}

export function typesFrom(
  text: string | undefined,
  role: Role,
  { connectionTypes, isConnectionType, mayConnectAs }: Domain,
): readonly ConnectionType[] | undefined {
  const types = text?.split(',');
  const unknown = types?.find((type) => !isConnectionType(type));
  if (unknown !== undefined)
    throw new UsageError(`--types are of ${connectionTypes.join(', ')}, got ${JSON.stringify(unknown)}`);
  const known = types?.filter(isConnectionType);
  const beyond = known?.find((type) => !mayConnectAs(role, type));
  if (beyond !== undefined) {
    const its = connectionTypes.filter((type) => mayConnectAs(role, type));
    throw new UsageError(`--types narrows what the role ${role} may connect as (${its.join(', ')}), got "${beyond}"`);
  }
  return known;
}
