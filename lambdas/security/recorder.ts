import type { Ports, RecordFate } from '../ports.ts';
import { catalogue } from './catalogue.ts';
import { isOnlyCounted } from './flood.ts';
import type { SecurityRecord } from './security-record.ts';

export type RecorderPorts = Pick<Ports, 'putRecord' | 'timer' | 'addressCounters' | 'limits' | 'telemetry' | 'now'>;

/** Whether the event is one that the audit table keeps. */
const isAudited = (record: SecurityRecord): boolean => 'ocsf' in catalogue[record.event];

/**
 * Records a fact that stands whatever the table does: table, else the timer queue (retried until the table takes it),
 * else the log alone. Under a flood from one address the fact is only counted. Never throws.
 */
export const record =
  (ports: RecorderPorts) =>
  async (fact: SecurityRecord): Promise<void> => {
    if (!isAudited(fact)) ports.telemetry.recorded(fact, 'logged_only');
    else if (!(await isOnlyCounted(ports)(fact))) ports.telemetry.recorded(fact, await keep(ports, fact));
  };

/**
 * Records a fact that must be in the table before it may become true (a grant). `unavailable`: nobody knows whether it
 * is there.
 */
export const recordFirst =
  (ports: Pick<Ports, 'putRecord' | 'telemetry'>) =>
  async (fact: SecurityRecord): Promise<'recorded' | 'unavailable'> => {
    try {
      ports.telemetry.recorded(fact, await ports.putRecord(fact));
      return 'recorded';
    } catch (error) {
      ports.telemetry.failed('audit_write', fact, error);
      return 'unavailable';
    }
  };

/** A record from the queue: throws while the table does not take it, so that the queue delivers it again. */
export const recordQueued =
  (ports: Pick<Ports, 'putRecord'>) =>
  async (fact: SecurityRecord): Promise<RecordFate> =>
    ports.putRecord(fact);

const keep = async (
  ports: Pick<Ports, 'putRecord' | 'timer' | 'telemetry'>,
  fact: SecurityRecord,
): Promise<RecordFate> => {
  try {
    return await ports.putRecord(fact);
  } catch (error) {
    ports.telemetry.failed('audit_write', fact, error);
  }
  try {
    await ports.timer.send({ kind: 'record', record: fact }, recordRetryDelaySeconds);
    return 'queued';
  } catch (error) {
    ports.telemetry.failed('audit_queue', fact, error);
    return 'logged_only';
  }
};

/** Time for a throttled table to recover before the first retry. */
const recordRetryDelaySeconds = 5;
