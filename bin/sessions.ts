import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { sockets } from '../lambdas/apigateway/sockets.ts';
import type { Authenticated } from '../lambdas/connection/connection.ts';
import { putRecord } from '../lambdas/dynamodb/audit.ts';
import { connections } from '../lambdas/dynamodb/connections.ts';
import { closeSession } from '../lambdas/routes/session.ts';
import { budgetLimits } from '../lib/budget-config.ts';
import { readStageConfig } from '../lib/config.ts';
import { isRestaurantId, isUserId } from '../protocol/identifiers.ts';
import { readArguments, run, UsageError } from './command.ts';
import { openTarget, type Target } from './target.ts';

const help = `Who is connected to a restaurant now.

  npm run sessions -- list  --restaurant R [--user U]
  npm run sessions -- close --restaurant R [--user U]

  close        ends them now: each hears closing with reason revoked, and is told not to come back. A user who is to
               stay out is revoked first ("npm run members -- revoke"); this alone keeps no new session from opening
  --user U     of this user alone
  --issuer A   whose token issuer has this alias
  --stage S    a deployed stage; without it, the gateway on this machine
`;

await run(async () => {
  const { values, positionals } = readArguments(help, {
    restaurant: { type: 'string' },
    user: { type: 'string' },
    issuer: { type: 'string' },
    stage: { type: 'string' },
  });
  const [action, ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(`${rest.join(' ')} is one word too many; see --help`);
  if (action !== 'list' && action !== 'close')
    throw new UsageError(`say list or close, not ${action ?? 'nothing'}; see --help`);
  const { restaurant, user, issuer, stage } = values;
  if (restaurant === undefined) throw new UsageError('--restaurant is missing; see --help');
  if (!isRestaurantId(restaurant))
    throw new UsageError(`--restaurant is 1-64 letters, digits, "_" and "-", got ${JSON.stringify(restaurant)}`);
  if (user !== undefined && !isUserId(user))
    throw new UsageError(`--user is 1-128 printable characters and no zero, got ${JSON.stringify(user)}`);

  const target = await openTarget(stage);
  const ports = portsOf(target, stage ?? 'local');
  const seated = (await ports.connections.seatedAt(restaurant)).filter(
    ({ session }) =>
      (user === undefined || session.userId === user) && (issuer === undefined || session.issuer === issuer),
  );
  const whose = user === undefined ? restaurant : `${user} at ${restaurant}`;
  if (seated.length === 0) console.log(`No session of ${whose}.`);
  for (const connection of seated) {
    if (action === 'close') await closeSession(ports)(connection, `operator/${randomUUID()}`, 'revoked');
    console.log(`${lineOf(connection)}${action === 'close' ? '  closed' : ''}`);
  }
});

function lineOf({ connectionId, connectedAtMs, sourceIp, session }: Authenticated): string {
  return [
    connectionId.padEnd(16),
    `${session.userId} (${session.issuer})`.padEnd(24),
    session.role.padEnd(17),
    session.connectionType.padEnd(11),
    sourceIp.padEnd(15),
    `since ${new Date(connectedAtMs).toISOString()}`,
    `until ${new Date(session.sessionExpiresAtMs).toISOString()}`,
  ].join('  ');
}

/** What ends a session, with a person's rights instead of a function's; a failure is told on stderr. */
function portsOf({ connections: table, audit, management }: Target, stage: string) {
  const { auditRetentionDays, budgets } = readStageConfig(join(import.meta.dirname, '..', 'config'), stage);
  const notHere = (): never => {
    throw new UsageError('The audit table did not take the record of a session that was closed; see its connection.');
  };
  return {
    connections: connections(table),
    sockets: sockets(management),
    putRecord: putRecord(audit, auditRetentionDays),
    timer: { send: async () => notHere() },
    // Only refusals of an address are counted; here nobody is refused.
    budgets: {
      countConnect: async () => notHere(),
      countRefusal: async () => notHere(),
      aggregateIsDue: async () => notHere(),
      refusalsOf: async () => notHere(),
      countHostileFailure: async () => notHere(),
      block: async () => notHere(),
    },
    limits: budgetLimits(budgets),
    announce: {
      recorded: () => {},
      failed: (what: string, { connectionId }: { connectionId?: string }, error: unknown) =>
        console.error(`${connectionId ?? ''} ${what} failed: ${error instanceof Error ? error.name : typeof error}`),
      closedLate: () => {},
      delivered: () => {},
      publicationInvalid: () => {},
    },
    now: Date.now,
  };
}
