/** The alarms of a stage. Each rule has a heading in the runbook: what it means, where to look, what to do. */
import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { catalogue, eventsThat, ringing, type SharedAlarm } from '../lambdas/security/catalogue.ts';
import { entryNames } from './entries.ts';
import type { GatewayFunction } from './gateway-function.ts';
import { type GatewayMetrics, period } from './gateway-metrics.ts';
import type { MaitredGateway } from './maitred-gateway.ts';

export type AlarmRule = Readonly<{
  /** Construct id of the alarm. */
  id: string;
  /** Its heading in the runbook. */
  heading: string;
  /** What happened, in one sentence. */
  says: string;
  metric: IMetric;
  /** The alarm rings at this value, with `moreThan` only above it. */
  threshold: number;
  moreThan?: true;
  /** Periods that are looked at, and how many of them must be bad. Default: the last one. */
  outOf?: Readonly<{ periods: number; bad: number }>;
  /** Of a metric that has a value as long as all is well: it rings where there is none, and below the threshold. */
  onSilence?: 'rings';
}>;

/** The promise: a silent connection is closed within 2 s of its deadline. */
const promisedLagMs = 2000;
/** A timer message is delayed 75 s at most (the minute of a flood and a bit). At more than twice that age nobody reads the queue. */
const stalledSeconds = 180;
/** An event waits a second or two; after a run that died its restaurant waits 15 s. Minutes: nobody delivers. */
const eventsStalledSeconds = 120;
/** A few posts always meet a socket that has just closed; so many in 5 minutes are a fault. */
const manyPostsFailed = 100;
/** Half of all attempts, and only of so many that they are not one device's. */
const refusedPercent = 50;
const fewestAttempts = 20;
/** One till that reconnects in a loop stays below this in 5 minutes; a flood reaches it in one (20 records a minute). */
const manyRefusals = 20;
/** A short outage of one table or key set affects one or two devices; so many failures in 5 minutes are a longer one. */
const manyFailures = 5;

/** A record is handed over within a second or two, and after a failure tried again at once and then ever more seldom. */
const outboxBehindMs = 2 * 60 * 1000;
/** Lambda polls each stream four times a second; in an update of the mapping it stops for a minute or two. */
const unreadPeriods = 3;

/** Every alarm of a stage. */
export const alarmRules = (gateway: MaitredGateway, metrics: GatewayMetrics): readonly AlarmRule[] => [
  ...pagingRules(metrics),
  ...trafficRules(gateway, metrics),
  ...recordRules(metrics),
  ...timerRules(gateway, metrics),
  ...eventRules(gateway, metrics),
  ...outboxRules(gateway),
  ...entryNames.flatMap((entry) => gateway.functions[entry] ?? []).flatMap(functionRules),
];

/** One event is enough. */
const pagingRules = (metrics: GatewayMetrics): readonly AlarmRule[] =>
  eventsThat('pages').map((event) => ({
    id: pascalCase(event),
    ...catalogue[event].alarm,
    metric: metrics.securityEvents(event).with({ period: Duration.minutes(1) }),
    threshold: 1,
  }));

const trafficRules = ({ api }: MaitredGateway, metrics: GatewayMetrics): readonly AlarmRule[] => [
  {
    id: 'FailureRate',
    heading: 'Failure rate',
    says: `More than ${refusedPercent} % of at least ${fewestAttempts} attempts were refused, in two of three periods.`,
    metric: refusedShare(metrics, fewestAttempts),
    threshold: refusedPercent,
    moreThan: true,
    outOf: { periods: 3, bad: 2 },
  },
  {
    id: 'HandshakesRefused',
    heading: 'Handshakes refused',
    says: `The budget of an address refused ${manyRefusals} handshakes (429) in 5 minutes.`,
    metric: sumRinging('Handshakes refused', metrics),
    threshold: manyRefusals,
  },
  {
    id: 'RefusedByApiGateway',
    heading: 'Refused by API Gateway',
    says: `API Gateway itself refused ${manyRefusals} requests in 5 minutes: the throttle of the stage or the account.`,
    metric: api.metric('ClientError'),
    threshold: manyRefusals,
  },
  {
    id: 'FunctionUnreachable',
    heading: 'Function unreachable',
    says: 'API Gateway could not call a function, or got no answer.',
    metric: api.metric('ExecutionError'),
    threshold: 1,
  },
  {
    id: 'SigningKeysUnreachable',
    heading: 'Signing keys unreachable',
    says: 'A device was refused because the keys of its issuer could not be fetched.',
    metric: sumRinging('Signing keys unreachable', metrics),
    threshold: 1,
  },
];

const recordRules = (metrics: GatewayMetrics): readonly AlarmRule[] => [
  {
    id: 'FailuresOfOurs',
    heading: 'Failures of ours',
    says: `Something the gateway needs failed ${manyFailures} times in 5 minutes.`,
    metric: metrics.failures(),
    threshold: manyFailures,
  },
  {
    id: 'AuditRecordNotWritten',
    heading: 'Audit record not written',
    says: 'The audit table did not take a record. It waits in the queue, or its grant was withdrawn.',
    metric: metrics.failures('audit_write'),
    threshold: 1,
  },
  {
    id: 'AuditRecordOnlyInLog',
    heading: 'Audit record only in the log',
    says: 'Neither the audit table nor the queue took a record: the log line is the only copy.',
    metric: metrics.failures('audit_queue'),
    threshold: 1,
  },
];

const timerRules = ({ timer }: MaitredGateway, metrics: GatewayMetrics): readonly AlarmRule[] => [
  {
    id: 'TimerLag',
    heading: 'Timer lag',
    says: `A silent connection was closed more than ${promisedLagMs / 1000} s after its deadline.`,
    metric: metrics.timerLag(Stats.MAXIMUM),
    threshold: promisedLagMs,
    moreThan: true,
  },
  {
    id: 'TimerStalled',
    heading: 'Timer stalled',
    says: `A message of the timer has waited ${stalledSeconds} s: nobody closes silent connections.`,
    metric: timer.queue.metricApproximateAgeOfOldestMessage({ statistic: Stats.MAXIMUM, period }),
    threshold: stalledSeconds,
  },
  {
    id: 'DeadLetters',
    heading: 'Dead letters',
    says: 'A message of the timer failed ten times and was given up.',
    metric: timer.deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period }),
    threshold: 1,
  },
];

const eventRules = ({ events }: MaitredGateway, metrics: GatewayMetrics): readonly AlarmRule[] => [
  {
    id: 'EventsStalled',
    heading: 'Events stalled',
    says: `A restaurant event has waited ${eventsStalledSeconds} s to be delivered.`,
    metric: events.queue.metricApproximateAgeOfOldestMessage({ statistic: Stats.MAXIMUM, period }),
    threshold: eventsStalledSeconds,
  },
  {
    id: 'EventDeadLetters',
    heading: 'Event dead letters',
    says: 'A restaurant event failed for ten minutes and was given up, or a message of the event queue is no event.',
    metric: events.deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period }),
    threshold: 1,
  },
  {
    id: 'PublicationInvalid',
    heading: 'Invalid publications',
    says: 'Somebody published what is no event, or for no restaurant: it was put aside and delivered to nobody.',
    metric: metrics.publicationsInvalid(),
    threshold: 1,
  },
  {
    id: 'PublicationRate',
    heading: 'Too many publications',
    says: 'More was published at a restaurant in a minute than it may have: devices were refused, or events put aside.',
    metric: sumOf({ aside: metrics.publicationsInvalid('restaurant_rate'), refused: metrics.publicationsRefused() }),
    threshold: 1,
  },
  {
    id: 'PostsFailed',
    heading: 'Posts failed',
    says: `In 5 minutes ${manyPostsFailed} posts did not get through to a socket that is there.`,
    metric: metrics.delivery('PostsFailed', Stats.SUM),
    threshold: manyPostsFailed,
  },
];

const outboxRules = ({ outbox }: MaitredGateway): readonly AlarmRule[] =>
  outbox === undefined
    ? []
    : [
        {
          id: 'OutboxBehind',
          heading: 'Outbox behind',
          says: `Events or sessions wait more than ${outboxBehindMs / 60_000} minutes to be handed to the backend: its target refuses them or is down.`,
          // There is a value for each run, so for each that failed, too; of several shards the last one counts.
          metric: outbox.handler.lambda.metric('IteratorAge', {
            statistic: Stats.MAXIMUM,
            period: Duration.minutes(1),
          }),
          threshold: outboxBehindMs,
          // Between two tries of the same records there may be a minute without a run.
          outOf: { periods: 5, bad: 1 },
        },
        ...Object.entries(outbox.sources).map(([table, { eventSourceMappingId }]) => ({
          id: `Outbox${table}Unread`,
          heading: 'Outbox not reading',
          says: `Nobody reads the stream of the table of ${table.toLowerCase()}: a right is missing, or the function cannot be run.`,
          metric: new Metric({
            namespace: 'AWS/Lambda',
            metricName: 'PolledEventCount',
            dimensionsMap: { EventSourceMappingUUID: eventSourceMappingId },
            statistic: Stats.SUM,
            period,
          }),
          onSilence: 'rings' as const,
          // Never below this: silence alone rings.
          threshold: 0,
          outOf: { periods: unreadPeriods, bad: unreadPeriods },
        })),
        {
          id: 'OutboxDeadLetters',
          heading: 'Outbox dead letters',
          says: 'The backend got something not at all: its target refused it for what it is, or it could not be read.',
          metric: outbox.deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period }),
          threshold: 1,
        },
      ];

const functionRules = (handler: GatewayFunction): readonly AlarmRule[] => [
  {
    id: `${handler.node.id}Errors`,
    heading: 'Function errors',
    says: `The function ${handler.node.id} threw or ran out of time.`,
    metric: handler.lambda.metricErrors({ period }),
    threshold: 1,
  },
  {
    id: `${handler.node.id}Throttles`,
    heading: 'Function throttles',
    says: `The function ${handler.node.id} was not run for want of concurrency.`,
    metric: handler.lambda.metricThrottles({ period }),
    threshold: 1,
  },
];

/**
 * Refused attempts in percent of all, 0 below `fewest`. Events with an alarm of their own are left out: an alarm may
 * hold ten queries, and these are the nine metrics and the expression.
 */
export const refusedShare = (metrics: GatewayMetrics, fewest: number): MathExpression => {
  const refused = ringing('Failure rate').map(({ event }) => event);
  const attempts = [...eventsThat('entered'), ...refused];
  // SUM of a list adds the metrics that have a value; "+" has none as soon as one kind of event did not happen.
  const [some, all] = [refused, attempts].map((events) => `SUM([${events.join(', ')}])`);
  return new MathExpression({
    expression: `IF(${all} >= ${fewest}, 100 * ${some} / ${all}, 0)`,
    usingMetrics: Object.fromEntries(attempts.map((event) => [event, metrics.securityEvents(event)])),
    label: 'refused, % of attempts',
    period,
  });
};

/** The sum of all that rings an alarm. */
const sumRinging = (alarm: SharedAlarm, metrics: GatewayMetrics): IMetric => {
  const counts = ringing(alarm).map(({ event, detail }) => metrics.securityEvents(event, detail));
  const [only] = counts;
  return only !== undefined && counts.length === 1
    ? only
    : sumOf(Object.fromEntries(counts.map((count, i) => [`of${i}`, count])));
};

/** The sum of metrics of which some may have no value. */
export const sumOf = (usingMetrics: Readonly<Record<string, IMetric>>, label?: string): MathExpression =>
  new MathExpression({
    expression: `SUM([${Object.keys(usingMetrics).join(', ')}])`,
    usingMetrics: { ...usingMetrics },
    period,
    ...(label !== undefined && { label }),
  });

export const comparisonOf = ({ moreThan, onSilence }: AlarmRule): ComparisonOperator => {
  if (onSilence !== undefined) return ComparisonOperator.LESS_THAN_THRESHOLD;
  return moreThan ? ComparisonOperator.GREATER_THAN_THRESHOLD : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD;
};

const pascalCase = (name: string): string => name.replace(/(?:^|_)(.)/g, (_, first: string) => first.toUpperCase());
