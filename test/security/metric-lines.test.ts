import { describe, expect, test } from '@jest/globals';
import { type Counted, metricLines, type Run } from '../../lambdas/security/metric-lines.ts';

const event = (event: string, reason: string): Counted => ({
  ...{ name: 'SecurityEvent', unit: 'Count', value: 1 },
  dimensions: { event, reason },
  sets: [['event'], ['event', 'reason']],
});
const lag = (value: number): Counted => ({
  ...{ name: 'TimerLag', unit: 'Milliseconds', value },
  dimensions: {},
  sets: [[]],
});
const invalid = (reason: string): Counted => ({
  ...{ name: 'PublicationInvalid', unit: 'Count', value: 1 },
  dimensions: { reason },
  sets: [[], ['reason']],
});

const lines = (counted: readonly Counted[], run?: Run) => metricLines('test', counted, 1_000, run);
/** Without what CloudWatch reads, and without what every line has. */
const fields = (counted: readonly Counted[], run?: Run) =>
  lines(counted, run).map(({ _aws, service, stage, ...others }) => others);

describe('what an invocation counted', () => {
  test.each<{ why: string; counted: readonly Counted[]; is: readonly object[] }>([
    { why: 'is no line of nothing', counted: [], is: [] },
    {
      why: 'is one line of metrics that have no dimension with two values',
      counted: [event('auth_timeout', 'silent'), lag(12)],
      is: [{ event: 'auth_timeout', reason: 'silent', SecurityEvent: 1, TimerLag: 12 }],
    },
    {
      why: 'is one line of a metric that has several values',
      counted: [lag(12), lag(7), lag(9)],
      is: [{ TimerLag: [12, 7, 9] }],
    },
    {
      why: 'is two lines of two events',
      counted: [event('access_granted', 'verified'), event('platform_owner_access', 'verified'), lag(3)],
      is: [
        { event: 'access_granted', reason: 'verified', SecurityEvent: 1, TimerLag: 3 },
        { event: 'platform_owner_access', reason: 'verified', SecurityEvent: 1 },
      ],
    },
    {
      why: 'is two lines of two metrics that differ in a dimension that both have',
      counted: [event('failure', 'fan_out'), invalid('not_json')],
      is: [
        { event: 'failure', reason: 'fan_out', SecurityEvent: 1 },
        { reason: 'not_json', PublicationInvalid: 1 },
      ],
    },
  ])('$why', ({ counted, is }) => {
    expect(fields(counted)).toEqual(is);
  });

  test('is more lines where one has more than a hundred values of a metric, which CloudWatch would not take', () => {
    const values = fields(Array.from({ length: 150 }, (_, nth) => lag(nth))).map((line) => Object.values(line)[0]);
    expect(values.map((of) => (Array.isArray(of) ? of.length : 1))).toEqual([100, 50]);
  });

  test('has the dimensions of each metric and no other, however many share a line', () => {
    const [line] = lines([event('auth_timeout', 'silent'), lag(12)]);
    expect(line?.['_aws']).toEqual({
      Timestamp: 1_000,
      CloudWatchMetrics: [
        {
          Namespace: 'maitred',
          Dimensions: [
            ['service', 'stage', 'event'],
            ['service', 'stage', 'event', 'reason'],
          ],
          Metrics: [{ Name: 'SecurityEvent', Unit: 'Count' }],
        },
        {
          Namespace: 'maitred',
          Dimensions: [['service', 'stage']],
          Metrics: [{ Name: 'TimerLag', Unit: 'Milliseconds' }],
        },
      ],
    });
  });
});

describe('a run', () => {
  test.each<{ why: string; counted?: readonly Counted[]; run: Run; is: readonly object[] }>([
    { why: 'that was short and counted nothing is not told', run: { ranMs: 999 }, is: [] },
    { why: 'that was long is, without a metric', run: { ranMs: 1_000.4 }, is: [{ run_ms: 1_000 }] },
    {
      why: 'that began a sandbox is, with how long that took',
      run: { ranMs: 12.6, startedInMs: 201.4 },
      is: [{ run_ms: 13, cold_start: 1, init_ms: 201 }],
    },
    {
      why: 'stands in the first line of what it counted, and in no other',
      counted: [event('access_granted', 'verified'), event('platform_owner_access', 'verified')],
      run: { ranMs: 12.6 },
      is: [
        { event: 'access_granted', reason: 'verified', SecurityEvent: 1, run_ms: 13 },
        { event: 'platform_owner_access', reason: 'verified', SecurityEvent: 1 },
      ],
    },
  ])('$why', ({ counted = [], run, is }) => {
    expect(fields(counted, run)).toEqual(is);
  });

  test('is no metric: what nobody counts costs nothing', () => {
    expect(lines([], { ranMs: 5_000 })).toEqual([{ service: 'maitred', stage: 'test', run_ms: 5_000 }]);
    expect(JSON.stringify(lines([lag(1)], { ranMs: 5_000 })[0]?.['_aws'])).not.toContain('run_ms');
  });
});
