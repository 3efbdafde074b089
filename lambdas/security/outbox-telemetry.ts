import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { OutboxTelemetry } from '../ports.ts';
import { powertoolsTelemetry, type TelemetryTools } from './telemetry.ts';

/** Log lines and metrics of the outbox: counts, reasons and whose records they were. Nothing of what is in a record. */
export const outboxTelemetry = (tools: TelemetryTools): OutboxTelemetry => {
  const { logger, metrics, stage } = tools;
  return {
    failed: powertoolsTelemetry(tools).failed,
    ran: ({ handedOver, setAside, heldBack, lagMs }) => {
      logger.info('outbox_run', { handed_over: handedOver, set_aside: setAside, held_back: heldBack, lag_ms: lagMs });
      metrics.addDimensions({ stage });
      metrics.addMetric('OutboxHandedOver', MetricUnit.Count, handedOver);
      metrics.addMetric('OutboxSetAside', MetricUnit.Count, setAside);
      metrics.addMetric('OutboxHeldBack', MetricUnit.Count, heldBack);
      metrics.addMetric('OutboxLag', MetricUnit.Milliseconds, lagMs);
      metrics.publishStoredMetrics();
    },
    setAside: ({ restaurantId, messageId }, why) => {
      logger.error('outbox_set_aside', { reason: why, restaurant_id: restaurantId, message_id: messageId });
    },
  };
};
