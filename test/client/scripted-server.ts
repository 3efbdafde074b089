/** A server on a real socket that says what a test tells it to, and no more. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

export type Visit = Readonly<{
  number: number;
  socket: WebSocket;
  /** Under the WebSocket, for frames that are cut. */
  wire: Duplex;
  say: (frame: unknown) => void;
  /** The next message of the client. */
  hears: () => Promise<Record<string, unknown>>;
  closed: Promise<number>;
}>;

export const welcome = {
  type: 'auth_success',
  user_id: 'u-1',
  restaurant_id: 'r-17',
  connection_id: 'c',
  connection_type: 'pos',
  role: 'employee',
  session_expires_at: '2026-11-23T20:00:00.000Z',
  epoch: 'e',
  head_seq: 0,
  timestamp: '2026-11-23T18:30:00.000Z',
};

export const event = (seq: number, type = 'order.created', data: unknown = {}) => ({
  type,
  id: `e${seq}`,
  seq,
  prev_seq: seq - 1,
  epoch: 'e',
  restaurant_id: 'r-17',
  data,
});

/** `visit` is called for each connection. A `status` instead of an upgrade refuses the handshake. */
export const startScriptedServer = async (
  visit: (visit: Visit) => Promise<void> | void,
  refuse: (number: number) => number | 'hang' | undefined = () => undefined,
) => {
  const http = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  const failures: unknown[] = [];
  const wires = new Set<Duplex>();
  let visits = 0;
  http.on('upgrade', (request, wire, head) => {
    const number = ++visits;
    wires.add(wire);
    wire.on('error', () => {});
    const status = refuse(number);
    if (status === 'hang') return;
    if (status !== undefined) {
      wire.end(`HTTP/1.1 ${status} No\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, wire, head, (socket) => {
      const heard: Record<string, unknown>[] = [];
      let wake = () => {};
      socket.on('message', (data) => {
        heard.push(JSON.parse(String(data)));
        wake();
      });
      const hears = async () => {
        while (heard.length === 0)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        return heard.shift() ?? {};
      };
      const closed = once(socket, 'close').then(([code]) => Number(code));
      const say = (frame: unknown) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
      Promise.resolve(visit({ number, socket, wire, say, hears, closed })).catch((error) => failures.push(error));
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/local`,
    visits: () => visits,
    failures,
    close: async () => {
      for (const wire of wires) wire.destroy();
      http.close();
      await once(http, 'close');
    },
  };
};
