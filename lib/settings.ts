/** Everything that a stage's file may say, as properties of the constructs. `docs/configuration.md` says more of each. */
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { CustomDomainProps } from './custom-domain.ts';
import type { DomainSettings } from './domain-settings.ts';
import type { RateLimitSettings } from './rate-limit-settings.ts';
import type { TrustedIssuer } from './trusted-issuer.ts';

/** What decides what is kept. */
export interface StateSettings {
  /**
   * Who may issue tokens.
   *
   * @default - a Cognito user pool of its own
   */
  readonly issuers?: readonly TrustedIssuer[] | undefined;

  /**
   * Whether the user pool of its own stays while others issue the tokens.
   *
   * @default false
   */
  readonly keepUserPool?: boolean | undefined;

  /**
   * Where numbered events, and the begin and end of each session, go beside the devices.
   *
   * @default none
   */
  readonly outbox?: 'none' | 'bus' | 'queue' | undefined;

  /**
   * Read and write units a second of the table of events, which follow what is used between two bounds.
   *
   * @default - on demand
   */
  readonly provisionedThroughput?: ProvisionedThroughputSettings | undefined;

  /**
   * What the table of events takes at once. It costs once, and cannot be lowered.
   *
   * @default - what it has by itself, 12000 reads and 4000 writes a second at first
   */
  readonly warmThroughput?: WarmThroughputSettings | undefined;

  /**
   * Of the audit table: `infrequent` is cheaper to keep and dearer to write.
   *
   * @default standard
   */
  readonly auditTableClass?: 'standard' | 'infrequent' | undefined;
}

/** What is provisioned of a table: more as it is used more, and less again. */
export interface ProvisionedThroughputSettings {
  /** @default 5 */
  readonly minReads?: number | undefined;

  /** Read units a second that it never goes above. */
  readonly maxReads: number;

  /** @default 5 */
  readonly minWrites?: number | undefined;

  /** Write units a second that it never goes above. */
  readonly maxWrites: number;

  /**
   * Share of what is provisioned that is to be used, in percent.
   *
   * @default 70
   */
  readonly targetPercent?: number | undefined;
}

/** What a table takes at once, without having grown to it by use. */
export interface WarmThroughputSettings {
  /** @default - what the table has by itself, 12000 at first */
  readonly readsPerSecond?: number | undefined;

  /** @default - what the table has by itself, 4000 at first */
  readonly writesPerSecond?: number | undefined;
}

/** What decides what the gateway does. */
export interface GatewaySettings extends DomainSettings {
  /**
   * Time a device has for its first message.
   *
   * @default 5
   */
  readonly authTimeoutSeconds?: number | undefined;

  /**
   * Web pages that may connect, by origin. Native apps need no entry.
   *
   * @default - those of the gateway's own address
   */
  readonly allowedOrigins?: readonly string[] | undefined;

  /**
   * Whether pages of this machine and the network around it may connect: for the local gateway, and refused elsewhere.
   *
   * @default false
   */
  readonly developmentOrigins?: boolean | undefined;

  /**
   * Networks with limits of their own, as CIDRs.
   *
   * @default - none
   */
  readonly trustedAddresses?: readonly string[] | undefined;

  /**
   * What one address, session, user or restaurant may do.
   *
   * @default - those of `RateLimitSettings`
   */
  readonly budgets?: RateLimitSettings | undefined;

  /**
   * How long an audit record is kept, in days.
   *
   * @default 400
   */
  readonly auditRetentionDays?: number | undefined;

  /**
   * How long an event can be replayed, in hours.
   *
   * @default 24
   */
  readonly eventRetentionHours?: number | undefined;

  /**
   * After how much silence clients ping, in seconds: so much later, and ten seconds, an event that was lost is noticed at the latest.
   *
   * @default 120
   */
  readonly pingIntervalSeconds?: number | undefined;

  /**
   * What each route takes.
   *
   * @default - 1000 requests a second, 1000 at once
   */
  readonly throttle?: ThrottleSettings | undefined;

  /**
   * How long logs are kept. Never for ever.
   *
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetentionDays?: RetentionDays | undefined;

  /**
   * A name of one's own for the WebSocket URL. Certificate and zone may be deploy-time values.
   *
   * @default - the name API Gateway gives
   */
  readonly domain?: CustomDomainProps | undefined;

  /**
   * The account's role by which API Gateway writes logs: it is there, or is made here, or the logs are off.
   *
   * @default none
   */
  readonly accountLogRole?: 'none' | 'existing' | 'create' | undefined;

  /**
   * What the functions reach AWS with: its SDK, or files of this package in its place.
   *
   * @default sdk
   */
  readonly transport?: 'sdk' | 'thin' | undefined;

  /**
   * Runs of the fan-out at once, at most: fewer share runs sooner.
   *
   * @default 30
   */
  readonly fanOutConcurrency?: number | undefined;

  /**
   * Concurrency set aside for each function: 20 at least, and as many as `fanOutConcurrency`.
   *
   * @default - what the account has left
   */
  readonly reservedConcurrency?: number | undefined;

  /**
   * Memory of the fan-out and of the redelivery, from 512 to 3,008: with it comes their share of a processor, and so how many sockets of one
   * restaurant a run reaches.
   *
   * @default 1024
   */
  readonly fanOutMemoryMiB?: number | undefined;

  /**
   * An EventBridge bus or SQS FIFO queue that the outbox goes to, by its ARN.
   *
   * @default - `outboxTarget`, else one is made
   */
  readonly outboxArn?: string | undefined;

  /**
   * The same, as a construct: an EventBridge bus with `outbox: 'bus'`, an SQS FIFO queue with `'queue'`.
   *
   * @default - `outboxArn`, else one is made
   */
  readonly outboxTarget?: IEventBus | IQueue | undefined;

  /**
   * Whether each security event that the audit table keeps goes to the outbox, too.
   *
   * @default false
   */
  readonly outboxSecurityEvents?: boolean | undefined;
}

/** What each of API Gateway's routes takes, of all devices together; more is answered with 429. */
export interface ThrottleSettings {
  /**
   * Requests in a second.
   *
   * @default 1000
   */
  readonly ratePerSecond?: number | undefined;

  /**
   * Requests at once.
   *
   * @default 1000
   */
  readonly burst?: number | undefined;
}

/** What decides who hears of trouble. */
export interface MonitoringSettings {
  /**
   * The page of graphs: `small` has up to 50 metrics, of which an account has three free, `full` all of them, for a price.
   *
   * @default small
   */
  readonly dashboard?: 'small' | 'full' | 'none' | undefined;

  /**
   * Mail addresses that get the alarms, once they have confirmed.
   *
   * @default - whoever subscribes to the topic
   */
  readonly alarmEmails?: readonly string[] | undefined;

  /**
   * Where people on call read the runbook: alarms link their headings there.
   *
   * @default - they name the runbook of this project
   */
  readonly runbookUrl?: string | undefined;
}
