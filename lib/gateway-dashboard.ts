import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type GraphWidgetProps,
  type IWidget,
  MathExpression,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { liveIndexName, serviceName } from '../lambdas/env.ts';
import { refusedShare, sumOf } from './alarm-rules.ts';
import { eventsThat, type Outcome } from '../lambdas/security/catalogue.ts';
import { failedPartNames, failedParts } from '../lambdas/security/failed-parts.ts';
import { type GatewayMetrics, period } from './gateway-metrics.ts';
import type { MaitredGateway } from './maitred-gateway.ts';
import type { LogQueryName } from './log-queries.ts';
import type { MaitredState } from './maitred-state.ts';

export interface GatewayDashboardProps {
  /** Name of the stage. */
  readonly stage: string;

  /** Whose tables may throttle. */
  readonly state: MaitredState;

  /** What is watched. */
  readonly gateway: MaitredGateway;

  /** The metrics its functions emit. */
  readonly metrics: GatewayMetrics;

  /** The alarms whose state is shown. */
  readonly alarms: readonly Alarm[];

  /** `small` has up to 50 metrics, of which CloudWatch gives an account three free; `full` has all there are. */
  readonly size: 'small' | 'full';
}

/** Columns of a dashboard. */
const columns = 24;

/**
 * One page: the health of the gateway, the flow of events, and who is refused. It asks no logs: each load would read all of them again,
 * at a price by the gigabyte. It names the saved queries instead.
 */
export class GatewayDashboard extends Construct {
  /** Its name, which AWS makes: names are one for all regions of an account. */
  readonly name: string;

  constructor(scope: Construct, id: string, props: GatewayDashboardProps) {
    super(scope, id);
    const dashboard = new Dashboard(this, 'Dashboard', {
      defaultInterval: Duration.hours(3),
      widgets: [...health(props), ...flow(props), ...backend(props), ...visitors(props)],
    });
    this.name = dashboard.dashboardName;
  }
}

const health = ({ stage, state, gateway, metrics, alarms, size }: GatewayDashboardProps): IWidget[][] => {
  const isFull = size === 'full';
  const { api, timer } = gateway;
  const functions = Object.values(gateway.functions);
  const ofEach = (name: 'Errors' | 'Throttles') =>
    functions.map(({ lambda, node }) => lambda.metric(name, { statistic: Stats.SUM, label: node.id, period }));
  const ofTables = (name: 'ReadThrottleEvents' | 'WriteThrottleEvents') =>
    state.node.children
      .filter((child) => child instanceof TableV2)
      .map((table) =>
        table.metric(name, { statistic: Stats.SUM, label: `${table.node.id.toLowerCase()} ${name}`, period }),
      );
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
        markdown: `# maitred ${stage}: is the gateway healthy?\nEach alarm names its heading in docs/runbook.md. Sums are over 5 minutes.${isFull ? '' : ' More is on the dashboard `full`: a key of the configuration.'}`,
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
      ...(isFull
        ? [graph('Refused, % of attempts', { left: [refusedShare(metrics, 1)], leftYAxis: { min: 0, max: 100 } })]
        : []),
      graph('Connections and messages', {
        left: [api.metric('ConnectCount'), ...(isFull ? [count('left')] : [])],
        right: [api.metric('MessageCount')],
      }),
    ),
    row(
      ...(isFull
        ? [
            graph('How long functions take, ms (99 of 100)', {
              left: functions.map(({ lambda, node }) =>
                lambda.metricDuration({ statistic: 'p99', label: node.id, period }),
              ),
            }),
          ]
        : []),
      graph('What a client waits for a function, ms', {
        left: ['p50', 'p99'].map((statistic) => api.integrationLatency(statistic).with({ label: statistic })),
      }),
      graph('Silent connections: ms after their deadline', {
        left: [metrics.timerLag(Stats.MAXIMUM), ...(isFull ? [metrics.timerLag('p50')] : [])],
        leftAnnotations: [{ value: 2000, label: 'promised' }],
      }),
    ),
    row(
      graph(isFull ? 'Failures of ours by part' : 'Failures of ours', {
        left: [
          ...(isFull
            ? failedPartNames
                .filter((part) => part !== 'outbox' || gateway.outbox !== undefined)
                .map((part) => metrics.failures(part).with({ label: failedParts[part] }))
            : [metrics.failures().with({ label: 'all parts' })]),
          metrics.keySetFailures().with({ label: 'key set of an issuer' }),
        ],
        stacked: true,
      }),
      graph('Function errors', { left: ofEach('Errors'), stacked: true }),
      graph('API Gateway: refused, function failed, function unreachable', {
        left: [api.metric('ClientError'), api.metric('IntegrationError'), api.metric('ExecutionError')],
      }),
    ),
    isFull
      ? row(
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
              timer.queue.metricApproximateNumberOfMessagesDelayed({
                label: 'not due',
                statistic: Stats.MAXIMUM,
                period,
              }),
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
        )
      : row(
          graph('Timer: oldest message, dead letters', {
            left: [timer.deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period })],
            right: [
              timer.queue.metricApproximateAgeOfOldestMessage({ label: 'oldest, s', statistic: Stats.MAXIMUM, period }),
            ],
          }),
        ),
  ];
};

const flow = ({ stage, gateway, metrics, size }: GatewayDashboardProps): IWidget[][] => {
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
        left: (size === 'full' ? ['p50', 'p99', Stats.MAXIMUM] : ['p50', 'p99']).map((statistic) =>
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
      questions(stage, 6, [
        'restaurants whose posts fail',
        'deliveries that failed',
        'publications that are no events',
      ]),
    ),
  ];
};

const backend = ({ gateway, metrics, size }: GatewayDashboardProps): IWidget[][] => {
  const isFull = size === 'full';
  if (gateway.outbox === undefined) return [];
  const { handler, deadLetters } = gateway.outbox;
  const age = { statistic: Stats.MAXIMUM, period: Duration.minutes(1), label: 'age when it was read' };
  return [
    [new TextWidget({ markdown: '# Does the backend get them?', width: columns, height: 1 })],
    row(
      graph('Outbox: records handed over', {
        left: [metrics.outbox('OutboxHandedOver', Stats.SUM).with({ label: 'handed over' })],
        ...(isFull && {
          right: [
            metrics.outbox('OutboxHeldBack', Stats.SUM).with({ label: 'waiting, each time they were tried' }),
            metrics.outbox('OutboxSetAside', Stats.SUM).with({ label: 'set aside' }),
          ],
        }),
      }),
      graph('Outbox: ms from the table to the target', {
        left: [
          ...(isFull ? ['p50', Stats.MAXIMUM] : []).map((statistic) =>
            metrics.outbox('OutboxLag', statistic).with({ label: statistic }),
          ),
          handler.lambda.metric('IteratorAge', age),
        ],
      }),
      graph('Outbox: dead letters', {
        left: [deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period })],
      }),
    ),
  ];
};

const visitors = ({ stage, size }: GatewayDashboardProps): IWidget[][] => {
  const counted = (dimensions: string): MathExpression =>
    new MathExpression({
      expression: `SEARCH('{${serviceName},${dimensions}} MetricName="SecurityEvent" service="${serviceName}" stage="${stage}"', 'Sum', ${period.toSeconds()})`,
      usingMetrics: {},
      label: '',
      period,
    });
  return [
    [new TextWidget({ markdown: '# Who is refused?', width: columns, height: 1 })],
    // What a search finds are metrics of the page as well, and nobody knows how many.
    ...(size === 'full'
      ? [
          [
            graph('Events', { left: [counted('service,stage,event')], width: columns / 2 }),
            graph('Events by reason', { left: [counted('service,stage,event,reason')], width: columns / 2 }),
          ],
        ]
      : []),
    [
      questions(stage, 6, ['addresses refused', 'users refused', 'refusals by reason']),
      questions(stage, 6, ['user mismatches', 'cross-tenant attempts', 'failures by part']),
    ],
  ];
};

/** The names of saved queries, and the way to them: asking is paid by what is read, so nobody asks who only looks at the page. */
const questions = (stage: string, height: number, names: readonly LogQueryName[]): IWidget =>
  new TextWidget({
    markdown: `**Ask the logs** in [Logs Insights](#logsV2:logs-insights), under "Saved queries":\n${names.map((name) => `\n- maitred/${stage}/${name}`).join('')}`,
    width: columns / 3,
    height,
  });

const row = (...widgets: IWidget[]): IWidget[] => widgets;

const graph = (title: string, props: Omit<GraphWidgetProps, 'title'>): GraphWidget =>
  new GraphWidget({ title, width: columns / 3, height: 6, period, ...props });
