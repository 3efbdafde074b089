/** A device that does what the client never would. */
import type { TraceEntry } from '../client/src/index.ts';

let sockets = 0;

/** Opens a socket, says `first` (or nothing) and listens until the gateway closes it. Tokens are blanked in the trace. */
export const misbehave = (url: string, first: object | undefined, trace: (entry: TraceEntry) => void): Promise<void> =>
  new Promise((resolve) => {
    sockets += 1;
    const connection = sockets;
    const now = () => ({ at: Date.now(), connection });
    const socket = new WebSocket(url);
    trace({ ...now(), kind: 'opening' });
    socket.onopen = () => {
      trace({ ...now(), kind: 'open' });
      if (first === undefined) return;
      socket.send(JSON.stringify(first));
      trace({ ...now(), kind: 'sent', text: JSON.stringify('token' in first ? { ...first, token: '…' } : first) });
    };
    socket.onmessage = ({ data }) => trace({ ...now(), kind: 'received', text: String(data) });
    socket.onclose = ({ code }) => {
      trace({ ...now(), kind: 'closed', code });
      resolve();
    };
  });
