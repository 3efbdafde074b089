/** Where the outbox goes: a bus or a FIFO queue, the stage's own or somebody's. */
import { Duration, Validations } from 'aws-cdk-lib';
import { EventBus, type IEventBus, type IEventBusRef } from 'aws-cdk-lib/aws-events';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { DeduplicationScope, FifoThroughputLimit, type IQueue, Queue, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { MaitredError } from './construct-problems.ts';
import { grantKey, queueEncryption } from './customer-key.ts';
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
const fifo = {
  fifo: true,
  enforceSSL: true,
  deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
  fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
  retentionPeriod: Duration.days(14),
};

/** Properties of such a queue. */
export const fifoQueue = (encryptionKey: IKey | undefined): QueueProps => ({
  ...fifo,
  ...queueEncryption(encryptionKey),
});

export type TargetGiven = Readonly<{
  arn?: string | undefined;
  target?: IEventBus | IQueue | undefined;
  encryptionKey?: IKey | undefined;
}>;

/** The one that is given, by itself or by its ARN, or else a new one. */
export const outboxTarget = (
  scope: Construct,
  kind: OutboxKind,
  { arn, target, encryptionKey }: TargetGiven,
): OutboxTarget => {
  if (target !== undefined && (arn !== undefined || kind !== ('queueArn' in target ? 'queue' : 'bus')))
    throw new MaitredError(
      'PARTS_DIFFER',
      `outboxTarget of ${scope.node.path} must be the one ${kind} that the outbox goes to, got ${target.node.path}${arn === undefined ? '' : ' beside outboxArn'}`,
    );
  if (target !== undefined && 'queueArn' in target && !target.fifo)
    throw new MaitredError(
      'PARTS_DIFFER',
      `outboxTarget of ${scope.node.path} must be a FIFO queue, got ${target.node.path}: another keeps no order`,
    );
  switch (kind) {
    case 'bus': {
      const given = target !== undefined && 'eventBusArn' in target ? target : undefined;
      const bus =
        given ??
        (arn === undefined
          ? new EventBus(scope, 'Bus', encryptionKey && { kmsKey: encryptionKey })
          : EventBus.fromEventBusArn(scope, 'Bus', arn));
      return {
        variable: environment.outboxBusArn,
        address: bus.eventBusArn,
        bus,
        grantPut: (grantee) => void bus.grantPutEventsTo(grantee),
      };
    }
    case 'queue': {
      const given = target !== undefined && 'queueArn' in target ? target : undefined;
      const queue =
        given ?? (arn === undefined ? ownQueue(scope, encryptionKey) : Queue.fromQueueArn(scope, 'Queue', arn));
      return {
        variable: environment.outboxQueueUrl,
        address: queue.queueUrl,
        grantPut: (grantee) => {
          queue.grant(grantee, 'sqs:SendMessage');
          if (given !== undefined) grantKey(given.encryptionMasterKey, grantee);
        },
      };
    }
    default:
      return kind satisfies never;
  }
};

const ownQueue = (scope: Construct, encryptionKey: IKey | undefined): IQueue => {
  const queue = new Queue(scope, 'Queue', fifoQueue(encryptionKey));
  const reason =
    'Its reader is the backend: a queue that moves what fails often would break the order that it was chosen for.';
  Validations.of(queue).acknowledge({ id: 'Serverless-SQSRedrivePolicy', reason }, { id: 'AwsSolutions-SQS3', reason });
  return queue;
};
