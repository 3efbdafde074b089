/** The ports that only the fan-out has. */
import { randomUUID } from 'node:crypto';
import { SQSClient } from '@aws-sdk/client-sqs';
import { listMembers } from './dynamodb/member-list.ts';
import { streams } from './dynamodb/streams.ts';
import { countFrom, environment, textFrom } from './env.ts';
import { awsClient, closingPorts, documentClient } from './live.ts';
import type { FanOutPorts } from './routes/fan-out.ts';
import { deadLetterTo } from './sqs/event-queue.ts';

const hourMs = 60 * 60 * 1000;

export const fanOutPorts = (env = process.env, client = documentClient()): FanOutPorts => ({
  // One try a post: the route has a second one, and one slow socket must not take the time of its restaurant.
  ...closingPorts(env, client, { maxAttempts: 1 }),
  listMembers: listMembers({ client, tableName: textFrom(env, environment.membershipsTable) }),
  streams: streams(
    { client, tableName: textFrom(env, environment.eventsTable) },
    countFrom(env, environment.eventRetentionHours) * hourMs,
  ),
  deadLetter: deadLetterTo(new SQSClient(awsClient), textFrom(env, environment.eventDeadLettersUrl)),
  newEpoch: () => randomUUID(),
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
});
