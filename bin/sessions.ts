import { randomUUID } from 'node:crypto';
import type { Authenticated } from '../lambdas/connection/connection.ts';
import { closeSession } from '../lambdas/session/session.ts';
import { isRestaurantId, isIssuedUserId } from '../protocol/identifiers.ts';
import { targetHelp, targetOptions } from './asked-gateway.ts';
import { type Column, printHeadings, rowOf } from './columns.ts';
import { called, NotFoundError, readArguments, run, UsageError } from './command.ts';
import { say } from './printed-lines.ts';
import { sessionPorts } from './session-ports.ts';
import { stageConfig } from './stage-domain.ts';
import { openTarget } from './target.ts';

const help = `Who is connected to a restaurant now.

  ${called('sessions list  --restaurant R [--user U]')}
  ${called('sessions close --restaurant R [--user U] [--going-away]')}

  close        ends them now: each hears closing with reason revoked, and is told not to come back. A user who is to
               stay out is suspended first ("${called('members suspend')}"); this alone keeps no new session from opening
  --going-away each hears closing with reason going_away instead, and comes again at once; a client that asks for its
               address asks anew: how a restaurant moves to another gateway
  --user U     of this user alone
  --issuer A   whose token issuer has this alias
  --json       one JSON object a line, also for what went wrong
${targetHelp(14)}`;

const columns: readonly Column[] = [
  ['CONNECTION', 16],
  ['USER', 24],
  ['ROLE', 17],
  ['TYPE', 11],
  ['BY', 5],
  ['ADDRESS', 15],
  ['CONNECTED', 30],
  ['SESSION', 0],
];

await run(async () => {
  const { values, positionals } = readArguments(help, {
    restaurant: { type: 'string' },
    user: { type: 'string' },
    issuer: { type: 'string' },
    'going-away': { type: 'boolean' },
    json: { type: 'boolean' },
    ...targetOptions,
  });
  const [action, ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(`${rest.join(' ')} is one word too many; see --help`);
  if (action === undefined) throw new UsageError('say list or close; see --help');
  if (action !== 'list' && action !== 'close') throw new UsageError(`say list or close, not ${action}; see --help`);
  const isGoingAway = values['going-away'] ?? false;
  if (isGoingAway && action === 'list') throw new UsageError('--going-away is for close; see --help');
  const { restaurant, user, issuer, json: isJson = false } = values;
  if (restaurant === undefined) throw new UsageError('--restaurant is missing; see --help');
  if (!isRestaurantId(restaurant))
    throw new UsageError(`--restaurant is 1-64 letters, digits, "_" and "-", got ${JSON.stringify(restaurant)}`);
  if (user !== undefined && !isIssuedUserId(user))
    throw new UsageError(
      `--user is 1-255 printable characters without spaces and no zero, got ${JSON.stringify(user)}`,
    );

  const target = await openTarget(values);
  const ports = sessionPorts(target, stageConfig(values));
  const authenticated = (await ports.connections.sessionsAt(restaurant)).filter(
    ({ session }) =>
      (user === undefined || session.userId === user) && (issuer === undefined || session.issuer === issuer),
  );
  const whose = user === undefined ? restaurant : `${user} at ${restaurant}`;
  if (authenticated.length === 0 && action === 'close') throw new NotFoundError(`No session of ${whose}.`);
  if (!isJson && authenticated.length === 0) console.log(`No session of ${whose}.`);
  if (!isJson && authenticated.length > 0) printHeadings(columns);
  const isClosing = action === 'close';
  for (const connection of authenticated) {
    if (isClosing)
      await closeSession(ports)(connection, `operator/${randomUUID()}`, isGoingAway ? 'going_away' : 'revoked');
    const told = { ...(isClosing ? { outcome: 'closed' } : {}), ...objectOf(connection) };
    say(isJson, told, `${lineOf(connection)}${isClosing ? '  closed' : ''}`);
  }
});

/** By the names of the connection table. */
function objectOf({ connectionId, connectedAtMs, sourceIp, session }: Authenticated): object {
  return {
    connection_id: connectionId,
    restaurant_id: session.restaurantId,
    issuer: session.issuer,
    user_id: session.userId,
    role: session.role,
    connection_type: session.connectionType,
    membership_source: session.membershipSource ?? 'table',
    source_ip: sourceIp,
    connected_at_ms: connectedAtMs,
    session_expires_at_ms: session.sessionExpiresAtMs,
  };
}

function lineOf({ connectionId, connectedAtMs, sourceIp, session }: Authenticated): string {
  return rowOf(columns, [
    connectionId,
    `${session.userId} (${session.issuer})`,
    session.role,
    session.connectionType,
    session.membershipSource ?? 'table',
    sourceIp,
    `since ${new Date(connectedAtMs).toISOString()}`,
    `until ${new Date(session.sessionExpiresAtMs).toISOString()}`,
  ]);
}
