/** The ports that only the fan-out has. */
import { randomUUID } from 'node:crypto';
import type { FunctionConfig } from '../../config-schema/function-config.ts';
import { listMembers } from '../dynamodb/member-list.ts';
import { streams } from '../dynamodb/streams.ts';
import { environment, textFrom } from '../env.ts';
import { isRole } from '../events/verified-publisher.ts';
import type { FanOutPorts } from '../route-ports.ts';
import { deadLetterTo, hideIn } from '../sqs/event-queue.ts';
import { closingPorts, documentClient, queueClient } from './aws-ports.ts';
import type { Deadline } from './deadline.ts';

const hourMs = 60 * 60 * 1000;

export const fanOutPorts = (
  deadline: Deadline,
  config: FunctionConfig,
  env = process.env,
  client = documentClient(deadline),
  queue = queueClient(deadline),
): FanOutPorts => ({
  // One try a post: the route has a second one, and one slow socket must not take the time of its restaurant. A pause later,
  // all are done with, and the other restaurants of the run are reported as done.
  ...closingPorts(deadline, config, env, client, { maxAttempts: 1, reserveMs: 500 }),
  listMembers: listMembers({ client, tableName: textFrom(env, environment.membershipsTable) }),
  streams: streams({ client, tableName: textFrom(env, environment.eventsTable) }, config.eventRetentionHours * hourMs),
  deadLetter: deadLetterTo(queue, textFrom(env, environment.eventDeadLettersUrl)),
  hideMessages: hideIn(queue, textFrom(env, environment.eventQueueUrl)),
  isOwnSender: isRole(textFrom(env, environment.devicePublisher)),
  newEpoch: () => randomUUID(),
  timeLeftMs: deadline.leftMs,
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
});
