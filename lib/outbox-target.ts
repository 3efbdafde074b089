/** Where the outbox goes: a bus or a FIFO queue, the stage's own or somebody's. */
import { Duration, Validations } from 'aws-cdk-lib';
import { EventBus, type IEventBusRef } from 'aws-cdk-lib/aws-events';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { DeduplicationScope, FifoThroughputLimit, type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { type EnvironmentName, environment } from '../lambdas/env.ts';

/** A bus, to which others add rules, or a FIFO queue, which keeps the order of each restaurant. */
export type OutboxKind = 'bus' | 'queue';

export type OutboxTarget = Readonly<{
  /** By which the function finds it. */
  variable: EnvironmentName;
  address: string;
  /** For rules and their targets; none: it is a queue. */
  bus?: IEventBusRef;
  grantPut: (grantee: IGrantable) => void;
}>;

/** Everything of one restaurant is one group; groups do not wait for each other. */
export const fifo = {
  fifo: true,
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
  deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
  fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
  retentionPeriod: Duration.days(14),
};

/** The one of this ARN, or without one a new one. */
export const outboxTarget = (scope: Construct, kind: OutboxKind, arn: string | undefined): OutboxTarget => {
  switch (kind) {
    case 'bus': {
      const bus = arn === undefined ? new EventBus(scope, 'Bus') : EventBus.fromEventBusArn(scope, 'Bus', arn);
      return {
        variable: environment.outboxBusArn,
        address: bus.eventBusArn,
        bus,
        grantPut: (grantee) => void bus.grantPutEventsTo(grantee),
      };
    }
    case 'queue': {
      const queue = arn === undefined ? ownQueue(scope) : Queue.fromQueueArn(scope, 'Queue', arn);
      return {
        variable: environment.outboxQueueUrl,
        address: queue.queueUrl,
        grantPut: (grantee) => void queue.grant(grantee, 'sqs:SendMessage'),
      };
    }
    default:
      return kind satisfies never;
  }
};

const ownQueue = (scope: Construct): IQueue => {
  const queue = new Queue(scope, 'Queue', fifo);
  const reason =
    'Its reader is the backend: a queue that moves what fails often would break the order that it was chosen for.';
  Validations.of(queue).acknowledge({ id: 'Serverless-SQSRedrivePolicy', reason }, { id: 'AwsSolutions-SQS3', reason });
  return queue;
};
