import { arrivalOf, type DisconnectEvent, noReply, type Reply } from '../apigateway/events.ts';
import { finishAbandoned } from '../attempt/attempt-ends.ts';
import { lapsedRecord, refusal, timeoutRecord } from '../attempt/refusal.ts';
import type { Known, Pending, Verifying } from '../connection/connection.ts';
import { type UntakenFrame, untakenFrame } from '../connection/platform-close.ts';
import type { DisconnectPorts } from '../route-ports.ts';
import type { AuditRecord } from '../security/audit-record.ts';
import { auditRecord } from '../security/audit-records.ts';
import { writeAudit } from '../security/audit-writer.ts';
import { endRecord } from '../session/session.ts';

/**
 * `$disconnect`: records what ended with the connection and leaves a tombstone of its row, in this order, so that a crash in
 * between loses no record. The platform may call it late, twice or never, so nothing depends on it; a row that it does not end
 * is removed by the table's TTL, as the tombstone is.
 */
export const disconnect =
  (ports: DisconnectPorts) =>
  async (event: DisconnectEvent): Promise<Reply> => {
    const { key, ownerId } = arrivalOf(event);
    const untaken = untakenFrame(event.requestContext.disconnectStatusCode);
    // Each turn either ends the row or finds that somebody moved it on; it can be moved four times at most.
    for (let turn = 0; turn < 6; turn++) {
      const connection = await ports.connections.read(key);
      // A row that this version does not know stays: whoever knows it records its end, or the table's TTL removes it.
      if (connection === undefined || connection.status === 'ended' || connection.status === 'unrecognized')
        return noReply;
      if (connection.status === 'granting') {
        await ports.connections.abandon(key, { ownerId, atMs: ports.now() }, 'client_left');
        continue;
      }
      await recordEnd(ports)(connection, untaken);
      const ending = { endedBy: 'disconnect', atMs: ports.now() } as const;
      if ((await ports.connections.end(key, connection.status, ending)) === 'ended') {
        if (connection.status === 'pending' || connection.status === 'verifying')
          await writeAudit(ports)(undecidedRecord(connection, untaken, ports.now()));
        return noReply;
      }
    }
    throw new Error('the connection kept changing while it was ended');
  };

/**
 * The record of a connection that ended before anything was decided. A first frame that the platform does not take was an attempt: it
 * is one as any other that nobody could read. Beside a message that is being judged it is none; whoever judges that records it.
 */
const undecidedRecord = (
  connection: Pending | Verifying,
  untaken: UntakenFrame | undefined,
  atMs: number,
): AuditRecord =>
  connection.status === 'pending' && untaken !== undefined
    ? refusal(connection, 'malformed_message', 'malformed_message', untaken, atMs).record
    : auditRecord(connection, 'attempt', 'connection_abandoned', untaken ?? 'client_left', atMs);

/** The record that the row's state promises; may be written again, by anybody, any number of times. */
const recordEnd =
  (ports: DisconnectPorts) =>
  async (connection: Known, untaken: UntakenFrame | undefined): Promise<void> => {
    const nowMs = ports.now();
    switch (connection.status) {
      case 'authenticated':
        return writeAudit(ports)(endRecord(connection, connection.session, untaken ?? 'client_left', nowMs));
      case 'closing':
        return writeAudit(ports)(endRecord(connection, connection.session, connection.closingReason, nowMs));
      case 'unseated':
        return finishAbandoned(ports)(connection, connection.session);
      case 'timed_out':
        return writeAudit(ports)(timeoutRecord(connection, 'silent', nowMs));
      case 'lapsed':
        return writeAudit(ports)(lapsedRecord(connection, nowMs));
      // Not decided, or recorded before it was.
      case 'pending':
      case 'verifying':
      case 'granting':
      case 'refused':
        return;
    }
  };
