import type { Frame } from '../../protocol/server-messages.ts';
import type { ConnectionKey } from '../connection/connection.ts';
import type { Ports } from '../ports.ts';

/**
 * Every close by the gateway: a last message that says why, then the end. API Gateway closes without a code or a reason
 * of ours, so the message is the reason; when it cannot be sent the connection is ended all the same, also when the platform
 * says that there is none: if that was false the socket would stay, and if it was true another call costs nothing.
 *
 * What still comes of it is not heard in this sandbox any more. Throws when the connection could not be ended: then somebody
 * must try again.
 */
export const sendAndClose =
  ({ sockets, telemetry, knownClosed }: Pick<Ports, 'sockets' | 'telemetry' | 'knownClosed'>) =>
  async (key: ConnectionKey, lastMessage: Frame): Promise<void> => {
    const { connectionId } = key;
    try {
      await sockets.post(connectionId, lastMessage);
    } catch (error) {
      telemetry.failed('last_message', { connectionId }, error);
    }
    await sockets.disconnect(connectionId);
    knownClosed.add(key);
  };
