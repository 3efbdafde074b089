import { Duration, Validations } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IEventBus, IEventBusRef } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type EnvironmentName, environment } from '../lambdas/env.ts';
import type { GatewayFunction } from './gateway-function.ts';
import { ofAuditRecords, ofNumberedEvents } from './outbox-filters.ts';
import { fifoQueue, type OutboxKind, outboxTarget } from './outbox-target.ts';
import { addStreamEventSource } from './stream-event-source.ts';

export interface OutboxProps {
  /** What it hands records to. */
  readonly kind: OutboxKind;

  /**
   * Somebody's own bus or queue.
   *
   * @default - this construct makes one
   */
  readonly arn?: string | undefined;

  /**
   * The same, as a construct.
   *
   * @default - this construct makes one
   */
  readonly target?: IEventBus | IQueue | undefined;

  /**
   * Encrypts what it makes.
   *
   * @default - a key that AWS keeps
   */
  readonly encryptionKey?: IKey | undefined;

  /** Whether every security event that is recorded goes there, beside the begin and end of sessions. */
  readonly withSecurityEvents: boolean;

  /** The tables whose streams it reads. */
  readonly tables: Readonly<{ events: TableV2; audit: TableV2 }>;

  /** Makes its function within a scope. */
  readonly make: (
    scope: Construct,
    id: string,
    settings: Readonly<{ timeout: Duration; variables: Partial<Record<EnvironmentName, string>> }>,
  ) => GatewayFunction;
}

/**
 * The transactional outbox: hands what two tables have taken to the backend's bus or queue. Its function is its own, reads the tables'
 * streams after the writes, and nobody waits for it.
 */
export class Outbox extends Construct {
  readonly handler: GatewayFunction;
  /** Where rules can be added; undefined: the target is a queue. */
  readonly bus: IEventBusRef | undefined;
  /** The bus's ARN or the queue's URL. */
  readonly target: string;
  /** What the target refused for what it is, and records that could not be read: 14 days. */
  readonly deadLetters: IQueue;
  /** By the tables that are read. */
  readonly sources: Readonly<{ Events: EventSourceMapping; Audit: EventSourceMapping }>;

  constructor(scope: Construct, id: string, props: OutboxProps) {
    super(scope, id);
    const { events, audit } = props.tables;
    const target = outboxTarget(this, props.kind, props);
    this.bus = target.bus;
    this.target = target.address;
    this.deadLetters = new Queue(this, 'DeadLetters', fifoQueue(props.encryptionKey));
    const reason =
      'It is the dead-letter queue itself, of a function: what ends here waits for a person, and an alarm says so.';
    Validations.of(this.deadLetters).acknowledge(
      { id: 'Serverless-SQSRedrivePolicy', reason },
      { id: 'AwsSolutions-SQS3', reason },
    );
    this.handler = props.make(this, 'Outbox', {
      timeout: Duration.seconds(30),
      variables: {
        [target.variable]: target.address,
        [environment.outboxDeadLettersUrl]: this.deadLetters.queueUrl,
        [environment.eventsTable]: events.tableName,
      },
    });
    target.grantPut(this.handler.lambda);
    this.deadLetters.grant(this.handler.lambda, 'sqs:SendMessage');
    // Events that a version before this one numbered do not say their epoch; the head of their restaurant does.
    events.grant(this.handler.lambda, 'dynamodb:GetItem');
    this.sources = {
      Events: addStreamEventSource(this.handler, 'Events', events, ofNumberedEvents),
      Audit: addStreamEventSource(this.handler, 'Audit', audit, ofAuditRecords(props.withSecurityEvents)),
    };
  }
}
