import { everyRestaurant, isSuspended, type Membership, noRole } from '../lambdas/access/membership.ts';
import { isRole, mayConnectAs, type Role, roles } from '../lambdas/access/roles.ts';
import { connections } from '../lambdas/dynamodb/connections.ts';
import { listMembers } from '../lambdas/dynamodb/member-list.ts';
import {
  type Member,
  removeMember,
  resumeMember,
  revokeMember,
  setMember,
  suspendMember,
} from '../lambdas/dynamodb/membership-administration.ts';
import {
  type ConnectionType,
  connectionTypes,
  isConnectionType,
  isRestaurantId,
  isUserId,
} from '../protocol/identifiers.ts';
import { type Column, printHeadings, rowOf } from './columns.ts';
import { readArguments, run, UsageError } from './command.ts';
import { issuersThatGrantAt } from './configured-issuers.ts';
import { revocationNote } from './revocation-note.ts';
import { openTarget, type Target, targetOptions } from './target.ts';

const help = `Who may enter a restaurant.

  npm run members -- suspend --restaurant R --user U
  npm run members -- resume  --restaurant R --user U
  npm run members -- list    --restaurant R
  npm run members -- add     --restaurant R --user U --role ROLE [--types T,T]
  npm run members -- remove  --restaurant R --user U
  npm run members -- revoke  --restaurant R --user U

  suspend      for whoever was dismissed: keeps them out until resume, whatever their token says and whoever adds them,
               also where they would come in as a platform owner. Sessions end at their next message or event
  revoke       for a lost device: refuses every login from before. Whoever logs in anew comes back; so does a device that
               renews its token, where the issuer's tokens do not say when their user logged in (it says which)
  remove       ends the membership, and keeps nobody from adding them again

  --role       ${roles.join(', ')}
               (platform_owner goes with --restaurant '*')
  --types      narrows what the role may connect as: ${connectionTypes.join(', ')}
  --issuer A   alias of the token issuer that knows the user; needed where a stage trusts several
  --port N     the gateway on this machine that has this port; needed where several run
  --stage S    a deployed stage; without it, the gateway on this machine
`;

const actions = ['list', 'add', 'remove', 'revoke', 'suspend', 'resume'] as const;
const sayable = 'list, add, remove, revoke, suspend or resume';

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
  if (action === undefined) throw new UsageError(`say ${sayable}; see --help`);
  if (!isAction(action)) throw new UsageError(`say ${sayable}, not ${action}; see --help`);
  const restaurantId = restaurantIdFrom(values.restaurant);

  if (action === 'list') {
    const { memberships } = await openTarget(values);
    const members = await listMembers(memberships)(restaurantId);
    if (members.length === 0) console.log(`${restaurantId} has no members.`);
    else printHeadings(columns);
    for (const member of members) console.log(lineOf(member));
    for (const alias of issuersThatGrantAt(restaurantId, values.stage))
      console.error(
        `Tokens of ${alias} may let others in there: "sessions -- list" has who is connected, and by what.`,
      );
    return;
  }
  const userId = userIdFrom(values.user);
  const role = action === 'add' ? roleFrom(values.role, restaurantId) : undefined;
  const types = typesFrom(values.types, role);
  const target = await openTarget(values);
  const { memberships, onlyIssuer } = target;
  const issuer = values.issuer ?? onlyIssuer;
  if (issuer === undefined) throw new UsageError('this stage trusts several issuers: name one with --issuer');
  const member = { restaurantId, issuer, userId };
  const who = `${userId} (${issuer})`;

  const staysOut = `stays suspended at ${restaurantId} until "members -- resume".`;
  if (role !== undefined) {
    const now = await setMember(memberships)({ ...member, role, ...(types ? { connectionTypes: types } : {}) });
    console.log(`${who} is ${role} at ${restaurantId}${isSuspended(now) ? `, and ${staysOut}` : '.'}`);
    return;
  }
  switch (action) {
    case 'add':
      return;
    case 'remove': {
      const removed = await removeMember(memberships)(member);
      if (removed === 'not_a_member') throw notAMember(who, restaurantId);
      const isOut = removed === 'removed_and_suspended';
      console.log(`${who} is no longer a member of ${restaurantId}${isOut ? `, and ${staysOut}` : '.'}`);
      return;
    }
    case 'revoke':
      return revoke(target, member, who);
    case 'suspend': {
      await mustBeOwner(target, member, who);
      const outcome = await suspendMember(memberships)(member, Date.now());
      if (outcome === 'was_suspended') throw new UsageError(`${who} is suspended at ${restaurantId} already.`);
      console.log(
        `${who} is suspended at ${restaurantId}: no token lets them in until "members -- resume". ` +
          `Sessions end at their next message or event; "sessions -- close" ends them now.`,
      );
      return;
    }
    case 'resume': {
      const outcome = await resumeMember(memberships)(member);
      if (outcome === 'not_suspended') throw new UsageError(`${who} is not suspended at ${restaurantId}.`);
      const isMember = outcome === 'resumed';
      console.log(
        `${who} is no longer suspended at ${restaurantId}${isMember ? '.' : ', and no member there: "add" makes one.'}`,
      );
      return;
    }
  }
});

async function revoke({ memberships, connections: table }: Target, member: Member, who: string): Promise<void> {
  const { restaurantId, issuer } = member;
  const nowMs = Date.now();
  if ((await revokeMember(memberships)(member, nowMs)) === 'not_a_member') throw notAMember(who, restaurantId);
  console.log(`Tokens of ${who} issued before ${new Date(nowMs).toISOString()} are refused at ${restaurantId}.`);
  const sessions = (await connections(table).sessionsAt(restaurantId)).map(({ session }) => session);
  console.log(
    revocationNote(
      member,
      sessions.filter((session) => session.issuer === issuer),
    ),
  );
}

/** Of the platform's owners only those can be suspended who are: whoever is a member of restaurants is suspended at each. */
async function mustBeOwner({ memberships }: Target, { restaurantId, issuer, userId }: Member, who: string) {
  if (restaurantId !== everyRestaurant) return;
  const owners = await listMembers(memberships)(everyRestaurant);
  if (!owners.some((owner) => owner.issuer === issuer && owner.userId === userId))
    throw new UsageError(`${who} is no platform owner: name the restaurant where they are to be kept out`);
}

function isAction(text: string): text is (typeof actions)[number] {
  return (actions as readonly string[]).includes(text);
}

function lineOf({ userId, issuer, role, connectionTypes, revokedBeforeMs, suspendedAtMs }: Membership): string {
  const isMember = role !== noRole;
  const out = [
    suspendedAtMs === undefined ? [] : [`suspended since ${new Date(suspendedAtMs).toISOString()}`],
    revokedBeforeMs === undefined ? [] : [`tokens before ${new Date(revokedBeforeMs).toISOString()} are refused`],
  ].flat();
  return rowOf(columns, [
    userId,
    issuer,
    isMember ? role : 'no member',
    !isMember ? '' : (connectionTypes?.join(',') ?? 'all types of the role'),
    out.join(', '),
  ]);
}

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
