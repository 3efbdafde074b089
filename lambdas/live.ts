/** The ports on AWS. Each function builds only those it uses, once, while it starts; what is missing in its environment is named then. */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { sockets } from './apigateway/sockets.ts';
import { budgetLimitsFrom } from './budget/limits.ts';
import { sandboxMessageBudget } from './budget/message-budget.ts';
import { putRecord } from './dynamodb/audit.ts';
import { budgets } from './dynamodb/budgets.ts';
import { connections } from './dynamodb/connections.ts';
import { countFrom, environment, textFrom } from './env.ts';
import type { Ports } from './ports.ts';
import { announcements } from './security/announcements.ts';
import { timerQueue } from './sqs/timer-queue.ts';

/**
 * Three tries, each with an end. One call that hangs to its end takes 3 x 0.4 s and the pauses between them, at most 0.1 s
 * and 0.2 s: 1.5 s, half of the shortest function's 3 s. The other half is for what it answers and records instead,
 * where that is reachable: a table that hangs at every call takes all of the 3 s, and the timer settles what is left.
 */
export const awsClient = {
  maxAttempts: 3,
  // A connection is made within the time of its request: a first one, with TLS on a cold start, takes 0.1 to 0.3 s.
  requestHandler: { connectionTimeout: 400, requestTimeout: 400, throwOnRequestTimeout: true },
};

export type RecordingPorts = Pick<
  Ports,
  'connections' | 'timer' | 'putRecord' | 'budgets' | 'limits' | 'announce' | 'now'
>;

/** What every function has: the connection table, the audit trail, the timer queue. */
export const recordingPorts = (env = process.env, client = documentClient()): RecordingPorts => {
  return {
    connections: connections({ client, tableName: textFrom(env, environment.connectionsTable) }),
    putRecord: putRecord(
      { client, tableName: textFrom(env, environment.auditTable) },
      countFrom(env, environment.auditRetentionDays),
    ),
    budgets: budgets({ client, tableName: textFrom(env, environment.budgetsTable) }),
    limits: budgetLimitsFrom(env),
    timer: timerQueue(new SQSClient(awsClient), textFrom(env, environment.timerQueueUrl)),
    announce: announcements({ logger: new Logger(), metrics: new Metrics(), stage: textFrom(env, environment.stage) }),
    now: Date.now,
  };
};

/** Those and the sockets, for functions that may close a connection, and the messages of sessions they may answer. */
export const closingPorts = (
  env = process.env,
  client = documentClient(),
  posting: Readonly<{ maxAttempts?: number }> = {},
): RecordingPorts & Pick<Ports, 'sockets' | 'messageBudget'> => ({
  ...recordingPorts(env, client),
  messageBudget: sandboxMessageBudget(budgetLimitsFrom(env)),
  sockets: sockets(
    new ApiGatewayManagementApiClient({ ...awsClient, ...posting, endpoint: textFrom(env, environment.callbackUrl) }),
  ),
});

export const documentClient = (): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient(awsClient), { marshallOptions: { removeUndefinedValues: true } });
