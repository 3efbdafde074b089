import { Duration, Validations } from 'aws-cdk-lib';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { DeduplicationScope, FifoThroughputLimit, type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { GatewayFunction } from './gateway-function.ts';

/** Six times the timeout of the function that reads the queue, as Lambda advises: 6 * 10 s. */
const visibilityTimeout = Duration.seconds(60);
const batchSize = 10;
/** 1,000 events/s / 5 a batch on average * 0.2 s a batch = 40 at once. */
const maxConcurrency = 50;

/**
 * The queue of restaurant events: one message group a restaurant, so that its events stay in order and no restaurant
 * waits for another. What fails ten times (10 minutes) waits 14 days in the dead-letter queue.
 */
export class EventQueue extends Construct {
  readonly queue: IQueue;
  readonly deadLetters: IQueue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const forAll = {
      fifo: true,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // Without these all groups together have 300 messages a second; with them each has.
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
    };
    this.deadLetters = new Queue(this, 'DeadLetters', { ...forAll, retentionPeriod: Duration.days(14) });
    Validations.of(this.deadLetters).acknowledge({
      id: 'Serverless-SQSRedrivePolicy',
      reason: 'It is the dead-letter queue itself: what ends here waits for a person, and an alarm says so.',
    });
    this.queue = new Queue(this, 'Queue', {
      ...forAll,
      visibilityTimeout,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 10 },
    });
  }

  /** Lets somebody publish events of every restaurant. */
  grantPublish(grantee: IGrantable): Grant {
    return this.queue.grant(grantee, 'sqs:SendMessage');
  }

  /** Hands events to a function, which answers which of them failed, and may put aside what is no event. */
  deliverTo(handler: GatewayFunction): void {
    this.queue.grant(handler.lambda, 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes');
    this.deadLetters.grant(handler.lambda, 'sqs:SendMessage');
    const mapping = handler.lambda.addEventSourceMapping('Events', {
      eventSourceArn: this.queue.queueArn,
      batchSize,
      maxConcurrency,
      reportBatchItemFailures: true,
    });
    Validations.of(mapping).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason:
        'Lambda has such destinations for streams only; an SQS source has its dead-letter queue, and this one does.',
    });
  }
}
