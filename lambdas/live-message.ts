/** The ports that only `$default` has: what a session may still do, its restaurant's events, the event queue. */
import { SQSClient } from '@aws-sdk/client-sqs';
import { readSeated } from './dynamodb/seated.ts';
import { readStanding } from './dynamodb/standing.ts';
import { streams } from './dynamodb/streams.ts';
import { environment, textFrom } from './env.ts';
import { awsClient, closingPorts, documentClient } from './live.ts';
import { publishTo } from './sqs/event-queue.ts';

export const messagePorts = (env = process.env, client = documentClient()) => {
  const tables = {
    connections: textFrom(env, environment.connectionsTable),
    memberships: textFrom(env, environment.membershipsTable),
    events: textFrom(env, environment.eventsTable),
  };
  return {
    ...closingPorts(env, client),
    readSeated: readSeated(client, tables),
    readStanding: readStanding(client, tables),
    streams: streams({ client, tableName: tables.events }),
    publish: publishTo(new SQSClient(awsClient), textFrom(env, environment.eventQueueUrl)),
  };
};
