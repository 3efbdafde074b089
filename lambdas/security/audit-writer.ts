import type { Ports, RecordFate } from '../ports.ts';
import type { AnyAuditRecord, AuditRecord } from './audit-record.ts';
import { catalogue } from './catalogue.ts';
import { isOnlyCounted } from './flood.ts';

export type AuditPorts = Pick<Ports, 'putRecord' | 'timer' | 'addressCounters' | 'limits' | 'telemetry' | 'now'>;

/** Whether the event is one that the audit table keeps. */
const isAudited = (record: AuditRecord): boolean => 'ocsf' in catalogue[record.event];

/**
 * Writes a record that stands whatever the table does: table, else the timer queue (retried until the table takes it),
 * else the log alone. Under a flood from one address the record is only counted. Never throws.
 */
export const writeAudit =
  (ports: AuditPorts) =>
  async (record: AuditRecord): Promise<void> => {
    if (!isAudited(record)) ports.telemetry.recorded(record, 'logged_only');
    else if (!(await isOnlyCounted(ports)(record))) ports.telemetry.recorded(record, await keep(ports, record));
  };

/**
 * Writes a record that must be in the table before it may become true (a grant). `unavailable`: nobody knows whether it
 * is there.
 */
export const requireAudit =
  (ports: Pick<Ports, 'putRecord' | 'telemetry'>) =>
  async (record: AuditRecord): Promise<'recorded' | 'unavailable'> => {
    try {
      ports.telemetry.recorded(record, await ports.putRecord(record));
      return 'recorded';
    } catch (error) {
      ports.telemetry.failed('audit_write', record, error);
      return 'unavailable';
    }
  };

/** A record from the queue: throws while the table does not take it, so that the queue delivers it again. */
export const writeQueuedAudit =
  (ports: Pick<Ports, 'putRecord'>) =>
  async (record: AnyAuditRecord): Promise<RecordFate> =>
    ports.putRecord(record);

const keep = async (
  ports: Pick<Ports, 'putRecord' | 'timer' | 'telemetry'>,
  record: AuditRecord,
): Promise<RecordFate> => {
  try {
    return await ports.putRecord(record);
  } catch (error) {
    ports.telemetry.failed('audit_write', record, error);
  }
  try {
    await ports.timer.send({ kind: 'record', record: record }, recordRetryDelaySeconds);
    return 'queued';
  } catch (error) {
    ports.telemetry.failed('audit_queue', record, error);
    return 'logged_only';
  }
};

/** Time for a throttled table to recover before the first retry. */
const recordRetryDelaySeconds = 5;
