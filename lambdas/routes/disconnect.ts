import type { Connection } from '../connection/connection.ts';
import type { Ports } from '../ports.ts';
import { fact } from '../security/facts.ts';
import { type RecorderPorts, record } from '../security/recorder.ts';
import { finishAbandoned, lapsedFact, timeoutFact } from './attempt.ts';
import { arrivalOf, type DisconnectEvent, noReply, type Reply } from './events.ts';
import { endFact } from './session.ts';

type DisconnectPorts = RecorderPorts & Pick<Ports, 'connections'>;

/**
 * `$disconnect`: records what ended with the connection and removes its row, in this order, so that a crash in between
 * loses no record. The platform may call it late, twice or never, so nothing depends on it; a row it does not remove is
 * removed by the table's TTL.
 */
export const disconnect =
  (ports: DisconnectPorts) =>
  async (event: DisconnectEvent): Promise<Reply> => {
    const { key, ownerId } = arrivalOf(event);
    // Each turn either removes the row or finds that somebody moved it on; it can be moved four times at most.
    for (let turn = 0; turn < 6; turn++) {
      const connection = await ports.connections.read(key);
      if (connection === undefined) return noReply;
      if (connection.status === 'granting') {
        await ports.connections.abandon(key, { ownerId, atMs: ports.now() }, 'client_left');
        continue;
      }
      await recordEnd(ports)(connection);
      if ((await ports.connections.remove(key, connection.status)) === 'removed') {
        if (connection.status === 'pending' || connection.status === 'verifying')
          await record(ports)(fact(connection, 'attempt', 'connection_abandoned', 'client_left', ports.now()));
        return noReply;
      }
    }
    throw new Error('the connection kept changing while it was removed');
  };

/** The record that the row's state promises; may be written again, by anybody, any number of times. */
const recordEnd =
  (ports: DisconnectPorts) =>
  async (connection: Connection): Promise<void> => {
    const nowMs = ports.now();
    switch (connection.status) {
      case 'authenticated':
        return record(ports)(endFact(connection, connection.session, 'client_left', nowMs));
      case 'closing':
        return record(ports)(endFact(connection, connection.session, connection.closingReason, nowMs));
      case 'unseated':
        return finishAbandoned(ports)(connection, connection.session);
      case 'timed_out':
        return record(ports)(timeoutFact(connection, 'silent', nowMs));
      case 'lapsed':
        return record(ports)(lapsedFact(connection, nowMs));
      // Not decided, or recorded before it was.
      case 'pending':
      case 'verifying':
      case 'granting':
      case 'refused':
        return;
    }
  };
