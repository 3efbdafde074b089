/** What `members` is told on its command line; each throws `UsageError`. */
import { everyRestaurant } from '../../lambdas/access/membership.ts';
import { isRole, mayConnectAs, type Role, roles } from '../../lambdas/access/roles.ts';
import {
  type ConnectionType,
  connectionTypes,
  isConnectionType,
  isRestaurantId,
  isIssuedUserId,
} from '../../protocol/identifiers.ts';
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

export function roleFrom(text: string | undefined, restaurantId: string) {
  if (text === undefined || !isRole(text))
    throw new UsageError(`--role is one of ${roles.join(', ')}, got ${text ?? 'nothing'}`);
  if ((text === 'platform_owner') !== (restaurantId === everyRestaurant))
    throw new UsageError(`the role platform_owner and --restaurant '${everyRestaurant}' go together`);
  return text;
}

export function typesFrom(text: string | undefined, role: Role): readonly ConnectionType[] | undefined {
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
