/** When somebody is called. Each rule has a heading in the runbook: what it means, where to look, what to do. */
import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, type IMetric, MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { SecurityEvent } from '../lambdas/security/catalogue.ts';
import { entryNames } from './bundle.ts';
import { eventsThat } from '../lambdas/security/catalogue.ts';
import type { GatewayFunction } from './gateway-function.ts';
import { type GatewayMetrics, period } from './gateway-metrics.ts';
import type { GatewayStack } from './gateway-stack.ts';

export type AlarmRule = Readonly<{
  /** Construct id of the alarm. */
  id: string;
  /** Its heading in the runbook. */
  heading: string;
  /** What happened, in one sentence. */
  says: string;
  metric: IMetric;
  /** This value calls somebody; of `moreThan` only a greater one. */
  threshold: number;
  moreThan?: true;
  /** Periods that are looked at, and how many of them must be bad. Default: the last one. */
  outOf?: Readonly<{ periods: number; bad: number }>;
}>;

/** The promise: a silent connection is closed within 2 s of its deadline. */
const promisedLagMs = 2000;
/** A timer message is delayed 75 s at most (the minute of a flood and a bit). More than twice that: nobody reads them. */
const stalledSeconds = 180;
/** An event waits a second or two; after a run that died its restaurant waits 60 s. Twice that: nobody delivers. */
const eventsStalledSeconds = 120;
/** Some sockets are always just gone; so many in 5 minutes are not some. */
const manyPostsFailed = 100;
/** Half of all attempts, and not of three. */
const refusedPercent = 50;
const fewestAttempts = 20;
/** One till that reconnects in a loop does not get there in 5 minutes; a flood does in one (20 records a minute). */
const manyRefusals = 20;
/** A blip of one table or key set hits one or two devices; this many in 5 minutes is no blip. */
const manyFailures = 5;

/** Every alarm of a stage. */
export const alarmRules = (gateway: GatewayStack, metrics: GatewayMetrics): readonly AlarmRule[] => [
  ...pagingRules(metrics),
  ...trafficRules(gateway, metrics),
  ...recordRules(metrics),
  ...timerRules(gateway, metrics),
  ...eventRules(gateway, metrics),
  ...entryNames.flatMap((entry) => functionRules(gateway.functions[entry])),
];

/** One is enough. */
const pagingRules = (metrics: GatewayMetrics): readonly AlarmRule[] => {
  const page = (event: ReturnType<typeof eventsThat<'pages'>>[number], heading: string, says: string): AlarmRule => ({
    id: pascalCase(event),
    heading,
    says,
    metric: metrics.securityEvents(event).with({ period: Duration.minutes(1) }),
    threshold: 1,
  });
  const rules = {
    user_mismatch: page('user_mismatch', 'User mismatch', 'A genuine token came with the user id of somebody else.'),
    cross_tenant_attempt: page(
      'cross_tenant_attempt',
      'Cross-tenant attempt',
      'A genuine user asked for a restaurant of which they are no member.',
    ),
    identity_change_refused: page(
      'identity_change_refused',
      'Identity change refused',
      'A session tried to go on as another user, restaurant or connection type.',
    ),
    failure_threshold_crossed: page(
      'failure_threshold_crossed',
      'Failure threshold crossed',
      'One address sent so many forged tokens or frames that are no JSON that it has few handshakes left.',
    ),
  } satisfies Record<ReturnType<typeof eventsThat<'pages'>>[number], AlarmRule>;
  return Object.values(rules);
};

const trafficRules = ({ api }: GatewayStack, metrics: GatewayMetrics): readonly AlarmRule[] => [
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
    metric: sumOf({
      connects: metrics.securityEvents('rate_limit_exceeded', 'too_many_connects'),
      failures: metrics.securityEvents('rate_limit_exceeded', 'too_many_failures'),
    }),
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
    metric: metrics.securityEvents('verification_unavailable', 'keys_unreachable'),
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

const timerRules = ({ timer }: GatewayStack, metrics: GatewayMetrics): readonly AlarmRule[] => [
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

const eventRules = ({ events }: GatewayStack, metrics: GatewayMetrics): readonly AlarmRule[] => [
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
    says: 'A restaurant event failed ten times and was given up, or a message of the event queue is no event.',
    metric: events.deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period }),
    threshold: 1,
  },
  {
    id: 'PublicationInvalid',
    heading: 'Invalid publications',
    says: 'Somebody published what is no event: it was put aside and delivered to nobody.',
    metric: metrics.publicationsInvalid(),
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
  const refused = eventsThat('refused');
  const attempts: readonly SecurityEvent[] = ['access_granted', ...refused];
  // SUM of a list takes what there is; "+" would have no value as soon as one kind of event did not happen.
  const [some, all] = [refused, attempts].map((events) => `SUM([${events.join(', ')}])`);
  return new MathExpression({
    expression: `IF(${all} >= ${fewest}, 100 * ${some} / ${all}, 0)`,
    usingMetrics: Object.fromEntries(attempts.map((event) => [event, metrics.securityEvents(event)])),
    label: 'refused, % of attempts',
    period,
  });
};

/** The sum of metrics of which some may have no value. */
export const sumOf = (usingMetrics: Readonly<Record<string, IMetric>>, label?: string): MathExpression =>
  new MathExpression({
    expression: `SUM([${Object.keys(usingMetrics).join(', ')}])`,
    usingMetrics: { ...usingMetrics },
    period,
    ...(label !== undefined && { label }),
  });

export const comparisonOf = ({ moreThan }: AlarmRule): ComparisonOperator =>
  moreThan ? ComparisonOperator.GREATER_THAN_THRESHOLD : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD;

const pascalCase = (name: string): string => name.replace(/(?:^|_)(.)/g, (_, first: string) => first.toUpperCase());
