import type { Ports } from '../ports.ts';
import { rateLimitAddress } from '../rate-limit/address.ts';
import { blockMs, isHostile } from '../rate-limit/hostility.ts';
import { thresholdRecord } from '../security/audit-records.ts';
import { type AuditPorts, writeAudit } from '../security/audit-writer.ts';
import type { Refusal } from './refusal.ts';

/**
 * Counts a hostile refusal against its address. From the threshold on the address is blocked, longer each time: it has
 * few handshakes left, and what hostile frames its open sockets still send are answered `rate_limited`. A refusal that is not hostile
 * costs nothing here, and a counter that cannot be read changes nothing.
 */
export const weighHostility =
  (ports: AuditPorts & Pick<Ports, 'sandboxAddresses' | 'addressLimits'>) =>
  async (refusal: Refusal): Promise<Refusal> => {
    const { record, unverifiedToken } = refusal;
    if (!isHostile(record.event, record.detail)) return refusal;
    const address = rateLimitAddress(record.sourceIp);
    // A device that tries its one bad token again is one mistake, or one forgery.
    if (unverifiedToken !== undefined && !ports.sandboxAddresses.isNewForgery(address, unverifiedToken)) return refusal;
    const nowMs = ports.now();
    const { hostileFailures: threshold } = ports.addressLimits(record.sourceIp);
    try {
      const { failures, blockedUntilMs, blockedAtMs, windowStartMs } = await ports.addressCounters.countHostileFailure(
        address,
        nowMs,
      );
      const wait = blockMs(failures, threshold, nowMs - blockedAtMs);
      if (wait > 0) await ports.addressCounters.block(address, nowMs, nowMs + wait);
      // A retried count jumps over the threshold, and a handler may die on it: whoever is beyond records it, under the
      // window's own id, which the table takes once.
      if (failures >= threshold) await writeAudit(ports)(thresholdRecord(address, windowStartMs, record));
      if (blockedUntilMs <= nowMs) return refusal;
      return {
        reason: 'rate_limited',
        record: { ...record, event: 'rate_limit_exceeded', detail: 'too_many_failures' },
        retryAfterMs: Math.max(blockedUntilMs - nowMs, wait),
      };
    } catch (error) {
      ports.telemetry.failed('budget', record, error);
      return refusal;
    }
  };
