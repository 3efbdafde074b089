import { describe, expect, test } from '@jest/globals';
import { catalogue, type SecurityEvent } from '../../lambdas/security/catalogue.ts';
import { plainId, resources, templates, textOf } from '../lib/templates.ts';
import { emittedMetrics, metricText } from './emitted.ts';

type Dimension = Readonly<{ Name: string; Value: unknown }>;
type Metric = Readonly<{ Namespace: string; MetricName: string; Dimensions: readonly Dimension[] }>;
type Query = Readonly<{
  Id: string;
  Expression?: string;
  MetricStat?: { Metric: Metric; Period: number; Stat: string };
}>;

const made = templates();
const alarms = resources(made.monitoring, 'AWS::CloudWatch::Alarm');
const ids = Object.keys(alarms).map((id) => id.replace(/Alarm$/, ''));
const alarm = (id: string) => alarms[`${id}Alarm`]?.['Properties'];

/** The metrics an alarm looks at, as texts. */
const metricsOf = (id: string): string[] => {
  const { Metrics, ...single } = alarm(id);
  const metrics: Metric[] = Metrics
    ? Metrics.flatMap(({ MetricStat }: Query) => MetricStat?.Metric ?? [])
    : [single as Metric];
  return metrics.map(({ Namespace, MetricName, Dimensions }) =>
    metricText(
      Namespace,
      MetricName,
      Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, textOf(made, Value)])),
    ),
  );
};
const event = (name: string, reason?: string): string =>
  metricText('maitred', 'SecurityEvent', {
    service: 'maitred',
    stage: 'test',
    event: name,
    ...(reason !== undefined && { reason }),
  });
const failure = (reason?: string): string =>
  metricText('maitred', 'Failure', {
    service: 'maitred',
    stage: 'test',
    event: 'failure',
    ...(reason !== undefined && { reason }),
  });
const ofApi = (name: string): string => metricText('AWS/ApiGateway', name, { ApiId: '<DoorApi>', Stage: 'test' });
const ofQueue = (id: string, name: string): string => metricText('AWS/SQS', name, { QueueName: `<AuthTimer${id}>` });
const ofEventQueue = (id: string, name: string): string =>
  metricText('AWS/SQS', name, { QueueName: `<EventQueue${id}>` });
const ofFunction = (id: string, name: string): string =>
  metricText('AWS/Lambda', name, { FunctionName: `<${id}Function>` });

const functions = ['Connect', 'Authenticate', 'Message', 'Disconnect', 'AuthTimeout', 'FanOut', 'Redeliver'];
const oneInAMinute = {
  Statistic: 'Sum',
  Period: 60,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
};
const sumInFive = (threshold: number) => ({ ...oneInAMinute, Period: 300, Threshold: threshold });

const expected: readonly { id: string; watches: readonly string[]; calls: object }[] = [
  { id: 'UserMismatch', watches: [event('user_mismatch')], calls: oneInAMinute },
  { id: 'CrossTenantAttempt', watches: [event('cross_tenant_attempt')], calls: oneInAMinute },
  { id: 'IdentityChangeRefused', watches: [event('identity_change_refused')], calls: oneInAMinute },
  { id: 'FailureThresholdCrossed', watches: [event('failure_threshold_crossed')], calls: oneInAMinute },
  {
    id: 'HandshakesRefused',
    watches: [event('rate_limit_exceeded', 'too_many_connects'), event('rate_limit_exceeded', 'too_many_failures')],
    calls: { Threshold: 20, ComparisonOperator: 'GreaterThanOrEqualToThreshold' },
  },
  { id: 'RefusedByApiGateway', watches: [ofApi('ClientError')], calls: sumInFive(20) },
  { id: 'FunctionUnreachable', watches: [ofApi('ExecutionError')], calls: sumInFive(1) },
  {
    id: 'SigningKeysUnreachable',
    watches: [event('verification_unavailable', 'keys_unreachable')],
    calls: sumInFive(1),
  },
  { id: 'FailuresOfOurs', watches: [failure()], calls: sumInFive(5) },
  { id: 'AuditRecordNotWritten', watches: [failure('audit_write')], calls: sumInFive(1) },
  { id: 'AuditRecordOnlyInLog', watches: [failure('audit_queue')], calls: sumInFive(1) },
  {
    id: 'TimerLag',
    watches: [metricText('maitred', 'TimerLag', { service: 'maitred', stage: 'test' })],
    calls: { Statistic: 'Maximum', Threshold: 2000, ComparisonOperator: 'GreaterThanThreshold' },
  },
  {
    id: 'TimerStalled',
    watches: [ofQueue('Queue', 'ApproximateAgeOfOldestMessage')],
    calls: { Statistic: 'Maximum', Threshold: 180, ComparisonOperator: 'GreaterThanOrEqualToThreshold' },
  },
  {
    id: 'DeadLetters',
    watches: [ofQueue('DeadLetters', 'ApproximateNumberOfMessagesVisible')],
    calls: { Statistic: 'Maximum', Threshold: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold' },
  },
  {
    id: 'EventsStalled',
    watches: [ofEventQueue('', 'ApproximateAgeOfOldestMessage')],
    calls: { Statistic: 'Maximum', Threshold: 120, ComparisonOperator: 'GreaterThanOrEqualToThreshold' },
  },
  {
    id: 'EventDeadLetters',
    watches: [ofEventQueue('DeadLetters', 'ApproximateNumberOfMessagesVisible')],
    calls: { Statistic: 'Maximum', Threshold: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold' },
  },
  {
    id: 'PublicationInvalid',
    watches: [metricText('maitred', 'PublicationInvalid', { service: 'maitred', stage: 'test' })],
    calls: sumInFive(1),
  },
  {
    id: 'PostsFailed',
    watches: [metricText('maitred', 'PostsFailed', { service: 'maitred', stage: 'test' })],
    calls: sumInFive(100),
  },
  ...functions.flatMap((id) => [
    { id: `${id}Errors`, watches: [ofFunction(id, 'Errors')], calls: sumInFive(1) },
    { id: `${id}Throttles`, watches: [ofFunction(id, 'Throttles')], calls: sumInFive(1) },
  ]),
];

describe('an alarm', () => {
  test.each(expected)('$id calls when it should', ({ id, watches, calls }) => {
    expect(metricsOf(id)).toEqual(watches);
    expect(alarm(id)).toMatchObject(calls);
  });

  test('is one of these, or of the failure rate', () => {
    expect(ids.sort()).toEqual([...expected.map(({ id }) => id), 'FailureRate'].sort());
  });

  test.each(ids)('%s watches metrics that are emitted', (id) => {
    const ours = metricsOf(id).filter((metric) => metric.startsWith('maitred '));
    expect(ours.filter((metric) => !emittedMetrics.has(metric))).toEqual([]);
  });

  test.each(ids)('%s tells the topic, and nothing happening is no alarm', (id) => {
    expect(alarm(id).AlarmActions.map(({ Ref }: { Ref: string }) => plainId(Ref))).toEqual(['AlarmsTopic']);
    expect(alarm(id).TreatMissingData).toBe('notBreaching');
    expect(alarm(id)).not.toHaveProperty('AlarmName');
  });

  test('calls for every critical event but the anonymous attempt, which feeds the failure rate', () => {
    const critical = (Object.keys(catalogue) as SecurityEvent[]).filter(
      (name) => catalogue[name].severity === 'CRITICAL' && name !== 'access_denied',
    );
    const watched = expected.filter(({ calls }) => calls === oneInAMinute).flatMap(({ watches }) => watches);
    expect(watched.sort()).toEqual(critical.map((name) => event(name)).sort());
  });
});

describe('the failure rate', () => {
  const { Metrics, ...settings } = alarm('FailureRate');
  const { Expression: expression = '' } = Metrics.find(({ Expression }: Query) => Expression !== undefined);

  /** CloudWatch's arithmetic for this one expression: SUM takes what there is. */
  const rate = (counts: Readonly<Record<string, number>>): number => {
    const [, all = '', fewest, some = '', again] =
      /^IF\(SUM\(\[([\w, ]+)\]\) >= (\d+), 100 \* SUM\(\[([\w, ]+)\]\) \/ SUM\(\[([\w, ]+)\]\), 0\)$/.exec(
        expression,
      ) ?? [];
    expect(again).toBe(all);
    const sum = (list: string): number => list.split(', ').reduce((total, id) => total + (counts[id] ?? 0), 0);
    return sum(all) >= Number(fewest) ? (100 * sum(some)) / sum(all) : 0;
  };
  const isBad = (counts: Readonly<Record<string, number>>): boolean => rate(counts) > settings.Threshold;

  test.each([
    { why: 'three of three, which is one device', counts: { token_expired: 3 }, bad: false },
    { why: 'nineteen of nineteen', counts: { token_invalid: 19 }, bad: false },
    { why: 'twenty of twenty', counts: { token_invalid: 20 }, bad: true },
    { why: 'half', counts: { access_granted: 10, auth_timeout: 10 }, bad: false },
    { why: 'one more than half', counts: { access_granted: 10, auth_timeout: 5, access_denied: 6 }, bad: true },
    { why: 'a busy hour with few refusals', counts: { access_granted: 900, token_expired: 40 }, bad: false },
  ])('of $why is bad: $bad', ({ counts, bad }) => {
    expect(isBad(counts)).toBe(bad);
  });

  test('calls when two of three periods are bad', () => {
    expect(settings).toMatchObject({
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      ComparisonOperator: 'GreaterThanThreshold',
    });
  });

  test('names each metric by its event and holds no more queries than an alarm may', () => {
    const metrics = Metrics.filter(({ MetricStat }: Query) => MetricStat);
    for (const { Id, MetricStat } of metrics) {
      expect(MetricStat).toMatchObject({ Period: 300, Stat: 'Sum' });
      expect(MetricStat.Metric.Dimensions).toContainEqual({ Name: 'event', Value: Id });
    }
    expect(metricsOf('FailureRate')).toHaveLength(9);
    expect(Metrics.length).toBeLessThanOrEqual(10);
  });
});
