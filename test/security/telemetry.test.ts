import { describe, expect, test } from '@jest/globals';
import { type AuditRecord, columnNames } from '../../lambdas/security/audit-record.ts';
import { catalogue, securityEvents } from '../../lambdas/security/catalogue.ts';
import { invocationMetrics } from '../../lambdas/security/invocation-metrics.ts';
import { logLines } from '../../lambdas/security/log-lines.ts';
import { logFields, functionTelemetry } from '../../lambdas/security/telemetry.ts';

const write = (line: string): void => void process.stdout.write(`${line}\n`);
const metrics = invocationMetrics('test', write, Date.now);
const telemetry = functionTelemetry({ logger: logLines({}, Date.now, write), metrics });

/** Every line the call writes, to either stream, in order. */
const linesOf = (call: () => void): readonly string[] => {
  const streams = [process.stdout, process.stderr];
  const writes = streams.map((stream) => stream.write);
  let text = '';
  for (const stream of streams)
    stream.write = (chunk: string | Uint8Array) => {
      text += chunk.toString();
      return true;
    };
  try {
    call();
    metrics.tell();
  } finally {
    for (const [index, stream] of streams.entries()) stream.write = writes[index] as typeof stream.write;
  }
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text.split('\n').slice(0, -1);
};

/** What the call logs and what it counts. A line is a metric when it has a root key `_aws`, as for CloudWatch. */
const told = (call: () => void) => {
  const lines = linesOf(call).map((line) => JSON.parse(line) as Record<string, unknown>);
  return { logs: lines.filter((line) => !('_aws' in line)), metrics: lines.filter((line) => '_aws' in line) };
};

const record: AuditRecord = {
  kind: 'attempt',
  event: 'token_invalid',
  detail: 'signature_bad',
  occurredAtMs: Date.UTC(2026, 10, 23, 18, 0, 1),
  connectionId: 'Zm9vYmFy=',
  connectedAtMs: Date.UTC(2026, 10, 23, 18, 0, 0),
  sourceIp: '192.0.2.1',
  userAgent: 'maitred-till/3.2',
  claimed: { claimedUserId: 'u-1', claimedRestaurantId: 'r-17', claimedConnectionType: 'pos' },
};
const levelOf = { INFO: 'INFO', WARNING: 'WARN', ERROR: 'ERROR', CRITICAL: 'CRITICAL' };

/** Together for alarms, apart by reason for people. Their values are all ours, so their number is bounded. */
const dimensions = [
  ['service', 'stage', 'event'],
  ['service', 'stage', 'event', 'reason'],
];

/** What a line says first, and then every column that is not among it; those of a flood stand there only if it was one. */
const first = ['event', 'severity', 'owasp', 'reason', 'kind', 'audit', 'time', 'connected_at', 'count'];
const knownKeys = [
  ...first,
  ...columnNames.filter(
    (name) => ![...first, 'detail', 'origin', 'membership', 'start_time', 'end_time'].includes(name),
  ),
];

describe('a security event', () => {
  test.each(securityEvents)('is one log line and one metric: %s', (event) => {
    const { logs, metrics } = told(() => telemetry.recorded({ ...record, event }, 'written'));
    expect(logs).toHaveLength(1);
    expect(logs[0]).toMatchObject({
      level: levelOf[catalogue[event].severity],
      message: event,
      event,
      severity: catalogue[event].severity,
      owasp: expect.stringMatching(new RegExp(`^${catalogue[event].owasp}:`)),
      reason: 'signature_bad',
      audit: 'written',
      connection_id: 'Zm9vYmFy=',
    });
    expect(metrics).toHaveLength(1);
    expect(metrics[0]).toEqual({
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: 'maitred',
            Dimensions: dimensions,
            Metrics: [{ Name: 'SecurityEvent', Unit: 'Count' }],
          },
        ],
      },
      service: 'maitred',
      stage: 'test',
      event,
      reason: 'signature_bad',
      SecurityEvent: 1,
    });
  });

  test('is the whole record on the log line, so that the log alone can stand in for the table', () => {
    const { logs } = told(() => telemetry.recorded(record, 'logged_only'));
    expect(logs[0]).toMatchObject({
      time: '2026-11-23T18:00:01.000Z',
      connected_at: '2026-11-23T18:00:00.000Z',
      kind: 'attempt',
      audit: 'logged_only',
      source_ip: '192.0.2.1',
      user_agent: 'maitred-till/3.2',
      claimed_user_id: 'u-1',
      claimed_restaurant_id: 'r-17',
      claimed_connection_type: 'pos',
    });
  });

  test.each([
    { fate: 'written', counted: 1 },
    { fate: 'queued', counted: 1 },
    { fate: 'logged_only', counted: 1 },
    { fate: 'already_written', counted: 0 },
  ] as const)('that was $fate is counted $counted times', ({ fate, counted }) => {
    const { logs, metrics } = told(() => telemetry.recorded(record, fate));
    expect(logs).toHaveLength(1);
    expect(metrics).toHaveLength(counted);
  });

  test('that stands for many is counted as many', () => {
    const aggregate = { count: 480, startTimeMs: 0, endTimeMs: 60_000 };
    const flood = { ...record, kind: 'aggregate', event: 'rate_limit_exceeded', detail: 'flood', aggregate } as const;
    const { logs, metrics } = told(() => telemetry.recorded(flood, 'written'));
    expect(logs[0]).toMatchObject({ count: 480, reason: 'flood' });
    expect(metrics[0]).toMatchObject({ reason: 'flood', SecurityEvent: 480 });
  });

  test('leaves nothing behind for the next one', () => {
    told(() => telemetry.recorded({ ...record, event: 'access_granted', detail: 'verified' }, 'written'));
    const { logs, metrics } = told(() => telemetry.recorded({ ...record, claimed: {} }, 'written'));
    expect(logs[0]).not.toHaveProperty('claimed_user_id');
    expect(metrics[0]).toMatchObject({ event: 'token_invalid', reason: 'signature_bad', SecurityEvent: 1 });
  });
});

describe('the fields of a log line', () => {
  const verified = { issuer: 'demo', userId: 'u-1', restaurantId: 'r-17', connectionType: 'kitchen' } as const;

  test('are these, whatever the record says', () => {
    expect(Object.keys(logFields(record, 'written'))).toEqual(knownKeys);
    const { claimed: _, userAgent: __, ...bare } = record;
    expect(Object.keys(logFields(bare, 'written'))).toEqual(knownKeys);
    expect(Object.keys(logFields({ ...record, verified }, 'written'))).toEqual(knownKeys);
  });

  test('never take a name from a client, not even from a record that carries more than it should', () => {
    const smuggled = { _aws: { CloudWatchMetrics: [] }, level: 'INFO', service: 'other', stack: 'x' };
    const hostile = {
      ...record,
      ...smuggled,
      verified: { ...verified, ...smuggled },
      claimed: { ...record.claimed, ...smuggled },
    };
    expect(Object.keys(logFields(hostile, 'written'))).toEqual(knownKeys);
    expect(
      Object.entries(logFields(hostile, 'written')).filter(([, value]) => value !== null && typeof value !== 'string'),
    ).toEqual([['count', 1]]);
    const { logs, metrics } = told(() => telemetry.recorded(hostile, 'written'));
    expect(logs[0]).toMatchObject({ level: 'ERROR', service: 'maitred' });
    expect(metrics).toHaveLength(1);
  });

  test('hold verified ids apart from claimed ones', () => {
    expect(logFields({ ...record, verified }, 'written')).toMatchObject({
      issuer: 'demo',
      user_id: 'u-1',
      restaurant_id: 'r-17',
      connection_type: 'kitchen',
    });
    const outsider = { ...record, verifiedUser: { issuer: 'demo', userId: 'u-9' } };
    expect(logFields(outsider, 'written')).toMatchObject({ issuer: 'demo', user_id: 'u-9', restaurant_id: null });
    expect(logFields(record, 'written')).toMatchObject({ issuer: null, user_id: null, restaurant_id: null });
  });

  test.each([
    { why: 'a metric', claim: '{"_aws":{"Timestamp":1,"CloudWatchMetrics":[{"Namespace":"maitred"}]}}' },
    { why: 'a second line', claim: 'x"}\n{"_aws":{"Timestamp":1},"SecurityEvent":1000}' },
    { why: 'a line of another kind', claim: '\r\n\u2028START RequestId: 1' },
    { why: 'a name of the prototype', claim: '__proto__' },
  ])('mint nothing when a claim reads like $why', ({ claim }) => {
    const hostile: AuditRecord = {
      ...record,
      userAgent: claim,
      claimed: { claimedUserId: claim, claimedRestaurantId: claim, claimedConnectionType: claim },
    };
    const { logs, metrics } = told(() => telemetry.recorded(hostile, 'written'));
    expect(logs).toHaveLength(1);
    expect(logs[0]).toMatchObject({ claimed_user_id: claim, user_agent: claim, service: 'maitred' });
    expect(metrics).toHaveLength(1);
    expect(metrics[0]).toMatchObject({ SecurityEvent: 1, event: 'token_invalid' });
    expect(JSON.stringify(metrics[0])).not.toContain(claim);
  });
});

describe('a failure of ours', () => {
  class ThrottlingException extends Error {
    override name = 'ThrottlingException';
    readonly $response = { body: 'canary-body' };
  }

  test.each([
    { why: 'an error', error: new TypeError('canary-message'), name: 'TypeError' },
    { why: 'an error with a cause', error: new Error('canary-1', { cause: new Error('canary-2') }), name: 'Error' },
    { why: 'an error with fields', error: new ThrottlingException('canary-message'), name: 'ThrottlingException' },
    { why: 'an aggregate', error: new AggregateError([new Error('canary-1')], 'canary-2'), name: 'AggregateError' },
    { why: 'text', error: 'canary-text', name: 'string' },
    { why: 'an object', error: { message: 'canary' }, name: 'object' },
    { why: 'nothing', error: undefined, name: 'undefined' },
  ])('is told by its class alone, never by its text: $why', ({ error, name }) => {
    const key = { connectionId: 'Zm9vYmFy=', connectedAtMs: 1 };
    const lines = linesOf(() => telemetry.failed('audit_write', key, error));
    expect(lines).toHaveLength(2);
    expect(lines.join()).not.toContain('canary');
    const { logs, metrics } = told(() => telemetry.failed('audit_write', key, error));
    expect(logs[0]).toMatchObject({ level: 'ERROR', failure: 'audit_write', error: name, connection_id: 'Zm9vYmFy=' });
    expect(metrics[0]).toMatchObject({
      _aws: { CloudWatchMetrics: [{ Dimensions: dimensions }] },
      stage: 'test',
      event: 'failure',
      reason: 'audit_write',
      Failure: 1,
    });
  });

  test('may have no connection', () => {
    const { logs } = told(() => telemetry.failed('timer_message', {}, new Error('canary')));
    expect(logs).toHaveLength(1);
    expect(logs[0]).not.toHaveProperty('connection_id');
  });
});

describe('what a run delivered', () => {
  const of = (failed: number) => told(() => telemetry.delivered('r-17', { numbered: 2, posted: 5, failed, lagMs: 80 }));

  test('is a line for its restaurant and four metrics for all', () => {
    const { logs, metrics } = of(1);
    expect(logs).toMatchObject([
      {
        level: 'INFO',
        message: 'events_delivered',
        restaurant_id: 'r-17',
        numbered: 2,
        posted: 5,
        failed: 1,
        lag_ms: 80,
      },
    ]);
    expect(metrics).toMatchObject([{ EventsNumbered: 2, EventsDelivered: 5, PostsFailed: 1, DeliveryLag: 80 }]);
  });

  test('counts no failed posts where there are none; the line says so', () => {
    const { logs, metrics } = of(0);
    expect(logs).toMatchObject([{ failed: 0 }]);
    expect(metrics).toHaveLength(1);
    expect(metrics[0]).not.toHaveProperty('PostsFailed');
    expect(JSON.stringify(metrics)).not.toContain('PostsFailed');
  });
});

describe('a key set that failed', () => {
  test('is one log line and one metric, which name the issuer and the cause', () => {
    const { logs, metrics } = told(() => telemetry.keySetFailed('demo', { cause: 'status', found: 404 }));
    expect(logs).toMatchObject([
      { level: 'ERROR', message: 'key_set_failed', issuer: 'demo', cause: 'status', found: 404 },
    ]);
    expect(metrics).toMatchObject([
      {
        _aws: {
          CloudWatchMetrics: [
            {
              Dimensions: [
                ['service', 'stage'],
                ['service', 'stage', 'issuer', 'cause'],
              ],
            },
          ],
        },
        stage: 'test',
        issuer: 'demo',
        cause: 'status',
        KeySetFailure: 1,
      },
    ]);
  });
});

describe('a connection closed after its deadline', () => {
  test('is one metric of the stage, and no log line', () => {
    const { logs, metrics } = told(() => telemetry.closedLate(1_234));
    expect(logs).toEqual([]);
    expect(metrics).toEqual([
      {
        _aws: {
          Timestamp: expect.any(Number),
          CloudWatchMetrics: [
            {
              Namespace: 'maitred',
              Dimensions: [['service', 'stage']],
              Metrics: [{ Name: 'TimerLag', Unit: 'Milliseconds' }],
            },
          ],
        },
        service: 'maitred',
        stage: 'test',
        TimerLag: 1_234,
      },
    ]);
  });
});

describe('the name in the OWASP vocabulary', () => {
  const owaspOf = (more: Partial<AuditRecord>) => logFields({ ...record, ...more }, 'written')['owasp'];
  const verifiedUser = { issuer: 'demo', userId: 'a:b,c%' };

  test.each<{ why: string; more: Partial<AuditRecord>; owasp: string }>([
    { why: 'has nobody where nobody is verified', more: {}, owasp: 'authn_login_fail:-' },
    {
      why: 'never has who somebody claims to be',
      more: { claimed: { claimedUserId: 'u-1' } },
      owasp: 'authn_login_fail:-',
    },
    { why: 'has the verified user, encoded', more: { verifiedUser }, owasp: 'authn_login_fail:a%3Ab%2Cc%25' },
    {
      why: 'has the restaurant that an owner of the platform entered',
      more: {
        event: 'platform_owner_access',
        verified: { issuer: 'demo', userId: 'u-1', restaurantId: 'r-17', connectionType: 'pos' },
      },
      owasp: 'authz_admin:u-1,enter%20r-17',
    },
    {
      why: 'has the user agent, which cannot end it',
      more: { event: 'origin_refused', detail: 'origin_not_allowed', userAgent: 'x:,\\u000a"' },
      owasp: 'malicious_cors:192.0.2.1,x%3A%2C%5Cu000a%22,origin_not_allowed',
    },
  ])('$why', ({ more, owasp }) => {
    expect(owaspOf(more)).toBe(owasp);
  });
});
