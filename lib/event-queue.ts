import { Duration, Validations } from 'aws-cdk-lib';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { DeduplicationScope, FifoThroughputLimit, type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { queueEncryption } from './customer-key.ts';
import type { GatewayFunction } from './gateway-function.ts';
import { addQueueEventSource } from './queue-event-source.ts';

/**
 * What a run that dies costs its restaurants. Lambda takes no queue that hides a message for less than its function may run,
 * 10 s. The six times that AWS advises are for Lambda's tries while it has no concurrency; ours come again instead, and a run
 * that is overtaken by the next one ends in the same numbering (`docs/decisions/0024-a-restaurant-comes-again.md`).
 */
const visibilityTimeout = Duration.seconds(15);
/**
 * Nothing is put aside before ten minutes of failures: 1 + 2 + 4 + 8 s after the first four (`hiddenSeconds` in the function)
 * and 15 s after each of 39 more are 600 s. A run that dies, and one that Lambda does not begin for want of concurrency, count
 * as well; each of them takes the whole 15 s.
 */
const maxReceiveCount = 4 + 39;
const batchSize = 10;

/**
 * The queue of restaurant events: one message group a restaurant, so that its events stay in order and no restaurant
 * waits for another. What fails for ten minutes waits 14 days in the dead-letter queue.
 */
export class EventQueue extends Construct {
  readonly queue: IQueue;
  readonly deadLetters: IQueue;

  constructor(scope: Construct, id: string, encryptionKey?: IKey) {
    super(scope, id);
    const forAll = {
      fifo: true,
      ...queueEncryption(encryptionKey),
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
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount },
    });
  }

  /** Lets somebody publish events of every restaurant. */
  grantPublish(grantee: IGrantable): Grant {
    return this.queue.grant(grantee, 'sqs:SendMessage');
  }

  /**
   * Hands events to a function, which answers which failed, says when those come again, and may put aside what is none; of so many
   * runs at once, each with up to ten messages.
   */
  deliverTo(handler: GatewayFunction, maxConcurrency: number): void {
    addQueueEventSource(handler, 'Events', this.queue, {
      batchSize,
      maxConcurrency,
      actions: ['sqs:ChangeMessageVisibility'],
      afterFailures: 'an SQS source has its dead-letter queue, and this one does.',
    });
    this.deadLetters.grant(handler.lambda, 'sqs:SendMessage');
  }
}
