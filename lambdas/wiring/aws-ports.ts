/** The ports on AWS. Each function builds only those it uses, once, while it starts; what is missing in its environment is named then. */
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { FunctionConfig } from '../../config-schema/function-config.ts';
import { domainOf } from '../../protocol/domain.ts';
import { sockets } from '../apigateway/sockets.ts';
import type { CallPolicy } from '../call-policy/call-policy.ts';
import { knownClosed } from '../connection/known-closed.ts';
import { addressCounters } from '../dynamodb/address-counters.ts';
import { putRecord } from '../dynamodb/audit.ts';
import { memberCounters } from '../dynamodb/member-counters.ts';
import { connections } from '../dynamodb/connections.ts';
import { itemTranslation } from '../dynamodb/table.ts';
import { environment, textFrom } from '../env.ts';
import type { Ports } from '../ports.ts';
import { sandboxAddresses } from '../rate-limit/sandbox-addresses.ts';
import { addressLimits } from '../rate-limit/trusted-addresses.ts';
import { sandboxMessageLimiter } from '../rate-limit/message-limiter.ts';
import { functionTelemetry } from '../security/telemetry.ts';
import { telemetryTools } from './telemetry-tools.ts';
import { timerQueue } from '../sqs/timer-queue.ts';
import type { Deadline } from './deadline.ts';

/** Three tries, each with an end. */
export const awsClient = {
  maxAttempts: 3,
  // A connection is made within the time of its request: a first one, with TLS on a cold start, takes 0.1 to 0.3 s.
  requestHandler: { connectionTimeout: 400, requestTimeout: 400, throwOnRequestTimeout: true },
};

/**
 * The steps of each kind of call are put together once, not at every call: a tenth of a call's processor time. The document
 * client cannot do that.
 */
const putTogetherOnce = { cacheMiddleware: true };

const { maxAttempts, requestHandler } = awsClient;

/**
 * A call that hangs through its tries takes 3 x 0.4 s and the pauses between them, at most 0.1 s and 0.2 s: 1.5 s. Tables end
 * before queues, so that a record no table took can still be queued, and queues before sockets, so that the client is told.
 * 0.5 s are for a last message and a close.
 */
export const callPolicies = {
  tables: { attemptTimeoutMs: requestHandler.requestTimeout, reserveMs: 700, maxShare: 1, openAfter: maxAttempts },
  queues: { attemptTimeoutMs: requestHandler.requestTimeout, reserveMs: 500, maxShare: 1, openAfter: maxAttempts },
  // Half of what is left: the close comes after the message. One socket says nothing about another.
  sockets: {
    attemptTimeoutMs: requestHandler.requestTimeout,
    reserveMs: 50,
    maxShare: 0.5,
    openAfter: Number.POSITIVE_INFINITY,
  },
} satisfies Record<string, CallPolicy>;

export type RecordingPorts = Pick<
  Ports,
  | 'domain'
  | 'connections'
  | 'timer'
  | 'putRecord'
  | 'addressCounters'
  | 'sandboxAddresses'
  | 'addressLimits'
  | 'memberCounters'
  | 'limits'
  | 'telemetry'
  | 'now'
>;

/** What every function has: the connection table, the audit trail, the timer queue. */
export const recordingPorts = (
  deadline: Deadline,
  config: FunctionConfig,
  env = process.env,
  client = documentClient(deadline),
): RecordingPorts => {
  return {
    connections: connections({ client, tableName: textFrom(env, environment.connectionsTable) }),
    putRecord: putRecord({ client, tableName: textFrom(env, environment.auditTable) }, config.auditRetentionDays),
    addressCounters: addressCounters({ client, tableName: textFrom(env, environment.budgetsTable) }),
    sandboxAddresses: sandboxAddresses(),
    addressLimits: addressLimits(config),
    memberCounters: memberCounters({ client, tableName: textFrom(env, environment.budgetsTable) }),
    limits: config.budgets,
    domain: domainOf(config),
    timer: timerQueue(queueClient(deadline), textFrom(env, environment.timerQueueUrl)),
    telemetry: functionTelemetry(telemetryTools(deadline, env)),
    now: Date.now,
  };
};

/** Those and the sockets, for functions that may close a connection, and the messages of sessions they may answer. */
export const closingPorts = (
  deadline: Deadline,
  config: FunctionConfig,
  env = process.env,
  client = documentClient(deadline),
  {
    reserveMs = callPolicies.sockets.reserveMs,
    attemptTimeoutMs = callPolicies.sockets.attemptTimeoutMs,
    ...posting
  }: Readonly<{
    maxAttempts?: number;
    reserveMs?: number;
    attemptTimeoutMs?: number;
    requestHandler?: typeof requestHandler & Readonly<{ httpsAgent: { maxSockets: number } }>;
  }> = {},
): RecordingPorts & Pick<Ports, 'sockets' | 'messageLimiter' | 'knownClosed'> => ({
  ...recordingPorts(deadline, config, env, client),
  knownClosed: knownClosed(),
  messageLimiter: sandboxMessageLimiter(config.budgets),
  sockets: sockets(
    deadline.bind(
      new ApiGatewayManagementApiClient({
        ...awsClient,
        ...putTogetherOnce,
        ...posting,
        endpoint: textFrom(env, environment.callbackUrl),
      }),
      { ...callPolicies.sockets, reserveMs, attemptTimeoutMs },
    ),
  ),
});

export const documentClient = (deadline: Deadline): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(deadline.bind(new DynamoDBClient(awsClient), callPolicies.tables), itemTranslation);

export const queueClient = (deadline: Deadline): SQSClient =>
  deadline.bind(new SQSClient({ ...awsClient, ...putTogetherOnce }), callPolicies.queues);
