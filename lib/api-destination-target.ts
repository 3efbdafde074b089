/** A backend that is reached by HTTPS, behind the outbox's bus. No stack has one by itself: `docs/outbox.md` shows how to add it. */
import { Duration, Validations } from 'aws-cdk-lib';
import { ApiDestination, Authorization, Connection, type IEventBusRef, Rule } from 'aws-cdk-lib/aws-events';
import { ApiDestination as ToApiDestination } from 'aws-cdk-lib/aws-events-targets';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** Whose events are posted, and where. */
export interface ApiDestinationTargetProps {
  /** The bus that a stage's outbox goes to. */
  readonly bus: IEventBusRef;

  /** Where each event is posted to, as the whole event of EventBridge: an https address. */
  readonly endpoint: string;

  /** What the endpoint knows the bus by: the secret's text, sent with each request under the name of `header`. */
  readonly secret: ISecret;

  /**
   * The header that the secret is sent in.
   *
   * @default x-maitred-key
   */
  readonly header?: string;

  /**
   * Which events are posted, by their `detail-type`, such as `order.created`.
   *
   * @default - every event, session and security event of this bus
   */
  readonly detailTypes?: readonly string[];

  /**
   * Posts a second, at most: more wait.
   *
   * @default 50
   */
  readonly postsPerSecond?: number;
}

/**
 * Posts what comes to a bus to one address. What it does not answer with 2xx within five seconds comes again for a day, in no
 * order, and then goes to the dead-letter queue, as does at once what it answers with another 4xx than 401, 407, 409 and 429.
 */
export class ApiDestinationTarget extends Construct {
  /** What was posted in vain: 14 days. Set an alarm on it. */
  readonly deadLetters: IQueue;

  constructor(scope: Construct, id: string, props: ApiDestinationTargetProps) {
    super(scope, id);
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    const reason = 'It is the dead-letter queue itself, of a rule: what ends here waits for a person.';
    Validations.of(this.deadLetters).acknowledge(
      { id: 'Serverless-SQSRedrivePolicy', reason },
      { id: 'AwsSolutions-SQS3', reason },
    );
    const connection = new Connection(this, 'Connection', {
      // The template holds a reference to the secret; EventBridge keeps a copy of its text, made at deployment.
      authorization: Authorization.apiKey(props.header ?? 'x-maitred-key', props.secret.secretValue),
    });
    const { apiDestinationArn } = new ApiDestination(this, 'Destination', {
      endpoint: props.endpoint,
      rateLimitPerSecond: props.postsPerSecond ?? 50,
      connection,
    });
    // The class is not assignable to its interface where optional properties are exact.
    const destination = ApiDestination.fromApiDestinationAttributes(this, 'Posted', { apiDestinationArn, connection });
    new Rule(this, 'Rule', {
      eventBus: props.bus,
      eventPattern: {
        source: ['maitred.events', 'maitred.sessions', 'maitred.security'],
        ...(props.detailTypes && { detailType: [...props.detailTypes] }),
      },
      targets: [
        new ToApiDestination(destination, {
          deadLetterQueue: this.deadLetters,
          maxEventAge: Duration.hours(24),
          retryAttempts: 185,
        }),
      ],
    });
  }
}
