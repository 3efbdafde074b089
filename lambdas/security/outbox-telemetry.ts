import type { OutboxTelemetry } from '../ports.ts';
import { functionTelemetry, type TelemetryTools } from './telemetry.ts';

/** Log lines and metrics of the outbox: counts, reasons and whose records they were. Nothing of what is in a record. */
export const outboxTelemetry = (tools: TelemetryTools): OutboxTelemetry => {
  const { logger, metrics } = tools;
  const count = (name: string, value: number, unit: 'Count' | 'Milliseconds' = 'Count'): void =>
    metrics.count({ name, unit, value, dimensions: {}, sets: [[]] });
  return {
    failed: functionTelemetry(tools).failed,
    ran: ({ handedOver, setAside, heldBack, lagMs }) => {
      logger.info('outbox_run', { handed_over: handedOver, set_aside: setAside, held_back: heldBack, lag_ms: lagMs });
      count('OutboxHandedOver', handedOver);
      count('OutboxSetAside', setAside);
      count('OutboxHeldBack', heldBack);
      count('OutboxLag', lagMs, 'Milliseconds');
    },
    setAside: ({ restaurantId, messageId }, why) => {
      logger.error('outbox_set_aside', { reason: why, restaurant_id: restaurantId, message_id: messageId });
    },
  };
};
