import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { RecordFate, Telemetry } from '../ports.ts';
import type { AuditRecord } from './audit-record.ts';
import { catalogue, type Severity } from './catalogue.ts';
import { owaspEvent } from './owasp.ts';

export type TelemetryTools = Readonly<{ logger: Logger; metrics: Metrics; stage: string }>;

/**
 * Log lines and metrics. The log line has a fixed shape; nothing a client sent becomes a key of it, so no line can pass
 * for another or mint a metric. Metric dimensions are service, stage, event and reason, whose values are all ours.
 */
export const powertoolsTelemetry = ({ logger, metrics, stage }: TelemetryTools): Telemetry => {
  // Twice: an alarm cannot sum over reasons, and a person wants to see them apart.
  const count = (name: string, event: string, reason: string, times = 1): void => {
    const metric = metrics.singleMetric();
    // The library prints a warning for a dimension that is in two sets; what they share is therefore a default.
    metric.setDefaultDimensions({ stage, event });
    metric.addDimensions({});
    metric.addDimensions({ reason });
    metric.addMetric(name, MetricUnit.Count, times);
  };
  return {
    recorded: (record, fate) => {
      const { severity } = catalogue[record.event];
      logger[levelOf[severity]](record.event, logFields(record, fate));
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
    delivered: (restaurantId, { numbered, posted, failed, lagMs }) => {
      logger.info('events_delivered', { restaurant_id: restaurantId, numbered, posted, failed, lag_ms: lagMs });
      // Four values in one line: a run has little time, and CloudWatch is paid by the byte.
      metrics.addDimensions({ stage });
      metrics.addMetric('EventsNumbered', MetricUnit.Count, numbered);
      metrics.addMetric('EventsDelivered', MetricUnit.Count, posted);
      metrics.addMetric('PostsFailed', MetricUnit.Count, failed);
      metrics.addMetric('DeliveryLag', MetricUnit.Milliseconds, lagMs);
      metrics.publishStoredMetrics();
    },
    publicationInvalid: (messageId, why) => {
      logger.error('publication_invalid', { reason: why, message_id: messageId });
      const metric = metrics.singleMetric();
      metric.setDefaultDimensions({ stage });
      metric.addDimensions({});
      metric.addDimensions({ reason: why });
      metric.addMetric('PublicationInvalid', MetricUnit.Count, 1);
    },
    closedLate: (lagMs) => {
      const metric = metrics.singleMetric();
      metric.addDimensions({ stage });
      metric.addMetric('TimerLag', MetricUnit.Milliseconds, lagMs);
    },
  };
};

/** One security event as one log line: the whole record, so that the log alone can stand in for a table that is down. */
export const logFields = (record: AuditRecord, fate: RecordFate): Record<string, string | number | null> => ({
  event: record.event,
  severity: catalogue[record.event].severity,
  owasp: owaspEvent({
    ...record,
    userId: record.verified?.userId ?? record.verifiedUser?.userId,
    restaurantId: record.verified?.restaurantId,
  }),
  reason: record.detail,
  kind: record.kind,
  audit: fate,
  time: new Date(record.occurredAtMs).toISOString(),
  connected_at: new Date(record.connectedAtMs).toISOString(),
  count: record.aggregate?.count ?? 1,
  connection_id: record.connectionId,
  source_ip: record.sourceIp,
  user_agent: record.userAgent ?? null,
  issuer: record.verified?.issuer ?? record.verifiedUser?.issuer ?? null,
  user_id: record.verified?.userId ?? record.verifiedUser?.userId ?? null,
  restaurant_id: record.verified?.restaurantId ?? null,
  connection_type: record.verified?.connectionType ?? null,
  claimed_user_id: record.claimed?.claimedUserId ?? null,
  claimed_restaurant_id: record.claimed?.claimedRestaurantId ?? null,
  claimed_connection_type: record.claimed?.claimedConnectionType ?? null,
});

const levelOf = { INFO: 'info', WARNING: 'warn', ERROR: 'error', CRITICAL: 'critical' } as const satisfies Record<
  Severity,
  keyof Logger
>;
