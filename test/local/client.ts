import { once } from 'node:events';
import WebSocket, { type ClientOptions } from 'ws';

/** A client whose frames and end can be waited for. */
export type Client = {
  readonly socket: WebSocket;
  readonly send: (message: object | string) => void;
  /** The next frame, parsed; frames that came before the call are not lost. */
  readonly next: () => Promise<Record<string, unknown>>;
  readonly closed: Promise<{ code: number; reason: string }>;
};

/** Resolves when the socket is open; rejects with `Unexpected server response: <status>` when it is refused. */
export const connect = async (url: string, options: ClientOptions = {}, protocols: string[] = []): Promise<Client> => {
  const socket = new WebSocket(url, protocols, options);
  const frames: string[] = [];
  const waiting: ((frame: string) => void)[] = [];
  socket.on('message', (data) => {
    const frame = data.toString();
    const settle = waiting.shift();
    if (settle === undefined) frames.push(frame);
    else settle(frame);
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })),
  );
  await once(socket, 'open');
  socket.on('error', () => {});
  return {
    socket,
    closed,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    next: async () => {
      const frame = frames.shift() ?? (await new Promise<string>((resolve) => waiting.push(resolve)));
      return JSON.parse(frame);
    },
  };
};

/** The HTTP status a refused handshake is answered with. */
export const refusalOf = (url: string, options: ClientOptions = {}): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url, options);
    socket.on('unexpected-response', (_, response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    socket.on('error', () => {});
    socket.on('open', () => {
      socket.terminate();
      reject(new Error('the handshake was not refused'));
    });
  });
