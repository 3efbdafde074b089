import { describe, expect, test } from '@jest/globals';
import { eventsThat, ringing, type SharedAlarm, sharedAlarms } from '../../lambdas/security/catalogue.ts';
import { anchorOf } from '../../lib/runbook.ts';
import { functionIds, optionalFunctionIds, plainId, resources, templates, textOf } from '../lib/templates.ts';
import { emittedMetrics, metricText } from './emitted.ts';

type Dimension = Readonly<{ Name: string; Value: unknown }>;
type Metric = Readonly<{ Namespace: string; MetricName: string; Dimensions: readonly Dimension[] }>;
type Query = Readonly<{
  Id: string;
  Expression?: string;
  MetricStat?: { Metric: Metric; Period: number; Stat: string };
}>;

const made = templates({ outbox: 'bus' });
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
const watchedBy = (alarm: SharedAlarm): readonly string[] =>
  ringing(alarm).map(({ event: name, detail }) => event(name, detail));
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

const oneInAMinute = {
  Statistic: 'Sum',
  Period: 60,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
};
const sumInFive = (threshold: number) => ({ ...oneInAMinute, Period: 300, Threshold: threshold });

const expected: readonly { id: string; watches: readonly string[]; calls: object }[] = [
  ...eventsThat('pages').map((name) => ({
    id: name.replace(/(?:^|_)(.)/g, (_, first: string) => first.toUpperCase()),
    watches: [event(name)],
    calls: oneInAMinute,
  })),
  {
    id: 'HandshakesRefused',
    watches: watchedBy('Handshakes refused'),
    calls: { Threshold: 20, ComparisonOperator: 'GreaterThanOrEqualToThreshold' },
  },
  { id: 'RefusedByApiGateway', watches: [ofApi('ClientError')], calls: sumInFive(20) },
  { id: 'FunctionUnreachable', watches: [ofApi('ExecutionError')], calls: sumInFive(1) },
  { id: 'SigningKeysUnreachable', watches: watchedBy('Signing keys unreachable'), calls: sumInFive(1) },
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
    id: 'PublicationRate',
    watches: [
      metricText('maitred', 'PublicationInvalid', { service: 'maitred', stage: 'test', reason: 'restaurant_rate' }),
      metricText('maitred', 'PublicationRefused', { service: 'maitred', stage: 'test' }),
    ],
    calls: { Threshold: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold' },
  },
  {
    id: 'PostsFailed',
    watches: [metricText('maitred', 'PostsFailed', { service: 'maitred', stage: 'test' })],
    calls: sumInFive(100),
  },
  {
    id: 'OutboxBehind',
    watches: [ofFunction('Outbox', 'IteratorAge')],
    calls: {
      Statistic: 'Maximum',
      Period: 60,
      Threshold: 120_000,
      EvaluationPeriods: 5,
      DatapointsToAlarm: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    },
  },
  ...['Events', 'Audit'].map((table) => ({
    id: `Outbox${table}Unread`,
    watches: [metricText('AWS/Lambda', 'PolledEventCount', { EventSourceMappingUUID: `<OutboxFunction${table}>` })],
    // No sum is below zero: silence alone rings, and only when it lasts.
    calls: {
      Statistic: 'Sum',
      Period: 300,
      Threshold: 0,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 3,
      ComparisonOperator: 'LessThanThreshold',
    },
  })),
  {
    id: 'OutboxDeadLetters',
    watches: [metricText('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName: '<OutboxDeadLetters>' })],
    calls: { Statistic: 'Maximum', Threshold: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold' },
  },
  ...[...functionIds, ...optionalFunctionIds].flatMap((id) => [
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

  test.each(sharedAlarms)(
    'that events share, "%s", is there and watches what the catalogue says of them',
    (heading) => {
      const link = ` Runbook: docs/runbook.md#${anchorOf(heading)}`;
      const sharing = ids.filter((id) => alarm(id).AlarmDescription.endsWith(link));
      expect(sharing).toHaveLength(1);
      const [id = ''] = sharing;
      expect(metricsOf(id)).toEqual(expect.arrayContaining([...watchedBy(heading)]));
    },
  );

  test.each(ids)('%s watches metrics that are emitted', (id) => {
    const ours = metricsOf(id).filter((metric) => metric.startsWith('maitred '));
    expect(ours.filter((metric) => !emittedMetrics.has(metric))).toEqual([]);
  });

  test.each(ids)('%s tells the topic, and nothing happening is no alarm, but for a stream that nobody reads', (id) => {
    expect(alarm(id).AlarmActions.map(({ Ref }: { Ref: string }) => plainId(Ref))).toEqual(['AlarmsTopic']);
    expect(alarm(id).TreatMissingData).toBe(id.endsWith('Unread') ? 'breaching' : 'notBreaching');
    expect(alarm(id)).not.toHaveProperty('AlarmName');
  });

  test('is about the outbox only where there is one', () => {
    const without = Object.keys(resources(templates().monitoring, 'AWS::CloudWatch::Alarm'));
    expect(without.filter((id) => id.startsWith('Outbox'))).toEqual([]);
    expect(without).toEqual(Object.keys(alarms).filter((id) => !id.startsWith('Outbox')));
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
    expect(metricsOf('FailureRate')).toEqual([
      ...eventsThat('entered').map((name) => event(name)),
      ...watchedBy('Failure rate'),
    ]);
    expect(Metrics.length).toBeLessThanOrEqual(10);
  });
});
