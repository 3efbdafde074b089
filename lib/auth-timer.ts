import { Duration, Validations } from 'aws-cdk-lib';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { maxConcurrencyOf } from '../config-schema/max-concurrency.ts';
import { queueEncryption } from './customer-key.ts';
import type { GatewayFunction } from './gateway-function.ts';
import { addQueueEventSource } from './queue-event-source.ts';

/** Six times the timeout of the function that reads the queue, as Lambda advises: 6 * 5 s. */
const visibilityTimeout = Duration.seconds(30);
const batchSize = 10;

/**
 * The queue that is the authentication timer: a delayed message for each connection, delivered at least once. What fails ten
 * times (5 minutes) waits 14 days in the dead-letter queue.
 */
export class AuthTimer extends Construct {
  readonly queue: IQueue;
  readonly deadLetters: IQueue;

  constructor(scope: Construct, id: string, encryptionKey?: IKey) {
    super(scope, id);
    this.deadLetters = new Queue(this, 'DeadLetters', {
      ...queueEncryption(encryptionKey),
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(this.deadLetters).acknowledge({
      id: 'Serverless-SQSRedrivePolicy',
      reason: 'It is the dead-letter queue itself: what ends here waits for a person, and an alarm says so.',
    });
    this.queue = new Queue(this, 'Queue', {
      ...queueEncryption(encryptionKey),
      enforceSSL: true,
      visibilityTimeout,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 10 },
    });
  }

  /** Lets a function put messages on the timer. */
  grantArm(grantee: IGrantable): Grant {
    return this.queue.grant(grantee, 'sqs:SendMessage');
  }

  /** Hands due messages to a function, which answers which of them failed. */
  deliverTo(handler: GatewayFunction): void {
    // A message that failed comes back when its visibility timeout is over.
    addQueueEventSource(handler, 'Timer', this.queue, {
      batchSize,
      maxConcurrency: maxConcurrencyOf.authTimer,
      afterFailures: 'an SQS source has its dead-letter queue, and this one does.',
    });
  }
}
