import { Duration, Validations } from 'aws-cdk-lib';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { maxConcurrencyOf } from '../config-schema/max-concurrency.ts';
import { queueEncryption } from './customer-key.ts';
import type { GatewayFunction } from './gateway-function.ts';
import { addQueueEventSource } from './queue-event-source.ts';

/** Six times the timeout of the function that reads the queue, as Lambda advises: 6 * 10 s. */
const visibilityTimeout = Duration.seconds(60);
/** One run's posts a message; two of them would wait for each other's sockets. */
const batchSize = 1;
/**
 * Five tries of what fails. By then every client has asked by itself, a minute after it last heard anything: what is left is worth
 * nothing, so it ends here, in no dead-letter queue.
 */
const retentionPeriod = Duration.minutes(5);

/** The queue of posts that are made again: delayed, in no order, gone after five minutes. */
export class RedeliveryQueue extends Construct {
  readonly queue: IQueue;

  constructor(scope: Construct, id: string, encryptionKey?: IKey) {
    super(scope, id);
    // A FIFO queue delays all of its messages alike or none.
    this.queue = new Queue(this, 'Queue', {
      ...queueEncryption(encryptionKey),
      enforceSSL: true,
      visibilityTimeout,
      retentionPeriod,
    });
    const reason = 'What fails here is healed by the next ping of its clients; nobody would send it back.';
    Validations.of(this.queue).acknowledge(
      { id: 'Serverless-SQSRedrivePolicy', reason },
      { id: 'AwsSolutions-SQS3', reason },
    );
  }

  /** Lets a function put posts off. */
  grantPutOff(grantee: IGrantable): Grant {
    return this.queue.grant(grantee, 'sqs:SendMessage');
  }

  /** Hands what is due to a function. */
  deliverTo(handler: GatewayFunction): void {
    addQueueEventSource(handler, 'Posts', this.queue, {
      batchSize,
      maxConcurrency: maxConcurrencyOf.redelivery,
      afterFailures: 'what an SQS source has instead, a dead-letter queue, would keep posts that are worth nothing.',
    });
  }
}
