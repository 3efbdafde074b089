/** What the client uses of a WebSocket: the part that React Native, browsers, Node and the `ws` package agree on. */
export type Socket = {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  send(data: string): void;
  close(code?: number): void;
};

export type SocketConstructor = new (url: string) => Socket;

type SocketEvents = Readonly<{
  opened: () => void;
  received: (payload: unknown) => void;
  closed: (code: number | undefined) => void;
}>;

/** A socket that throws nowhere: what cannot be opened or sent on is closed. Events come later, never from within. */
export const openSocket = (Constructor: SocketConstructor, url: string, events: SocketEvents) => {
  let socket: Socket;
  try {
    socket = new Constructor(url);
  } catch {
    Promise.resolve()
      .then(() => events.closed(undefined))
      .catch(() => undefined);
    return { send: () => undefined, close: () => undefined };
  }
  socket.onopen = () => events.opened();
  socket.onmessage = (event: Readonly<{ data?: unknown }>) => events.received(event?.data);
  // A close follows, or the deadline of the attempt. Without a handler Node's `ws` would throw.
  socket.onerror = () => undefined;
  socket.onclose = (event: Readonly<{ code?: unknown }>) =>
    events.closed(typeof event?.code === 'number' ? event.code : undefined);
  return {
    send: (text: string): void => {
      try {
        socket.send(text);
      } catch {
        events.closed(undefined);
      }
    },
    close: (): void => {
      try {
        socket.close(1000);
      } catch {
        // It never opened, or is closed.
      }
    },
  };
};
