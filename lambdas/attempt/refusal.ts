/** Why an attempt to enter is refused, as the client is told it and as it is recorded. Pure. */
import type { RefusalReason } from '../../protocol/reasons.ts';
import type { Handshake } from '../connection/connection.ts';
import type { AuditRecord } from '../security/audit-record.ts';
import { auditRecord, claimedParty } from '../security/audit-records.ts';
import type { Detail, SecurityEvent } from '../security/catalogue.ts';

/** Why an attempt is refused: what the client is told, and what is recorded. */
export type Refusal = Readonly<{
  reason: RefusalReason;
  record: AuditRecord;
  retryAfterMs?: number;
  /** What was refused, to know it again: it goes into no record. */
  unverifiedToken?: string;
}>;

/** A refusal of a visitor about whom nothing is verified. */
export const refusal = (
  handshake: Handshake,
  reason: RefusalReason,
  event: SecurityEvent,
  detail: Detail,
  atMs: number,
): Refusal => ({
  reason,
  record: {
    ...auditRecord(handshake, 'attempt', event, detail, atMs),
    claimed: claimedParty(undefined, handshake.hints),
  },
});

/** The record of a connection that said nothing valid in time. */
export const timeoutRecord = (overdue: Handshake, detail: 'silent' | 'late', atMs: number): AuditRecord =>
  refusal(overdue, 'auth_timeout', 'auth_timeout', detail, atMs).record;

/** The record of an attempt that was never decided: whoever held its lease is gone. */
export const lapsedRecord = (handshake: Handshake, atMs: number): AuditRecord =>
  refusal(handshake, 'unavailable', 'verification_unavailable', 'lease_lapsed', atMs).record;
