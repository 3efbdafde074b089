/** The ports that only the fan-out and the redelivery have. */
import { randomUUID } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { FunctionConfig } from '../../config-schema/function-config.ts';
import { namesRestaurant } from '../../config-schema/membership-claim.ts';
import { attemptTimeoutMs, connections } from '../delivery/gate-rules.ts';
import { listMembers } from '../dynamodb/member-list.ts';
import { streams } from '../dynamodb/streams.ts';
import { type Environment, environment, textFrom } from '../env.ts';
import { isRole } from '../events/verified-publisher.ts';
import type { FanOutPorts, RedeliveryPorts } from '../route-ports.ts';
import { deadLetterTo, hideIn } from '../sqs/event-queue.ts';
import { postAgainBy } from '../sqs/redelivery-queue.ts';
import { awsClient, closingPorts, documentClient, queueClient } from './aws-ports.ts';
import type { Deadline } from './deadline.ts';

const hourMs = 60 * 60 * 1000;

/** What posts to many sockets at once. */
const deliveryPorts = (
  deadline: Deadline,
  config: FunctionConfig,
  env: Environment,
  client: DynamoDBDocumentClient,
) => ({
  // One try a post: whoever posts makes the second one itself, and one slow socket must not take the time of its restaurant. A second
  // before the end all are done with: what was not posted can still be put off, and what is done reported as done.
  ...closingPorts(deadline, config, env, client, {
    maxAttempts: 1,
    reserveMs: 1_000,
    attemptTimeoutMs,
    requestHandler: {
      ...awsClient.requestHandler,
      connectionTimeout: attemptTimeoutMs,
      requestTimeout: attemptTimeoutMs,
      httpsAgent: { maxSockets: connections },
    },
  }),
  listMembers: listMembers({ client, tableName: textFrom(env, environment.membershipsTable) }),
  postAgain: postAgainBy(queueClient(deadline), textFrom(env, environment.redeliveryQueueUrl)),
  timeLeftMs: deadline.leftMs,
  pause: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
  after: (ms: number, act: () => void) => {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
});

export const fanOutPorts = (
  deadline: Deadline,
  config: FunctionConfig,
  env: Environment = process.env,
  client = documentClient(deadline),
  queue = queueClient(deadline),
): FanOutPorts => ({
  ...deliveryPorts(deadline, config, env, client),
  streams: streams({ client, tableName: textFrom(env, environment.eventsTable) }, config.eventRetentionHours * hourMs),
  deadLetter: deadLetterTo(queue, textFrom(env, environment.eventDeadLettersUrl)),
  hideMessages: hideIn(queue, textFrom(env, environment.eventQueueUrl)),
  isNamedByIssuer: (restaurantId) => config.issuers.some((issuer) => namesRestaurant(issuer, restaurantId)),
  isOwnSender: isRole(textFrom(env, environment.devicePublisher)),
  newEpoch: () => randomUUID(),
});

export const redeliveryPorts = (
  deadline: Deadline,
  config: FunctionConfig,
  env: Environment = process.env,
  client = documentClient(deadline),
): RedeliveryPorts => ({
  ...deliveryPorts(deadline, config, env, client),
  streams: streams({ client, tableName: textFrom(env, environment.eventsTable) }),
});
