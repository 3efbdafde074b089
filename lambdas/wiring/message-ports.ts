/** The ports that only `$default` has: what a session may still do, its restaurant's events, the event queue, the schemas of what it publishes. */

import type { FunctionConfig } from '../../config-schema/function-config.ts';
import { dataJudge } from '../../protocol/data-judge.ts';
import { readAuthorization } from '../dynamodb/authorization.ts';
import { readSession } from '../dynamodb/session.ts';
import { streams } from '../dynamodb/streams.ts';
import { environment, textFrom } from '../env.ts';
import { sandboxReplayAllowance } from '../rate-limit/replay-allowance.ts';
import { publishTo } from '../sqs/event-queue.ts';
import { closingPorts, documentClient, queueClient } from './aws-ports.ts';
import type { Deadline } from './deadline.ts';

export const messagePorts = (
  deadline: Deadline,
  config: FunctionConfig,
  env = process.env,
  client = documentClient(deadline),
) => {
  const tables = {
    connections: textFrom(env, environment.connectionsTable),
    memberships: textFrom(env, environment.membershipsTable),
    events: textFrom(env, environment.eventsTable),
  };
  const ports = closingPorts(deadline, config, env, client);
  return {
    ...ports,
    judgeData: dataJudge(),
    readSession: readSession(client, tables, ports.domain),
    readAuthorization: readAuthorization(client, tables, ports.domain),
    replayAllowance: sandboxReplayAllowance(config.budgets),
    streams: streams({ client, tableName: tables.events }),
    publish: publishTo(queueClient(deadline), textFrom(env, environment.eventQueueUrl)),
  };
};
