/** The metrics the functions emit, by name. `lambdas/security/telemetry.ts` emits them. */
import { serviceName } from '../lambdas/env.ts';
import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { InvalidPublication } from '../lambdas/events/publication.ts';
import type { FailedPart } from '../lambdas/ports.ts';
import type { SecurityEvent } from '../lambdas/security/catalogue.ts';

/** What is counted and alarmed is summed over this. */
export const period = Duration.minutes(5);

export type GatewayMetrics = Readonly<{
  /** Events of a kind, of one reason or of all. */
  securityEvents: (event: SecurityEvent, reason?: string) => Metric;
  /** Failures of ours, in one part or in all. */
  failures: (part?: FailedPart) => Metric;
  /** Key sets of issuers that could not be used, or not all of them. */
  keySetFailures: () => Metric;
  /** How late silent connections were closed, in milliseconds after their deadline. */
  timerLag: (statistic: string) => Metric;
  /** What became of restaurant events: counts, and the milliseconds from the queue to the last socket. */
  delivery: (name: 'EventsNumbered' | 'EventsDelivered' | 'PostsFailed' | 'DeliveryLag', statistic: string) => Metric;
  /** Messages of the event queue that were put aside, for one reason or for any. */
  publicationsInvalid: (reason?: InvalidPublication) => Metric;
  /** Publications of devices whose restaurant had had all it may have of the minute. */
  publicationsRefused: () => Metric;
  /** What became of records of the outbox: counts, and the milliseconds from the table to the target. */
  outbox: (name: 'OutboxHandedOver' | 'OutboxSetAside' | 'OutboxHeldBack' | 'OutboxLag', statistic: string) => Metric;
}>;

/** The metrics of a stage. Sums and so on are over `period`. */
export const gatewayMetrics = (stage: string): GatewayMetrics => {
  const metric = (metricName: string, statistic: string, dimensions: Readonly<Record<string, string>>): Metric =>
    new Metric({
      namespace: serviceName,
      metricName,
      dimensionsMap: { service: serviceName, stage, ...dimensions },
      statistic,
      period,
    });
  return {
    securityEvents: (event, reason) =>
      metric('SecurityEvent', 'Sum', { event, ...(reason !== undefined && { reason }) }),
    failures: (part) => metric('Failure', 'Sum', { event: 'failure', ...(part !== undefined && { reason: part }) }),
    keySetFailures: () => metric('KeySetFailure', 'Sum', {}),
    timerLag: (statistic) => metric('TimerLag', statistic, {}),
    delivery: (name, statistic) => metric(name, statistic, {}),
    publicationsInvalid: (reason) => metric('PublicationInvalid', 'Sum', reason === undefined ? {} : { reason }),
    publicationsRefused: () => metric('PublicationRefused', 'Sum', {}),
    outbox: (name, statistic) => metric(name, statistic, {}),
  };
};
