import { everyRestaurant } from '../lambdas/access/membership.ts';
import { isRole, mayConnectAs, type Role, roles } from '../lambdas/access/roles.ts';
import { listMembers } from '../lambdas/dynamodb/member-list.ts';
import { removeMember, revokeMember, setMember } from '../lambdas/dynamodb/membership-administration.ts';
import {
  type ConnectionType,
  connectionTypes,
  isConnectionType,
  isRestaurantId,
  isUserId,
} from '../protocol/identifiers.ts';
import { type Column, printHeadings, rowOf } from './columns.ts';
import { readArguments, run, UsageError } from './command.ts';
import { openTarget, targetOptions } from './target.ts';

const help = `Who may enter a restaurant.

  npm run members -- list   --restaurant R
  npm run members -- add    --restaurant R --user U --role ROLE [--types T,T]
  npm run members -- remove --restaurant R --user U
  npm run members -- revoke --restaurant R --user U

  --role       ${roles.join(', ')}
               (platform_owner goes with --restaurant '*')
  --types      narrows what the role may connect as: ${connectionTypes.join(', ')}
  --issuer A   alias of the token issuer that knows the user; needed where a stage trusts several
  --port N     the gateway on this machine that has this port; needed where several run
  --stage S    a deployed stage; without it, the gateway on this machine

  revoke       refuses every token the user holds now; one issued afterwards works
`;

const columns: readonly Column[] = [
  ['USER', 20],
  ['ISSUER', 10],
  ['ROLE', 18],
  ['TYPES', 21],
  ['REVOKED', 0],
];

await run(async () => {
  const { values, positionals } = readArguments(help, {
    restaurant: { type: 'string' },
    user: { type: 'string' },
    role: { type: 'string' },
    types: { type: 'string' },
    issuer: { type: 'string' },
    ...targetOptions,
  });
  const [action, ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(`${rest.join(' ')} is one word too many; see --help`);
  if (action === undefined) throw new UsageError('say list, add, remove or revoke; see --help');
  if (action !== 'list' && action !== 'add' && action !== 'remove' && action !== 'revoke')
    throw new UsageError(`say list, add, remove or revoke, not ${action}; see --help`);
  const restaurantId = restaurantIdFrom(values.restaurant);

  if (action === 'list') {
    const { memberships } = await openTarget(values);
    const members = await listMembers(memberships)(restaurantId);
    if (members.length === 0) console.log(`${restaurantId} has no members.`);
    else printHeadings(columns);
    for (const { userId, issuer, role, connectionTypes: types, revokedBeforeMs } of members)
      console.log(
        rowOf(columns, [
          userId,
          issuer,
          role,
          types === undefined ? 'all types of the role' : types.join(','),
          revokedBeforeMs === undefined ? '' : `tokens before ${new Date(revokedBeforeMs).toISOString()} are refused`,
        ]),
      );
    return;
  }
  const userId = userIdFrom(values.user);
  const role = action === 'add' ? roleFrom(values.role, restaurantId) : undefined;
  const types = typesFrom(values.types, role);
  const { memberships, onlyIssuer } = await openTarget(values);
  const issuer = values.issuer ?? onlyIssuer;
  if (issuer === undefined) throw new UsageError('this stage trusts several issuers: name one with --issuer');
  const member = { restaurantId, issuer, userId };
  const who = `${userId} (${issuer})`;

  if (role !== undefined) {
    await setMember(memberships)({ ...member, role, ...(types ? { connectionTypes: types } : {}) });
    console.log(`${who} is ${role} at ${restaurantId}.`);
  } else if (action === 'remove') {
    if ((await removeMember(memberships)(member)) === 'not_a_member') throw notAMember(who, restaurantId);
    console.log(`${who} is no longer a member of ${restaurantId}.`);
  } else {
    const nowMs = Date.now();
    if ((await revokeMember(memberships)(member, nowMs)) === 'not_a_member') throw notAMember(who, restaurantId);
    console.log(`Tokens of ${who} issued before ${new Date(nowMs).toISOString()} are refused at ${restaurantId}.`);
  }
});

function restaurantIdFrom(text: string | undefined): string {
  if (text === undefined) throw new UsageError('--restaurant is missing; see --help');
  if (text !== everyRestaurant && !isRestaurantId(text))
    throw new UsageError(`--restaurant is 1-64 letters, digits, "_" and "-", got ${JSON.stringify(text)}`);
  return text;
}

function userIdFrom(text: string | undefined): string {
  if (text === undefined) throw new UsageError('--user is missing; see --help');
  if (!isUserId(text))
    throw new UsageError(`--user is 1-128 printable characters and no zero, got ${JSON.stringify(text)}`);
  return text;
}

function roleFrom(text: string | undefined, restaurantId: string) {
  if (text === undefined || !isRole(text))
    throw new UsageError(`--role is one of ${roles.join(', ')}, got ${text ?? 'nothing'}`);
  if ((text === 'platform_owner') !== (restaurantId === everyRestaurant))
    throw new UsageError(`the role platform_owner and --restaurant '${everyRestaurant}' go together`);
  return text;
}

function typesFrom(text: string | undefined, role: Role | undefined): readonly ConnectionType[] | undefined {
  const types = text?.split(',');
  const unknown = types?.find((type) => !isConnectionType(type));
  if (unknown !== undefined)
    throw new UsageError(`--types are of ${connectionTypes.join(', ')}, got ${JSON.stringify(unknown)}`);
  const known = types?.filter(isConnectionType);
  const beyond = role === undefined ? undefined : known?.find((type) => !mayConnectAs(role, type));
  if (role !== undefined && beyond !== undefined) {
    const its = connectionTypes.filter((type) => mayConnectAs(role, type));
    throw new UsageError(`--types narrows what the role ${role} may connect as (${its.join(', ')}), got "${beyond}"`);
  }
  return known;
}

function notAMember(who: string, restaurantId: string): UsageError {
  return new UsageError(`${who} is not a member of ${restaurantId}.`);
}
