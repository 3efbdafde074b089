/** The ports that only the outbox has. */
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { streams } from '../dynamodb/streams.ts';
import { type Environment, environment, textFrom } from '../env.ts';
import { eventBus } from '../eventbridge/event-bus.ts';
import type { OutboxTarget } from '../ports.ts';
import type { OutboxPorts } from '../route-ports.ts';
import { outboxTelemetry } from '../security/outbox-telemetry.ts';
import { setAsideTo } from '../sqs/outbox-dead-letters.ts';
import { outboxQueue } from '../sqs/outbox-queue.ts';
import { awsClient, callPolicies, documentClient, queueClient } from './aws-ports.ts';
import type { Deadline } from './deadline.ts';
import { telemetryTools } from './telemetry-tools.ts';

/** Ten entries of 64 KB take longer than an item: two seconds a try, and three tries. */
const attemptTimeoutMs = 2_000;
const settings = {
  ...awsClient,
  cacheMiddleware: true,
  requestHandler: { ...awsClient.requestHandler, requestTimeout: attemptTimeoutMs },
};
/** A second is left to set aside what was refused, and to answer. */
const policy = { ...callPolicies.queues, attemptTimeoutMs, reserveMs: 1_000 };

const targetOf = (deadline: Deadline, env: Environment): OutboxTarget => {
  const busArn = env[environment.outboxBusArn];
  return busArn === undefined
    ? outboxQueue(deadline.bind(new SQSClient(settings), policy), textFrom(env, environment.outboxQueueUrl))
    : eventBus(deadline.bind(new EventBridgeClient(settings), policy), busArn);
};

export const outboxPorts = (deadline: Deadline, env: Environment = process.env): OutboxPorts => {
  return {
    stage: textFrom(env, environment.stage),
    target: targetOf(deadline, env),
    setAside: setAsideTo(queueClient(deadline), textFrom(env, environment.outboxDeadLettersUrl)),
    readHead: streams({ client: documentClient(deadline), tableName: textFrom(env, environment.eventsTable) }).readHead,
    telemetry: outboxTelemetry(telemetryTools(deadline, env)),
    timeLeftMs: deadline.leftMs,
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    now: Date.now,
  };
};
