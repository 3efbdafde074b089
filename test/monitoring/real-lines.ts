/** Log lines as they really are: what the functions print, what Lambda adds, what API Gateway writes. */
import type { FailedPart, RecordFate } from '../../lambdas/ports.ts';
import type { AuditRecord } from '../../lambdas/security/audit-record.ts';
import {
  catalogue,
  type Detail,
  type Outcome,
  ringing,
  type SecurityEvent,
  securityEvents,
  sharedAlarms,
} from '../../lambdas/security/catalogue.ts';
import { failedPartNames } from '../../lambdas/security/failed-parts.ts';
import { invocationMetrics } from '../../lambdas/security/invocation-metrics.ts';
import type { Run } from '../../lambdas/security/metric-lines.ts';
import { logLines } from '../../lambdas/security/log-lines.ts';
import { outboxTelemetry } from '../../lambdas/security/outbox-telemetry.ts';
import { functionTelemetry } from '../../lambdas/security/telemetry.ts';
import { accessLogFormat } from '../../lib/gateway-logs.ts';
import type { LogRecord } from './insights.ts';

/** A line under a name by which a test tells what it is. */
export type NamedLine = Readonly<{ name: string; line: string }>;

export const stage = 'test';
const write = (line: string): void => void process.stdout.write(`${line}\n`);
const metrics = invocationMetrics(stage, write, Date.now);
/** Lambda names a trace whether or not it is kept. */
const traced = { _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0' };
const tools = { logger: logLines(traced, Date.now, write), metrics };
const telemetry = functionTelemetry(tools);
const ofOutbox = outboxTelemetry(tools);

/** The lines a call prints. The metric's has a root key `_aws`, as for CloudWatch. */
const printed = (name: string, call: () => void, run?: Run): NamedLine[] => {
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
    metrics.tell(run);
  } finally {
    for (const [index, stream] of streams.entries()) stream.write = writes[index] as typeof stream.write;
  }
  return text
    .trimEnd()
    .split('\n')
    .map((line) => ({ name: '_aws' in JSON.parse(line) ? `metric of ${name}` : name, line }));
};

const base = {
  kind: 'attempt',
  detail: 'verified',
  occurredAtMs: Date.UTC(2026, 10, 23, 18, 0, 1),
  connectionId: 'Zm9vYmFy=',
  connectedAtMs: Date.UTC(2026, 10, 23, 18, 0, 0),
  sourceIp: '192.0.2.1',
  userAgent: 'maitred-till/3.2',
} as const;
const claimed = { claimedUserId: 'u-7', claimedRestaurantId: 'r-17', claimedConnectionType: 'pos' };
const verified = { issuer: 'demo', userId: 'u-1', restaurantId: 'r-17', connectionType: 'kitchen' } as const;
const verifiedUser = { issuer: 'demo', userId: 'u-1' };

/** Who is known when an event of an outcome happens, as the routes record it. */
const partiesOf: Readonly<Record<Outcome, Partial<AuditRecord>>> = {
  entered: { verified },
  renewed: { verified },
  left: { verified },
  noted: { verified },
  refused: { claimed },
  unavailable: { claimed },
  pages: { verifiedUser, claimed },
  turned_away: {},
};
/** Where somebody else is known than by most events of the outcome. */
const exceptions: Readonly<Partial<Record<SecurityEvent, Partial<AuditRecord>>>> = {
  access_denied: { claimed: { claimedRestaurantId: 'r-17' } },
  expected_authentication: {},
  malformed_message: {},
  auth_timeout: {},
  invalid_user_id: { verifiedUser, claimed },
  privilege_escalation_attempt: { verifiedUser, claimed },
  identity_change_refused: { verified, claimed },
  failure_threshold_crossed: {},
  connection_abandoned: {},
};

type TelemetryHeard = Readonly<{ reason?: Detail | undefined; fate?: RecordFate }>;
const event = (event: SecurityEvent, { reason, fate }: TelemetryHeard = {}): NamedLine[] => {
  const record: AuditRecord = {
    ...base,
    event,
    ...(reason !== undefined && { detail: reason }),
    ...(exceptions[event] ?? partiesOf[catalogue[event].outcome]),
  };
  const usual: RecordFate = 'ocsf' in catalogue[event] ? 'written' : 'logged_only';
  const name = [event, reason, fate].filter((part) => part !== undefined).join(' ');
  return printed(name, () => telemetry.recorded(record, fate ?? usual));
};

const failed = (part: FailedPart): NamedLine[] =>
  printed(`failed ${part}`, () => telemetry.failed(part, base, new TypeError('no text of it is told')));

/**
 * What Lambda writes into the same logs by itself, from its documentation and that of its runtime for Node: as text, as before the
 * format was JSON, and as JSON.
 */
const ofLambda: readonly NamedLine[] = [
  { name: 'lambda start', line: 'START RequestId: 1b6c Version: $LATEST' },
  { name: 'lambda end', line: 'END RequestId: 1b6c' },
  {
    name: 'lambda report',
    line: 'REPORT RequestId: 1b6c\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 512 MB\tMax Memory Used: 90 MB\t',
  },
  {
    name: 'lambda report of a cold start',
    line: 'REPORT RequestId: 2c7d\tDuration: 45.60 ms\tBilled Duration: 246 ms\tMemory Size: 512 MB\tMax Memory Used: 91 MB\tInit Duration: 200.10 ms\t',
  },
  {
    name: 'lambda report of a timeout',
    line: 'REPORT RequestId: 3d8e\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 512 MB\tMax Memory Used: 91 MB\tStatus: timeout',
  },
  { name: 'lambda timeout', line: '2026-11-23T18:00:04.000Z 3d8e Task timed out after 3.00 seconds' },
  {
    name: 'lambda throw',
    line: '2026-11-23T18:00:04.000Z\t4e9f\tERROR\tInvoke Error \t{"errorType":"TypeError","errorMessage":"x","stack":[]}',
  },
  {
    name: 'lambda report of a timeout as JSON',
    line: '{"time":"2026-11-23T18:00:04.000Z","type":"platform.report","record":{"requestId":"3d8e","metrics":{"durationMs":3000,"billedDurationMs":3000,"memorySizeMB":512,"maxMemoryUsedMB":91},"status":"timeout"}}',
  },
  {
    name: 'lambda report of an error as JSON',
    line: '{"time":"2026-11-23T18:00:04.000Z","type":"platform.report","record":{"requestId":"3d8f","metrics":{"durationMs":30,"billedDurationMs":31,"memorySizeMB":512,"maxMemoryUsedMB":512},"status":"error","errorType":"Runtime.OutOfMemory"}}',
  },
  {
    name: 'lambda report as JSON',
    line: '{"time":"2026-11-23T18:00:04.000Z","type":"platform.report","record":{"requestId":"3d90","metrics":{"durationMs":30,"billedDurationMs":31,"memorySizeMB":512,"maxMemoryUsedMB":91},"status":"success"}}',
  },
  {
    name: 'lambda throw as JSON',
    line: '{"timestamp":"2026-11-23T18:00:04.000Z","level":"ERROR","requestId":"4e9f","message":{"errorType":"TypeError","errorMessage":"x","stackTrace":["TypeError: x","    at a (maitred-connect-0f3a5c7e9b1d.mjs:1:2)"]}}',
  },
];

/** Every line that any function can print, once. */
export const functionLines = (): readonly NamedLine[] => [
  ...securityEvents.flatMap((name) => event(name)),
  ...event('rate_limit_exceeded', { reason: 'too_many_messages' }),
  ...event('failure_threshold_crossed', { reason: 'too_many_failures' }),
  ...sharedAlarms
    .flatMap((alarm) => ringing(alarm).filter(({ detail }) => detail !== undefined))
    .flatMap(({ event: name, detail }) => event(name, { reason: detail })),
  ...(['already_written', 'queued', 'logged_only'] as const).flatMap((fate) => event('token_invalid', { fate })),
  ...event('user_mismatch', { fate: 'already_written' }),
  ...failedPartNames.flatMap(failed),
  ...printed('key set failed', () => telemetry.keySetFailed('demo', { cause: 'status', found: 404 })),
  ...printed('lag', () => telemetry.closedLate(1234)),
  ...printed('run that counted', () => telemetry.closedLate(12), { ranMs: 12.3 }),
  ...printed('run that began a sandbox', () => {}, { ranMs: 45.6, startedInMs: 200.1 }),
  ...printed('run that was slow', () => {}, { ranMs: 2950.4 }),
  ...printed('delivered', () => telemetry.delivered('r-17', { numbered: 1, posted: 5, failed: 0, lagMs: 80 })),
  ...printed('delivered but for one', () =>
    telemetry.delivered('r-17', { numbered: 1, posted: 4, failed: 1, lagMs: 480 }),
  ),
  ...printed('delivered again', () => telemetry.redelivered('r-17', { step: 1, posted: 1, failed: 0 })),
  ...printed('outbox ran', () => ofOutbox.ran({ handedOver: 3, setAside: 1, heldBack: 0, lagMs: 420 })),
  ...printed('outbox set aside', () =>
    ofOutbox.setAside({ messageId: 'e-1', body: '{}', restaurantId: 'r-17', publisher: undefined }, 'too_large'),
  ),
  ...printed('invalid publication', () =>
    telemetry.publicationInvalid(
      { messageId: 'm-1', body: '{', restaurant: 'r-17', publisher: 'AROA:orders' },
      'not_json',
    ),
  ),
  ...printed('publication put aside for the rate', () =>
    telemetry.publicationInvalid(
      { messageId: 'm-1', body: '{', restaurant: 'r-17', publisher: 'AROA:orders' },
      'restaurant_rate',
    ),
  ),
  ...printed('publication beyond the rate', () => telemetry.publicationRefused('r-17')),
  ...ofLambda,
];

/** A request in the access log. `integrationStatus` is Lambda's answer, `status` the function's or API Gateway's; `-`: none. */
const accessed = (name: string, values: Readonly<Record<string, string>>): NamedLine => ({
  name,
  line: accessLogFormat.replaceAll(/\$context\.([\w.]+)/g, (_, variable: string) => values[variable] ?? '-'),
});

export const accessLines = (): readonly NamedLine[] => [
  accessed('served', { status: '200', 'integration.integrationStatus': '200', 'integration.latency': '21' }),
  accessed('throttled', { status: '429', 'error.responseType': 'THROTTLED', 'identity.sourceIp': '192.0.2.1' }),
  accessed('refused by the function', { status: '403', 'integration.integrationStatus': '200' }),
  accessed('no function', { status: '500', 'error.responseType': 'INTEGRATION_FAILURE' }),
  accessed('function threw', { status: '502', 'integration.integrationStatus': '200', 'integration.latency': '9' }),
  accessed('function throttled', { status: '200', 'integration.integrationStatus': '429' }),
];

/** A line as Logs Insights discovers its fields: those of JSON without nulls. */
export const recordOf = ({ line }: NamedLine): LogRecord => {
  const own = {
    '@timestamp': Date.UTC(2026, 10, 23, 18, 0, 2),
    '@message': line,
    '@log': '111122223333:maitred-test-gateway-ConnectLog',
  };
  if (!line.startsWith('{')) return own;
  const fields = Object.entries(JSON.parse(line) as Record<string, unknown>);
  return {
    ...own,
    ...Object.fromEntries(
      fields.filter((field): field is [string, string | number] => ['string', 'number'].includes(typeof field[1])),
    ),
  };
};
