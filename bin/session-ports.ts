import type { FunctionConfig } from '../config-schema/function-config.ts';
import { sockets } from '../lambdas/apigateway/sockets.ts';
import { knownClosed } from '../lambdas/connection/known-closed.ts';
import { putRecord } from '../lambdas/dynamodb/audit.ts';
import { connections } from '../lambdas/dynamodb/connections.ts';
import { memberCounters } from '../lambdas/dynamodb/member-counters.ts';
import { sandboxAddresses } from '../lambdas/rate-limit/sandbox-addresses.ts';
import { addressLimits } from '../lambdas/rate-limit/trusted-addresses.ts';
import { domainOf } from '../protocol/domain.ts';
import { FailedError } from './command.ts';
import type { Target } from './target.ts';

/** What ends a session, with a person's rights instead of a function's; a failure is told on stderr. */
export function sessionPorts({ connections: table, audit, counters, management }: Target, stage: FunctionConfig) {
  const { auditRetentionDays, ...config } = stage;
  const notHere = (): never => {
    throw new FailedError('The audit table did not take the record of a session that was closed; see its connection.');
  };
  return {
    domain: domainOf(config),
    connections: connections(table),
    knownClosed: knownClosed(),
    sockets: sockets(management),
    putRecord: putRecord(audit, auditRetentionDays),
    timer: { send: async () => notHere() },
    // Only refusals of an address are counted; here nobody is refused.
    addressCounters: {
      countConnect: async () => notHere(),
      countRefusal: async () => notHere(),
      aggregateIsDue: async () => notHere(),
      refusalsOf: async () => notHere(),
      countHostileFailure: async () => notHere(),
      block: async () => notHere(),
    },
    memberCounters: memberCounters(counters),
    sandboxAddresses: sandboxAddresses(),
    addressLimits: addressLimits(config),
    limits: config.budgets,
    telemetry: {
      recorded: () => {},
      failed: (what: string, { connectionId }: { connectionId?: string }, error: unknown) =>
        console.error(`${connectionId ?? ''} ${what} failed: ${error instanceof Error ? error.name : typeof error}`),
      keySetFailed: () => {},
      closedLate: () => {},
      delivered: () => {},
      redelivered: () => {},
      publicationInvalid: () => {},
      publicationRefused: () => {},
    },
    now: Date.now,
  };
}
