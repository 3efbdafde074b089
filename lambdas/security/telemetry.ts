import type { RecordFate, Telemetry } from '../ports.ts';
import { columnValues } from './audit-columns.ts';
import { type AnyAuditRecord, columnNames, isSparse } from './audit-record.ts';
import { type Severity, severityOf } from './catalogue.ts';
import type { InvocationMetrics } from './invocation-metrics.ts';
import type { LogLines } from './log-lines.ts';
import { owaspEvent } from './owasp.ts';

export type TelemetryTools = Readonly<{ logger: LogLines; metrics: Pick<InvocationMetrics, 'count'> }>;

/**
 * Log lines and metrics. The log line has a fixed shape; nothing a client sent becomes a key of it, so no line can pass
 * for another or mint a metric. Metric dimensions are service, stage, event and reason, whose values are all ours. A log line is written at
 * once, metrics at the end of the invocation, together.
 */
export const functionTelemetry = ({ logger, metrics }: TelemetryTools): Telemetry => {
  // Twice: an alarm cannot sum over reasons, and a person wants to see them apart.
  const count = (name: string, event: string, reason: string, value = 1): void =>
    metrics.count({
      ...{ name, unit: 'Count', value },
      dimensions: { event, reason },
      sets: [['event'], ['event', 'reason']],
    });
  const countIn = (name: string, value: number, unit: 'Count' | 'Milliseconds' = 'Count'): void =>
    metrics.count({ name, unit, value, dimensions: {}, sets: [[]] });
  return {
    recorded: (record, fate) => {
      logger[levelOf[severityOf(record.event)]](record.event, logFields(record, fate));
      // A repeat of what is in the table was counted when it was written.
      if (fate === 'already_written') return;
      count('SecurityEvent', record.event, record.detail, record.aggregate?.count);
    },
    failed: (what, key, error) => {
      logger.error('failure', {
        failure: what,
        error: error instanceof Error ? error.name : typeof error,
        connection_id: key.connectionId ?? null,
      });
      count('Failure', 'failure', what);
    },
    keySetFailed: (issuer, { cause, found = null }) => {
      logger.error('key_set_failed', { issuer, cause, found });
      metrics.count({
        ...{ name: 'KeySetFailure', unit: 'Count', value: 1 },
        dimensions: { issuer, cause },
        sets: [[], ['issuer', 'cause']],
      });
    },
    delivered: (restaurantId, { numbered, posted, failed, lagMs }) => {
      logger.info('events_delivered', { restaurant_id: restaurantId, numbered, posted, failed, lag_ms: lagMs });
      countIn('EventsNumbered', numbered);
      countIn('EventsDelivered', posted);
      // None is the rule, and what nobody counts costs nothing: its alarm takes silence for none.
      if (failed > 0) countIn('PostsFailed', failed);
      countIn('DeliveryLag', lagMs, 'Milliseconds');
    },
    redelivered: (restaurantId, { step, posted, failed }) => {
      logger.info('events_redelivered', { restaurant_id: restaurantId, step, posted, failed });
    },
    publicationInvalid: ({ messageId, restaurant, publisher }, why) => {
      logger.error('publication_invalid', { reason: why, message_id: messageId, restaurant_id: restaurant, publisher });
      metrics.count({
        ...{ name: 'PublicationInvalid', unit: 'Count', value: 1 },
        dimensions: { reason: why },
        sets: [[], ['reason']],
      });
    },
    publicationRefused: (restaurantId) => {
      logger.warn('publication_refused', { reason: 'restaurant_rate', restaurant_id: restaurantId });
      countIn('PublicationRefused', 1);
    },
    closedLate: (lagMs) => countIn('TimerLag', lagMs, 'Milliseconds'),
  };
};

/** One security event as one log line: the whole record, so that the log alone can stand in for a table that is down. */
export const logFields = (record: AnyAuditRecord, fate: RecordFate): Record<string, string | number | null> => {
  const values = columnValues(record);
  const { event, severity, detail, time, ...rest } = Object.fromEntries(
    columnNames
      .filter((name) => values[name] !== undefined || !isSparse(name))
      .map((name) => [name, values[name] ?? null]),
  );
  return {
    event: event ?? null,
    severity: severity ?? null,
    owasp: owaspEvent({ ...record, userId: textIn(values.user_id), restaurantId: textIn(values.restaurant_id) }),
    reason: detail ?? null,
    kind: record.kind,
    audit: fate,
    time: time ?? null,
    connected_at: new Date(record.connectedAtMs).toISOString(),
    count: 1,
    ...rest,
  };
};

const textIn = (value: string | number | undefined): string | undefined =>
  value === undefined ? undefined : String(value);

const levelOf = { INFO: 'info', WARNING: 'warn', ERROR: 'error', CRITICAL: 'critical' } as const satisfies Record<
  Severity,
  keyof LogLines
>;
