/**
 * Under a flood the audit trail stays readable and cheap: of the refusals of one address in one minute so many are
 * recorded one by one, the others are only counted, and one record says afterwards how many there were. Never fewer than
 * there were; more only by writes that were tried twice.
 */

import type { Ports } from '../ports.ts';
import { rateLimitAddress } from '../rate-limit/address.ts';
import type { AuditRecord } from './audit-record.ts';

type FloodPorts = Pick<Ports, 'addressCounters' | 'limits' | 'timer' | 'telemetry' | 'now'>;

const minuteMs = 60_000;

/** Handlers that counted at the very end of a minute are done by then: they run 3 s at most. */
const settledAfterMs = 15_000;

/** Counts a refusal, and says whether that was all there is to do. When in doubt it is recorded. */
export const isOnlyCounted =
  (ports: FloodPorts) =>
  async (record: AuditRecord): Promise<boolean> => {
    if (record.verified !== undefined || (record.kind !== 'attempt' && record.kind !== 'handshake')) return false;
    const address = rateLimitAddress(record.sourceIp);
    const nowMs = ports.now();
    const allowed = ports.limits.recordsPerMinute;
    try {
      const { refusals, isAggregateDue, windowStartMs } = await ports.addressCounters.countRefusal(address, nowMs);
      // The aggregate is arranged with the last refusal that is recorded one by one, so that no refusal is counted which nobody reports.
      if (refusals >= allowed && !isAggregateDue) {
        const dueInMs = windowStartMs + minuteMs + settledAfterMs - nowMs;
        await ports.timer.send({ kind: 'aggregate', address, windowStartMs }, Math.ceil(dueInMs / 1000));
        await ports.addressCounters.aggregateIsDue(address, windowStartMs);
      }
      return refusals > allowed;
    } catch (error) {
      ports.telemetry.failed('budget', record, error);
      return false;
    }
  };

/** The record of what a minute only counted, or undefined when there was nothing. */
export const aggregateRecord = (
  address: string,
  windowStartMs: number,
  refusals: number,
  recordedOneByOne: number,
): AuditRecord | undefined => {
  const count = refusals - recordedOneByOne;
  if (count <= 0) return undefined;
  return {
    kind: 'aggregate',
    event: 'rate_limit_exceeded',
    detail: 'flood',
    occurredAtMs: windowStartMs + minuteMs,
    connectionId: `flood:${address}`,
    connectedAtMs: windowStartMs,
    sourceIp: address,
    aggregate: { count, startTimeMs: windowStartMs, endTimeMs: windowStartMs + minuteMs },
  };
};
