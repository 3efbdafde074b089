/** The lease of a connection's row: the message that holds it decides the attempt, and no other does. */
import { authError } from '../../protocol/server-messages.ts';
import type { Arrival } from '../apigateway/events.ts';
import { sendAndClose } from '../apigateway/send-and-close.ts';
import type { FoundConnection, Handshake, Pending, Verifying } from '../connection/connection.ts';
import type { Moved } from '../ports.ts';
import type { ClosePorts } from '../route-ports.ts';
import { writeAudit } from '../security/audit-writer.ts';
import { refusal } from './refusal.ts';

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
  ): Promise<Readonly<{ found: FoundConnection | undefined }> | 'ended'> => {
    let found: FoundConnection | undefined;
    try {
      found = await ports.connections.read(key);
    } catch (error) {
      ports.telemetry.failed('claim', key, error);
      await refuseWithoutLease(ports)(handshake);
      return 'ended';
    }
    if (!isOurs(found, ownerId)) return { found };
    await refuseWithoutLease(ports)(found);
    return 'ended';
  };

const isOurs = (found: FoundConnection | undefined, ownerId: string): found is Pending | Verifying =>
  found?.status === 'pending' || (found?.status === 'verifying' && found.ownerId === ownerId);

/** Refuses an attempt whose row cannot be written. The record has the id the timer would use, so it is written once. */
export const refuseWithoutLease =
  (ports: ClosePorts) =>
  async (handshake: Handshake): Promise<void> => {
    await writeAudit(ports)(
      refusal(handshake, 'unavailable', 'verification_unavailable', 'tables_unreachable', ports.now()).record,
    );
    await sendAndClose(ports)(handshake, authError('unavailable', ports.now()));
  };
