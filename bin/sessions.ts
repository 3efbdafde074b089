import { randomUUID } from 'node:crypto';
import type { Authenticated } from '../lambdas/connection/connection.ts';
import { closeSession } from '../lambdas/session/session.ts';
import { isRestaurantId, isUserId } from '../protocol/identifiers.ts';
import { type Column, printHeadings, rowOf } from './columns.ts';
import { readArguments, run, UsageError } from './command.ts';
import { sessionPorts } from './session-ports.ts';
import { openTarget, targetOptions } from './target.ts';

const help = `Who is connected to a restaurant now.

  npm run sessions -- list  --restaurant R [--user U]
  npm run sessions -- close --restaurant R [--user U]

  close        ends them now: each hears closing with reason revoked, and is told not to come back. A user who is to
               stay out is suspended first ("npm run members -- suspend"); this alone keeps no new session from opening
  --user U     of this user alone
  --issuer A   whose token issuer has this alias
  --port N     the gateway on this machine that has this port; needed where several run
  --stage S    a deployed stage; without it, the gateway on this machine
`;

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
    ...targetOptions,
  });
  const [action, ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(`${rest.join(' ')} is one word too many; see --help`);
  if (action === undefined) throw new UsageError('say list or close; see --help');
  if (action !== 'list' && action !== 'close') throw new UsageError(`say list or close, not ${action}; see --help`);
  const { restaurant, user, issuer, stage } = values;
  if (restaurant === undefined) throw new UsageError('--restaurant is missing; see --help');
  if (!isRestaurantId(restaurant))
    throw new UsageError(`--restaurant is 1-64 letters, digits, "_" and "-", got ${JSON.stringify(restaurant)}`);
  if (user !== undefined && !isUserId(user))
    throw new UsageError(`--user is 1-128 printable characters and no zero, got ${JSON.stringify(user)}`);

  const target = await openTarget(values);
  const ports = sessionPorts(target, stage ?? 'local');
  const authenticated = (await ports.connections.sessionsAt(restaurant)).filter(
    ({ session }) =>
      (user === undefined || session.userId === user) && (issuer === undefined || session.issuer === issuer),
  );
  const whose = user === undefined ? restaurant : `${user} at ${restaurant}`;
  if (authenticated.length === 0) console.log(`No session of ${whose}.`);
  else printHeadings(columns);
  for (const connection of authenticated) {
    if (action === 'close') await closeSession(ports)(connection, `operator/${randomUUID()}`, 'revoked');
    console.log(`${lineOf(connection)}${action === 'close' ? '  closed' : ''}`);
  }
});

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
