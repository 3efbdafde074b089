/** The ports that only `$default` has: what a session may still do, its restaurant's events, the event queue. */
import { SQSClient } from '@aws-sdk/client-sqs';
import { readStanding } from './dynamodb/standing.ts';
import { streams } from './dynamodb/streams.ts';
import { environment, textFrom } from './env.ts';
import { awsClient, closingPorts, documentClient } from './live.ts';
import { publishTo } from './sqs/event-queue.ts';

export const messagePorts = (env = process.env, client = documentClient()) => {
  const events = textFrom(env, environment.eventsTable);
  return {
    ...closingPorts(env, client),
    readStanding: readStanding(client, { memberships: textFrom(env, environment.membershipsTable), events }),
    streams: streams({ client, tableName: events }),
    publish: publishTo(new SQSClient(awsClient), textFrom(env, environment.eventQueueUrl)),
  };
};
