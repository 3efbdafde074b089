import type { Sockets } from '../../lambdas/ports.ts';
import type { Perform } from './port-call.ts';

/** A frame as the client read it. `answer` came with the route response, `post` by the management API, `platform` is the platform's own error. */
export type Received = Readonly<{
  via: 'answer' | 'post' | 'platform';
  atMs: number;
  text: string;
  message: Readonly<Record<string, unknown>>;
}>;

/** One client's end of a connection. */
export type Socket = {
  readonly received: Received[];
  state: 'opening' | 'open' | 'closed';
  closedAtMs?: number;
  closedBy?: 'client' | 'gateway';
};

/** Sockets by connection id, and whoever wants to know what happens to them. */
export type SocketTable = {
  readonly byId: Map<string, Socket>;
  onReceived: (connectionId: string, received: Received) => void;
  onClosed: (connectionId: string) => void;
};

export const noSockets = (): SocketTable => ({ byId: new Map(), onReceived: () => {}, onClosed: () => {} });

export const memorySockets = (table: SocketTable, perform: Perform, now: () => number): Sockets => ({
  post: (connectionId, frame) =>
    perform('sockets.post', () => (deliver(table, connectionId, 'post', frame, now()) ? 'sent' : 'gone')),
  disconnect: (connectionId) =>
    perform('sockets.disconnect', () => (hangUp(table, connectionId, 'gateway', now()) ? 'closed' : 'gone')),
});

/** Delivers a frame to an open socket; tells whether there was one. */
export const deliver = (
  table: SocketTable,
  connectionId: string,
  via: Received['via'],
  text: string,
  atMs: number,
): boolean => {
  const socket = table.byId.get(connectionId);
  if (socket?.state !== 'open') return false;
  const received: Received = { via, atMs, text, message: JSON.parse(text) };
  socket.received.push(received);
  table.onReceived(connectionId, received);
  return true;
};

/** Closes an open socket; tells whether there was one. */
export const hangUp = (table: SocketTable, connectionId: string, by: 'client' | 'gateway', atMs: number): boolean => {
  const socket = table.byId.get(connectionId);
  if (socket?.state !== 'open') return false;
  Object.assign(socket, { state: 'closed', closedAtMs: atMs, closedBy: by });
  table.onClosed(connectionId);
  return true;
};
