import type { Connection } from '../connection/connection.ts';
import type { Ports } from '../ports.ts';
import { fact } from '../security/facts.ts';
import { record } from '../security/recorder.ts';
import { finishUnseated } from './attempt.ts';
import { arrivalOf, type DisconnectEvent, noReply, type Reply } from './events.ts';
import { endFact } from './session.ts';

type DisconnectPorts = Pick<Ports, 'connections' | 'timer' | 'putRecord' | 'announce' | 'now'>;

/**
 * `$disconnect`: removes the row and records what ended with it. The platform may call it late, twice or never, so
 * nothing depends on it; a row it does not remove is removed by the table's TTL.
 */
export const disconnect =
  (ports: DisconnectPorts) =>
  async (event: DisconnectEvent): Promise<Reply> => {
    const { key, ownerId } = arrivalOf(event);
    // A grant whose record may exist must be closed by a second record before its row may go.
    const unseating = async () => {
      const outcome = await ports.connections.unseat(key, { ownerId, atMs: ports.now() }, 'client_left');
      if (outcome.moved) await finishUnseated(ports)(outcome.connection, outcome.connection.session);
    };
    let removed = await ports.connections.remove(key);
    if (removed === 'granting') {
      await unseating();
      removed = await ports.connections.remove(key);
    }
    if (removed !== undefined && removed !== 'granting') await recordEnd(ports)(removed);
    return noReply;
  };

const recordEnd =
  (ports: DisconnectPorts) =>
  async (connection: Connection): Promise<void> => {
    const nowMs = ports.now();
    switch (connection.status) {
      case 'pending':
      case 'verifying':
        return record(ports)(fact(connection, 'attempt', 'connection_abandoned', 'client_left', nowMs));
      case 'authenticated':
        return record(ports)(endFact(connection, connection.session, 'client_left', nowMs));
      case 'closing':
        return record(ports)(endFact(connection, connection.session, connection.closingReason, nowMs));
      case 'unseated':
        return finishUnseated(ports)(connection, connection.session);
      // Refused or timed out: recorded before, or being recorded by whoever decided it.
      case 'granting':
      case 'refused':
      case 'timed_out':
      case 'lapsed':
        return;
    }
  };
