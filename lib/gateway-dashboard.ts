import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type GraphWidgetProps,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  MathExpression,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { liveIndexName } from '../lambdas/env.ts';
import type { FailedPart } from '../lambdas/ports.ts';
import { refusedShare, sumOf } from './alarm-rules.ts';
import { eventsThat, type Outcome } from '../lambdas/security/catalogue.ts';
import { serviceName } from './gateway-function.ts';
import { type GatewayMetrics, period } from './gateway-metrics.ts';
import type { GatewayStack } from './gateway-stack.ts';
import type { LogQueryName } from './log-queries.ts';
import type { SavedQueries } from './saved-queries.ts';
import type { StateStack } from './state-stack.ts';

export interface GatewayDashboardProps {
  /** Name of the stage. */
  readonly stage: string;

  /** Whose tables may throttle. */
  readonly state: StateStack;

  /** Whose door it is. */
  readonly gateway: GatewayStack;

  /** The metrics its functions emit. */
  readonly metrics: GatewayMetrics;

  /** The alarms whose state is shown. */
  readonly alarms: readonly Alarm[];

  /** The questions whose answers are shown. */
  readonly queries: SavedQueries;
}

/** Columns of a dashboard. */
const columns = 24;
/** What of ours can fail, in words. */
const failedParts: Readonly<Record<FailedPart, string>> = {
  connect: 'handshake',
  claim: 'claim of an attempt',
  verification: 'verification',
  seat: 'activation of a session',
  renewal: 'renewal',
  message: 'message of a session',
  refuse: 'refusal',
  unseat: 'withdrawal of a grant',
  last_message: 'last message before a close',
  budget: 'rate limit of an address or a member',
  pass_keys: 'keys of re-entry passes',
  key_set: 'key of an issuer',
  audit_write: 'audit record, table',
  audit_queue: 'audit record, queue',
  timer_message: 'timer message',
  head: 'head of a restaurant',
  publish: 'publication by a device',
  fan_out: 'delivery of events',
  dead_letter: 'putting a message aside',
};

/** One page that answers "is the door healthy?", then "are events flowing?", then "who is knocking?". */
export class GatewayDashboard extends Construct {
  /** Its name, which AWS makes: names are one for all regions of an account. */
  readonly name: string;

  constructor(scope: Construct, id: string, props: GatewayDashboardProps) {
    super(scope, id);
    const dashboard = new Dashboard(this, 'Dashboard', {
      defaultInterval: Duration.hours(3),
      widgets: [...health(props), ...flow(props), ...visitors(props)],
    });
    this.name = dashboard.dashboardName;
  }
}

const health = ({ stage, state, gateway, metrics, alarms }: GatewayDashboardProps): IWidget[][] => {
  const { api, timer } = gateway;
  const functions = Object.values(gateway.functions);
  const ofEach = (name: 'Errors' | 'Throttles') =>
    functions.map(({ lambda, node }) => lambda.metric(name, { statistic: Stats.SUM, label: node.id, period }));
  const ofTables = (name: 'ReadThrottleEvents' | 'WriteThrottleEvents') =>
    Object.entries({
      connections: state.connections,
      memberships: state.memberships,
      audit: state.audit,
      budgets: state.budgets,
      events: state.events,
    }).map(([label, table]) => table.metric(name, { statistic: Stats.SUM, label: `${label} ${name}`, period }));
  // An index that cannot keep up throttles the writes of its table, and is a metric of its own.
  const ofIndex = (name: 'ReadThrottleEvents' | 'WriteThrottleEvents') =>
    state.connections.metric(name, {
      dimensionsMap: { TableName: state.connections.tableName, GlobalSecondaryIndexName: liveIndexName },
      statistic: Stats.SUM,
      label: `sessions of a restaurant ${name}`,
      period,
    });
  const count = (outcome: Outcome) =>
    sumOf(Object.fromEntries(eventsThat(outcome).map((event) => [event, metrics.securityEvents(event)])), outcome);

  return [
    [
      new TextWidget({
        markdown: `# maitred ${stage}: is the door healthy?\nEach alarm names its heading in docs/runbook.md. Sums are over 5 minutes.`,
        width: columns,
        height: 2,
      }),
    ],
    [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: columns, height: 4 })],
    row(
      graph('Attempts by outcome', {
        left: [count('entered'), count('refused'), count('pages'), count('turned_away'), count('unavailable')],
        stacked: true,
      }),
      graph('Refused, % of attempts', { left: [refusedShare(metrics, 1)], leftYAxis: { min: 0, max: 100 } }),
      graph('Connections and messages', {
        left: [api.metric('ConnectCount'), count('left')],
        right: [api.metric('MessageCount')],
      }),
    ),
    row(
      graph('How long functions take, ms (99 of 100)', {
        left: functions.map(({ lambda, node }) => lambda.metricDuration({ statistic: 'p99', label: node.id, period })),
      }),
      graph('What a client waits for a function, ms', {
        left: ['p50', 'p99'].map((statistic) => api.integrationLatency(statistic).with({ label: statistic })),
      }),
      graph('Silent connections: ms after their deadline', {
        left: [metrics.timerLag(Stats.MAXIMUM), metrics.timerLag('p50')],
        leftAnnotations: [{ value: 2000, label: 'promised' }],
      }),
    ),
    row(
      graph('Failures of ours by part', {
        left: Object.entries(failedParts).map(([part, label]) => metrics.failures(part as FailedPart).with({ label })),
        stacked: true,
      }),
      graph('Function errors', { left: ofEach('Errors'), stacked: true }),
      graph('API Gateway: refused, function failed, function unreachable', {
        left: [api.metric('ClientError'), api.metric('IntegrationError'), api.metric('ExecutionError')],
      }),
    ),
    row(
      graph('Throttles', {
        left: [
          ...ofEach('Throttles'),
          ...ofTables('ReadThrottleEvents'),
          ...ofTables('WriteThrottleEvents'),
          ofIndex('ReadThrottleEvents'),
          ofIndex('WriteThrottleEvents'),
        ],
        stacked: true,
      }),
      graph('Timer: messages', {
        left: [
          timer.queue.metricApproximateNumberOfMessagesDelayed({ label: 'not due', statistic: Stats.MAXIMUM, period }),
          timer.queue.metricApproximateNumberOfMessagesVisible({ label: 'due', statistic: Stats.MAXIMUM, period }),
          timer.queue.metricApproximateNumberOfMessagesNotVisible({
            label: 'being handled',
            statistic: Stats.MAXIMUM,
            period,
          }),
        ],
        right: [
          timer.queue.metricApproximateAgeOfOldestMessage({ label: 'oldest, s', statistic: Stats.MAXIMUM, period }),
        ],
      }),
      graph('Timer: dead letters', {
        left: [timer.deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period })],
      }),
    ),
  ];
};

const flow = ({ gateway, metrics, queries }: GatewayDashboardProps): IWidget[][] => {
  const { queue, deadLetters } = gateway.events;
  const deepest = { statistic: Stats.MAXIMUM, period };
  return [
    [new TextWidget({ markdown: '# Are events flowing?', width: columns, height: 1 })],
    row(
      graph('Events: numbered, and posts that reached a socket', {
        left: [metrics.delivery('EventsNumbered', Stats.SUM).with({ label: 'numbered' })],
        right: [metrics.delivery('EventsDelivered', Stats.SUM).with({ label: 'posts' })],
      }),
      graph('Events: ms from the queue to the last socket', {
        left: ['p50', 'p99', Stats.MAXIMUM].map((statistic) =>
          metrics.delivery('DeliveryLag', statistic).with({ label: statistic }),
        ),
      }),
      graph('Event queue: messages', {
        left: [
          queue.metricApproximateNumberOfMessagesVisible({ ...deepest, label: 'waiting' }),
          queue.metricApproximateNumberOfMessagesNotVisible({ ...deepest, label: 'being handled' }),
        ],
        right: [queue.metricApproximateAgeOfOldestMessage({ ...deepest, label: 'oldest, s' })],
      }),
    ),
    row(
      graph('Events: posts that failed', {
        left: [metrics.delivery('PostsFailed', Stats.SUM).with({ label: 'failed' })],
      }),
      graph('Events: dead letters, publications that are no events', {
        left: [
          deadLetters.metricApproximateNumberOfMessagesVisible({ ...deepest, label: 'dead letters' }),
          metrics.publicationsInvalid().with({ label: 'no events' }),
        ],
      }),
      answers(queries, 'Restaurants whose posts fail', 'restaurants whose posts fail', 6),
    ),
  ];
};

const visitors = ({ stage, queries }: GatewayDashboardProps): IWidget[][] => {
  const counted = (dimensions: string): MathExpression =>
    new MathExpression({
      expression: `SEARCH('{${serviceName},${dimensions}} MetricName="SecurityEvent" service="${serviceName}" stage="${stage}"', 'Sum', ${period.toSeconds()})`,
      usingMetrics: {},
      label: '',
      period,
    });
  const table = (title: string, query: LogQueryName): IWidget => answers(queries, title, query, 8);
  return [
    [new TextWidget({ markdown: '# Who is knocking?', width: columns, height: 1 })],
    [
      graph('Events', { left: [counted('service,stage,event')], width: columns / 2 }),
      graph('Events by reason', { left: [counted('service,stage,event,reason')], width: columns / 2 }),
    ],
    [
      table('Addresses refused', 'addresses refused'),
      table('Users refused', 'users refused'),
      table('Refusals by reason', 'refusals by reason'),
    ],
    [
      table('User mismatches', 'user mismatches'),
      table('Cross-tenant attempts', 'cross-tenant attempts'),
      table('Failures by part', 'failures by part'),
    ],
  ];
};

const answers = (queries: SavedQueries, title: string, query: LogQueryName, height: number): IWidget =>
  new LogQueryWidget({
    title,
    ...queries.ask(query),
    view: LogQueryVisualizationType.TABLE,
    width: columns / 3,
    height,
  });

const row = (...widgets: IWidget[]): IWidget[] => widgets;

const graph = (title: string, props: Omit<GraphWidgetProps, 'title'>): GraphWidget =>
  new GraphWidget({ title, width: columns / 3, height: 6, period, ...props });
