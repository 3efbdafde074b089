/** The deployed telemetry, and every line it writes. */
import type { Telemetry } from '../../lambdas/ports.ts';
import type { AuditRecord } from '../../lambdas/security/audit-record.ts';
import { catalogue, details } from '../../lambdas/security/catalogue.ts';
import { invocationMetrics } from '../../lambdas/security/invocation-metrics.ts';
import { logLines } from '../../lambdas/security/log-lines.ts';
import { logFields, functionTelemetry } from '../../lambdas/security/telemetry.ts';

/** Telemetry as in a function, whose writes go to `writes` instead of a stream. Each call is an invocation of its own. */
export const overheard = (writes: string[]): Telemetry => {
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  const metrics = invocationMetrics('test', write, Date.now);
  const telemetry = functionTelemetry({ logger: logLines({}, Date.now, write), metrics });
  const streams = [process.stdout, process.stderr];
  const listening =
    <A extends unknown[]>(call: (...args: A) => void) =>
    (...args: A): void => {
      const real = streams.map(({ write }) => write);
      for (const stream of streams)
        stream.write = (chunk: string | Uint8Array) => {
          writes.push(chunk.toString());
          return true;
        };
      try {
        call(...args);
        metrics.tell();
      } finally {
        for (const [i, stream] of streams.entries()) stream.write = real[i] as typeof stream.write;
      }
    };
  return {
    recorded: listening(telemetry.recorded),
    failed: listening(telemetry.failed),
    keySetFailed: listening(telemetry.keySetFailed),
    closedLate: listening(telemetry.closedLate),
    delivered: listening(telemetry.delivered),
    redelivered: listening(telemetry.redelivered),
    publicationInvalid: listening(telemetry.publicationInvalid),
    publicationRefused: listening(telemetry.publicationRefused),
  };
};

const anyRecord: AuditRecord = {
  kind: 'attempt',
  event: 'token_invalid',
  detail: 'token_missing',
  occurredAtMs: 0,
  connectionId: '',
  connectedAtMs: 0,
  sourceIp: '',
  origin: '',
  membershipSource: 'table',
};
/** The fields of a line and what each holds: those of `logFields`, and those of every line. */
const fieldsOfLine: Readonly<Record<string, unknown>> = {
  ...logFields(anyRecord, 'written'),
  level: 'ERROR',
  message: 'token_invalid',
  timestamp: '',
  service: 'maitred',
};
const isNumber = (key: string): boolean => typeof fieldsOfLine[key] === 'number';
const keysOfMetric = new Set(['_aws', 'service', 'stage', 'event', 'reason', 'SecurityEvent']);
const ourWords = new Set<unknown>(['maitred', 'test', ...Object.keys(catalogue), ...details]);

/** What is wrong with what one call of a logger wrote, for a conversation in which nothing of ours fails. */
export const problemsOfWrite = (written: string): readonly string[] => {
  if (!/^[\x20-\x7e]+\n$/.test(written)) return ['not one line of printable ASCII'];
  let line: Readonly<Record<string, unknown>>;
  try {
    line = JSON.parse(written);
  } catch {
    return ['not JSON'];
  }
  return '_aws' in line ? problemsOfMetric(line) : problemsOfLine(line);
};

const problemsOfLine = (line: Readonly<Record<string, unknown>>): readonly string[] => [
  ...Object.keys(line)
    .filter((key) => !Object.hasOwn(fieldsOfLine, key))
    .map((key) => `a field of another's making: ${key}`),
  ...Object.entries(line)
    .filter(([key, value]) => value !== null && typeof value !== (isNumber(key) ? 'number' : 'string'))
    .map(([key]) => `a field of another type: ${key}`),
  ...Object.entries({ event: line['message'], service: 'maitred' })
    .filter(([key, value]) => line[key] !== value)
    .map(([key]) => `a field with another's value: ${key}`),
];

const problemsOfMetric = (line: Readonly<Record<string, unknown>>): readonly string[] => {
  const { CloudWatchMetrics: sets } = line['_aws'] as { CloudWatchMetrics: unknown };
  const ours = [
    {
      Namespace: 'maitred',
      Dimensions: [
        ['service', 'stage', 'event'],
        ['service', 'stage', 'event', 'reason'],
      ],
      Metrics: [{ Name: 'SecurityEvent', Unit: 'Count' }],
    },
  ];
  return [
    ...(JSON.stringify(sets) === JSON.stringify(ours) ? [] : ['metrics or dimensions that are not ours']),
    ...(line['SecurityEvent'] === 1 ? [] : ['a count other than one']),
    ...Object.keys(line)
      .filter((key) => !keysOfMetric.has(key))
      .map((key) => `a field of another's making: ${key}`),
    ...['service', 'stage', 'event', 'reason']
      .filter((key) => !ourWords.has(line[key]))
      .map((key) => `a value that is not ours: ${key}`),
  ];
};
