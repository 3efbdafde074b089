/** What the client uses of a WebSocket: the part that React Native, browsers, Node and the `ws` package agree on. */
export type Socket = {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  send(data: string): void;
  close(code?: number): void;
};

/** A `WebSocket` as the global one, or as that of the package `ws`. */
export type SocketConstructor = new (url: string, protocols?: string[]) => Socket;

/** What happens on a connection. The text of a binary frame, which the gateway never sends, is empty. */
export type SocketEvent =
  | Readonly<{ kind: 'open' }>
  | Readonly<{ kind: 'received'; text: string }>
  | Readonly<{ kind: 'closed'; code: number | undefined }>;

/** A socket that throws nowhere: what cannot be opened or sent on is closed. Nothing is told from within this call. */
export const openSocket = (
  Constructor: SocketConstructor,
  url: string,
  protocols: string[] | undefined,
  tell: (event: SocketEvent) => void,
) => {
  let socket: Socket | undefined;
  const closed = (event?: Readonly<{ code?: unknown }>) =>
    tell({ kind: 'closed', code: typeof event?.code === 'number' ? event.code : undefined });
  try {
    socket = protocols ? new Constructor(url, protocols) : new Constructor(url);
    socket.onopen = () => tell({ kind: 'open' });
    socket.onmessage = ({ data }: Readonly<{ data?: unknown }>) =>
      tell({ kind: 'received', text: typeof data === 'string' ? data : '' });
    // A close follows, or the deadline of the attempt. Without a handler Node's `ws` would throw.
    socket.onerror = () => undefined;
    socket.onclose = closed;
  } catch {
    void Promise.resolve().then(() => closed());
  }
  return {
    send: (text: string): void => {
      try {
        socket?.send(text);
      } catch {
        closed();
      }
    },
    close: (): void => {
      try {
        socket?.close(1000);
      } catch {
        // It never opened, or is closed.
      }
    },
  };
};
