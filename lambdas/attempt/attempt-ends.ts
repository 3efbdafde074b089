/** How an attempt to enter ends without a session: refused, overdue, or because a table could not be reached. */
import { authError, closing } from '../../protocol/server-messages.ts';
import { sendAndClose } from '../apigateway/send-and-close.ts';
import type {
  Connection,
  ConnectionKey,
  Ended,
  Handshake,
  Pending,
  Session,
  Verifying,
} from '../connection/connection.ts';
import type { Ports } from '../ports.ts';
import { isHostile } from '../rate-limit/hostility.ts';
import { distrustMember } from '../reentry/reentry.ts';
import type { ClosePorts } from '../route-ports.ts';
import { grantRecords, neverActivatedRecord } from '../security/audit-records.ts';
import { type AuditPorts, writeAudit } from '../security/audit-writer.ts';
import { lapsedRecord, type Refusal, timeoutRecord } from './refusal.ts';
import { weighHostility } from './weigh-hostility.ts';

/** Refuses the attempt this invocation has the lease of: the record, then the row, then the answer and the close. */
export const refuseAttempt =
  (ports: ClosePorts) =>
  async (leased: Verifying, refusal: Refusal): Promise<void> => {
    if (refusal.reason === 'access_denied' || isHostile(refusal.record.event, refusal.record.detail))
      await distrustMember(ports)(leased);
    const { reason, record, retryAfterMs } = await weighHostility(ports)(refusal);
    await writeAudit(ports)(record);
    try {
      await ports.connections.refuse(leased, leased.ownerId, reason);
    } catch (error) {
      // The row stays `verifying`; its lease lapses and the timer settles it. The client is answered all the same.
      ports.telemetry.failed('refuse', leased, error);
    }
    await sendAndClose(ports)(leased, authError(reason, ports.now(), retryAfterMs));
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

/** What follows a committed timeout; may be done again, any number of times. */
export const finishTimeout =
  (ports: ClosePorts) =>
  async (overdue: Handshake, detail: 'silent' | 'late'): Promise<void> => {
    await writeAudit(ports)(timeoutRecord(overdue, detail, ports.now()));
    await sendAndClose(ports)(overdue, authError('auth_timeout', ports.now()));
  };

/**
 * What follows a grant that did not become a session; may be done again, any number of times. The grant's record is
 * completed first, since nobody can tell whether it was written, then the record that says it was never used.
 */
export const finishAbandoned =
  (ports: AuditPorts & Pick<Ports, 'domain' | 'now'>) =>
  async (handshake: Handshake, session: Session): Promise<void> => {
    for (const record of grantRecords(ports.domain)(handshake, session)) await writeAudit(ports)(record);
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
    await sendAndClose(ports)(granting, authError('unavailable', ports.now()));
  };

/** What follows a lapsed lease; may be done again, any number of times. */
export const finishLapsed =
  (ports: ClosePorts) =>
  async (handshake: Handshake): Promise<void> => {
    await writeAudit(ports)(lapsedRecord(handshake, ports.now()));
    await sendAndClose(ports)(handshake, authError('unavailable', ports.now()));
  };

/** A message from a connection that has no row: nothing is known, so nothing is served. */
export const closeUnknown =
  (ports: Pick<Ports, 'sockets' | 'telemetry' | 'knownClosed' | 'now'>) =>
  async (key: ConnectionKey): Promise<void> =>
    sendAndClose(ports)(key, closing('unavailable', ports.now()));

/**
 * A message from a connection that is over. After `$disconnect` it was under way and nobody hears an answer; after a 410
 * that was false somebody does, and one of its messages gets it.
 */
export const hearEnded =
  (ports: ClosePorts) =>
  async (ended: Ended): Promise<void> => {
    if (ended.endedBy === 'gone' && (await ports.connections.claimFarewell(ended, ports.now())) === 'first')
      return closeUnknown(ports)(ended);
    ports.knownClosed.add(ended);
  };
