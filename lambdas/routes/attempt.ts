/** How an attempt to enter ends without a session: refused, overdue, or for want of a table. */
import type { RefusalReason } from '../../protocol/reasons.ts';
import { authError, closing } from '../../protocol/server-messages.ts';
import type { Connection, ConnectionKey, Pending, Session, Verifying, Handshake } from '../connection/connection.ts';
import type { Moved, Ports } from '../ports.ts';
import type { Detail, SecurityEvent } from '../security/catalogue.ts';
import {
  claimedParty,
  auditRecord,
  grantRecord,
  neverActivatedRecord,
  platformOwnerRecord,
} from '../security/audit-records.ts';
import { type AuditPorts, writeAudit } from '../security/audit-writer.ts';
import type { AuditRecord } from '../security/audit-record.ts';
import { sendAndClose } from './send-and-close.ts';
import type { Arrival } from './events.ts';
import { weighHostility } from './hostility.ts';

export type ClosePorts = AuditPorts & Pick<Ports, 'connections' | 'sockets'>;

/** Why an attempt is refused: what the client is told, and what is recorded. */
export type Refusal = Readonly<{ reason: RefusalReason; record: AuditRecord; retryAfterMs?: number }>;

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

/** How long the message that holds the lease has before the timer may settle the row. Longer than the function may run (3 s). */
export const leaseMs = 4_000;

/** Acquires the lease of the row for this message. `unavailable`: nobody knows whether it has it. */
export const acquireLease =
  (ports: ClosePorts) =>
  async ({ key, ownerId, arrivedAtMs }: Arrival): Promise<Moved<'verifying'> | 'unavailable'> => {
    const acquire = () =>
      ports.connections.acquireLease(key, { ownerId, arrivedAtMs, leaseExpiresAtMs: ports.now() + leaseMs });
    try {
      // Without an answer nobody knows whether the lease was given; asked again, it knows its own.
      return await acquire().catch(acquire);
    } catch (error) {
      ports.telemetry.failed('claim', key, error);
      return 'unavailable';
    }
  };

/**
 * Ends the attempt of a message that could not get the lease. What another message has is that one's, and a session is one:
 * both are left alone, and `found` says what is there. Where the row cannot be read either, what is known of the handshake is
 * recorded before the close: `$disconnect` would remove a pending row without a record.
 */
export const endWithoutLease =
  (ports: ClosePorts) =>
  async (
    { key, ownerId }: Arrival,
    handshake: Handshake,
  ): Promise<Readonly<{ found: Connection | undefined }> | 'ended'> => {
    let found: Connection | undefined;
    try {
      found = await ports.connections.read(key);
    } catch (error) {
      ports.telemetry.failed('claim', key, error);
      await refuseWithoutLease(ports)(handshake);
      return 'ended';
    }
    const isOurs = found?.status === 'pending' || (found?.status === 'verifying' && found.ownerId === ownerId);
    if (found === undefined || !isOurs) return { found };
    await refuseWithoutLease(ports)(found);
    return 'ended';
  };

/** Refuses an attempt whose row cannot be written. The record has the id the timer would use, so it is written once. */
const refuseWithoutLease =
  (ports: ClosePorts) =>
  async (handshake: Handshake): Promise<void> => {
    await writeAudit(ports)(
      refusal(handshake, 'unavailable', 'verification_unavailable', 'tables_unreachable', ports.now()).record,
    );
    await sendAndClose(ports)(handshake.connectionId, authError('unavailable', ports.now()));
  };

/** Refuses the attempt this invocation has the lease of: the record, then the row, then the answer and the close. */
export const refuseAttempt =
  (ports: ClosePorts) =>
  async (leased: Verifying, refusal: Refusal): Promise<void> => {
    const { reason, record, retryAfterMs } = await weighHostility(ports)(refusal);
    await writeAudit(ports)(record);
    try {
      await ports.connections.refuse(leased, leased.ownerId, reason);
    } catch (error) {
      // The row stays `verifying`; its lease lapses and the timer settles it. The client is answered all the same.
      ports.telemetry.failed('refuse', leased, error);
    }
    await sendAndClose(ports)(leased.connectionId, authError(reason, ports.now(), retryAfterMs));
  };

/** Ends a pending connection whose deadline has passed. Does nothing when somebody else decided first. */
export const timeOutAttempt =
  (ports: ClosePorts) =>
  async (
    overdue: Pending,
    { ownerId, atMs, detail }: Readonly<{ ownerId: string; atMs: number; detail: 'silent' | 'late' }>,
  ): Promise<'timed_out' | 'decided_otherwise'> => {
    const outcome = await ports.connections.timeOut(overdue, { ownerId, atMs });
    if (!outcome.moved) return 'decided_otherwise';
    ports.telemetry.closedLate(atMs - overdue.authDeadlineMs);
    await finishTimeout(ports)(overdue, detail);
    return 'timed_out';
  };

export const timeoutRecord = (overdue: Handshake, detail: 'silent' | 'late', atMs: number): AuditRecord =>
  refusal(overdue, 'auth_timeout', 'auth_timeout', detail, atMs).record;

export const lapsedRecord = (handshake: Handshake, atMs: number): AuditRecord =>
  refusal(handshake, 'unavailable', 'verification_unavailable', 'lease_lapsed', atMs).record;

/** What follows a committed timeout; may be done again, any number of times. */
export const finishTimeout =
  (ports: ClosePorts) =>
  async (overdue: Handshake, detail: 'silent' | 'late'): Promise<void> => {
    await writeAudit(ports)(timeoutRecord(overdue, detail, ports.now()));
    await sendAndClose(ports)(overdue.connectionId, authError('auth_timeout', ports.now()));
  };

/** The records of a grant: the grant itself and, for a platform owner, the access. */
export const grantRecords = (handshake: Handshake, session: Session): readonly AuditRecord[] =>
  session.role === 'platform_owner'
    ? [grantRecord(handshake, session), platformOwnerRecord(handshake, session)]
    : [grantRecord(handshake, session)];

/**
 * What follows a grant that did not become a session; may be done again, any number of times. The grant's record is
 * completed first, since nobody can tell whether it was written, then the record that says it was never used.
 */
export const finishAbandoned =
  (ports: AuditPorts & Pick<Ports, 'now'>) =>
  async (handshake: Handshake, session: Session): Promise<void> => {
    for (const record of grantRecords(handshake, session)) await writeAudit(ports)(record);
    await writeAudit(ports)(neverActivatedRecord(handshake, session, ports.now()));
  };

/** Abandons a grant and tells the client that it is our fault. */
export const abandonGrant =
  (ports: ClosePorts) =>
  async (granting: Extract<Connection, { session: Session }>, ownerId: string): Promise<void> => {
    try {
      await ports.connections.abandon(granting, { ownerId, atMs: ports.now() }, 'own');
    } catch (error) {
      ports.telemetry.failed('unseat', granting, error);
    }
    await finishAbandoned(ports)(granting, granting.session);
    await sendAndClose(ports)(granting.connectionId, authError('unavailable', ports.now()));
  };

/** What follows a lapsed lease; may be done again, any number of times. */
export const finishLapsed =
  (ports: ClosePorts) =>
  async (handshake: Handshake): Promise<void> => {
    await writeAudit(ports)(lapsedRecord(handshake, ports.now()));
    await sendAndClose(ports)(handshake.connectionId, authError('unavailable', ports.now()));
  };

/** A message from a connection that has no row (it was removed after a false 410, say): nothing is known, so nothing is served. */
export const closeUnknown =
  (ports: Pick<Ports, 'sockets' | 'telemetry' | 'now'>) =>
  async ({ connectionId }: Pick<ConnectionKey, 'connectionId'>): Promise<void> =>
    sendAndClose(ports)(connectionId, closing('unavailable', ports.now()));
