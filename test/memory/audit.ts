import type { PutRecord } from '../../lambdas/ports.ts';
import { type AnyAuditRecord, recordId } from '../../lambdas/security/audit-record.ts';
import type { Perform } from './port-call.ts';

/** The audit table: records by trail and id. A verified record and an unverified one never meet, as in the real table. */
export type AuditTable = Map<string, AnyAuditRecord>;

export const memoryAudit =
  (table: AuditTable, perform: Perform): PutRecord =>
  (record) =>
    perform('putRecord', () => {
      const key = JSON.stringify([record.verified?.restaurantId ?? null, recordId(record)]);
      if (table.has(key)) return 'already_written';
      table.set(key, record);
      return 'written';
    });

/** What the trail says, in the order it was written: whose it is, what was recorded, and why. */
export const trailOf = (table: AuditTable) =>
  [...table.values()].map(({ kind, event, detail, verified }) => ({
    trail: verified?.restaurantId ?? 'unverified',
    kind,
    event,
    detail,
  }));
