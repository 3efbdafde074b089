/** What the console knows of the state and may do in it, with the means of the operator's commands. */
import { randomUUID } from 'node:crypto';
import type { FunctionConfig } from '../../config-schema/function-config.ts';
import { type AuditRow, type ConnectionRow, maxAuditRows } from '../../console/rows.ts';
import { restaurantTrail, unverifiedTrail } from '../../lambdas/dynamodb/audit-trail.ts';
import type { Trail } from '../../lambdas/dynamodb/record-order.ts';
import { connections } from '../../lambdas/dynamodb/connections.ts';
import { revokeMember } from '../../lambdas/dynamodb/membership-administration.ts';
import type { StoredAuditRecord } from '../../lambdas/security/audit-columns.ts';
import { closeSession } from '../../lambdas/session/session.ts';
import { sessionPorts } from '../session-ports.ts';
import type { Target } from '../target.ts';

export type ConsoleState = Readonly<{
  connections: () => Promise<readonly ConnectionRow[]>;
  /** The newest records of the last hour, newest first. */
  audit: () => Promise<readonly AuditRow[]>;
  /** Refuses every token the user holds and ends the sessions; yields how many, or that there is no such member. */
  revoke: (restaurantId: string, userId: string) => Promise<number | 'not_a_member'>;
}>;

const auditPeriodMs = 60 * 60 * 1000;

export const consoleState = (
  target: Target,
  config: FunctionConfig,
  restaurants: readonly string[],
  issuer: string,
): ConsoleState => {
  const table = connections(target.connections);
  const authenticated = async () => (await Promise.all(restaurants.map((one) => table.sessionsAt(one)))).flat();
  const ports = sessionPorts(target, config);

  return {
    connections: async () =>
      (await authenticated())
        .map(({ connectionId, connectedAtMs, session }) => ({
          connectionId,
          restaurantId: session.restaurantId,
          userId: session.userId,
          role: session.role,
          connectionType: session.connectionType,
          connectedAtMs,
          expiresAtMs: session.sessionExpiresAtMs,
        }))
        .sort((a, b) => a.connectedAtMs - b.connectedAtMs),
    audit: async () => {
      const period = { fromMs: Date.now() - auditPeriodMs, toMs: Date.now() };
      const trails = [
        ...restaurants.map((one) => restaurantTrail(target.audit)(one, period)),
        unverifiedTrail(target.audit)(period),
      ];
      return (await Promise.all(trails.map(newest)))
        .flat()
        .sort((a, b) => b.time.localeCompare(a.time))
        .slice(0, maxAuditRows)
        .map(
          ({
            sk,
            time,
            severity,
            event,
            detail,
            connection_id,
            user_id,
            restaurant_id,
            connection_type,
            unmapped,
          }) => ({
            id: sk,
            time,
            severity,
            event,
            detail,
            connectionId: connection_id,
            userId: user_id,
            restaurantId: restaurant_id,
            connectionType: connection_type,
            claims: unmapped ?? {},
          }),
        );
    },
    revoke: async (restaurantId, userId) => {
      const revoked = await revokeMember(target.memberships)({ restaurantId, issuer, userId }, Date.now());
      if (revoked === 'not_a_member') return revoked;
      const theirs = (await table.sessionsAt(restaurantId)).filter(({ session }) => session.userId === userId);
      for (const one of theirs) await closeSession(ports)(one, `console/${randomUUID()}`, 'revoked');
      return theirs.length;
    },
  };
};

/** The last records of a trail. */
const newest = async (trail: Trail): Promise<readonly StoredAuditRecord[]> => {
  const last: StoredAuditRecord[] = [];
  for await (const record of trail) if (last.push(record) > maxAuditRows) last.shift();
  return last;
};
