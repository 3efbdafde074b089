import type { WebSocket } from 'ws';
import type { Handshake } from './websocket-events.ts';

/** Why a connection ends: a WebSocket close code and the words API Gateway passes to `$disconnect`. */
export type Closing = { readonly code: number; readonly reason: string };

/** One open socket, from the moment its upgrade is complete until it closes or is deleted. */
export type Connection = {
  readonly handshake: Handshake;
  readonly lastActiveAt: () => number;
  /** Bytes the client has not taken yet. */
  readonly bufferedBytes: () => number;
  readonly send: (text: string | Buffer) => void;
  /** Closes from this side; `$disconnect` follows at once, whether or not the client answers. */
  readonly close: (closing: Closing) => void;
};

/** The open connections by id. */
export type Connections = Map<string, Connection>;

export type ConnectionOptions = {
  readonly socket: WebSocket;
  readonly handshake: Handshake;
  readonly idleTimeoutMs: number;
  readonly lifetimeMs: number;
  readonly now: () => number;
  readonly onMessage: (body: string) => void;
  /** Called exactly once. */
  readonly onClosed: (closing: Closing) => void;
};

/** Idle for too long, open for too long, or the gateway stops. */
export const goingAway: Closing = { code: 1001, reason: 'Going away' };

/** The client went without a closing handshake. */
export const left: Closing = { code: 1006, reason: 'Connection closed abnormally' };

/** A message or a frame over the platform's limits. */
export const tooBig: Closing = { code: 1009, reason: 'Message too big' };

/** How long the client may take to answer a close frame. */
const closeTimeoutMs = 5_000;

/** Watches over one socket: idle time, lifetime, binary frames and its end. */
export const openConnection = (options: ConnectionOptions): Connection => {
  const { socket, handshake, now } = options;
  let lastActiveAt = now();
  let isClosed = false;

  const close = (closing: Closing): void => {
    if (isClosed) return;
    ended(closing);
    socket.close(closing.code);
    const drop = setTimeout(() => socket.terminate(), closeTimeoutMs).unref();
    socket.once('close', () => clearTimeout(drop));
  };
  const idle = setTimeout(close, options.idleTimeoutMs, goingAway).unref();
  const lifetime = setTimeout(close, options.lifetimeMs, goingAway).unref();

  const ended = (closing: Closing): void => {
    if (isClosed) return;
    isClosed = true;
    clearTimeout(idle);
    clearTimeout(lifetime);
    options.onClosed(closing);
  };
  const active = (): void => {
    lastActiveAt = now();
    idle.refresh();
  };

  socket.on('message', (data: Buffer, isBinary) => {
    if (isClosed) return;
    if (isBinary) return close({ code: 1003, reason: 'Binary frames are not supported' });
    active();
    options.onMessage(data.toString());
  });
  // What breaks the framing is closed by the receiver itself, which does not wait for the client's answer.
  socket.on('error', (error: Error & { code?: string }) => ended(closingOf(error.code)));
  socket.on('close', (code, reason) => {
    if (code === left.code) ended(left);
    else ended({ code, reason: reason.toString() || (wordsOf.get(code) ?? '') });
  });

  return {
    handshake,
    lastActiveAt: () => lastActiveAt,
    bufferedBytes: () => socket.bufferedAmount,
    send: (text) => {
      active();
      socket.send(text, { binary: false });
    },
    close,
  };
};

const closingOf = (errorCode = ''): Closing => {
  if (errorCode === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return tooBig;
  if (errorCode === 'WS_ERR_INVALID_UTF8') return { code: 1007, reason: 'Invalid UTF-8' };
  return { code: 1002, reason: 'Protocol error' };
};

/** What API Gateway puts into `disconnectReason` when the client gave none. */
const wordsOf: ReadonlyMap<number, string> = new Map([
  [1000, 'Connection Closed Normally'],
  [1001, 'Going away'],
  [1005, 'Client-side close frame status not set'],
]);
