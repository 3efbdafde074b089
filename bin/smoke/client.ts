/** A client whose frames are a queue and whose end is a promise: whoever uses it waits for events and never sleeps. */
import { type RawData, WebSocket } from 'ws';

export type ClientOptions = Readonly<{
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  protocols?: readonly string[];
  /** How long any one wait may take before it fails, in milliseconds. Default: 10 s. */
  timeoutMs?: number;
}>;

/** What goes out: text and bytes as they are, an object as JSON. */
export type Said = string | Buffer | object;

export type Client = Readonly<{
  send: (said: Said) => void;
  /** Sends one text message in frames of `frameBytes`. */
  sendInFrames: (text: string | Buffer, frameBytes: number) => void;
  /** The next frame; rejects when the socket closes or the timeout ends before one comes. Frames that came earlier are not lost. */
  next: () => Promise<string>;
  /** Resolves with the close code when the socket has closed; rejects when the timeout ends first. */
  closed: () => Promise<number>;
  /** Frames that have come and were not taken. */
  untaken: () => readonly string[];
  /** Empty frames, which a client ignores; they are in no queue. */
  emptyFrames: () => number;
  isOpen: () => boolean;
  subprotocol: string;
  /** Leaves with a closing handshake and waits for its end. */
  leave: () => Promise<number>;
  /** Cuts the line. */
  drop: () => void;
}>;

/** The handshake was answered with a status other than 101. */
export class HandshakeRefused extends Error {
  readonly code = 'HANDSHAKE_REFUSED';
  readonly status: number;

  constructor(status: number) {
    super(`the handshake was answered with ${status}`);
    this.name = 'HandshakeRefused';
    this.status = status;
  }
}

/** What was waited for did not come. */
export class NothingCame extends Error {
  readonly code = 'NOTHING_CAME';

  constructor(awaited: string, instead: string) {
    super(`${awaited} was awaited, ${instead}`);
    this.name = 'NothingCame';
  }
}

const defaultTimeoutMs = 10_000;

/** Opens a socket; rejects with `HandshakeRefused`, or with whatever kept it from being opened. */
export const connect = async (url: string, options: ClientOptions = {}): Promise<Client> => {
  const { query = {}, headers = {}, protocols = [], timeoutMs = defaultTimeoutMs } = options;
  const address = new URL(url);
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  const socket = new WebSocket(address, [...protocols], { headers, handshakeTimeout: timeoutMs });
  const client = watch(socket, timeoutMs);
  await opened(socket);
  return client;
};

const opened = (socket: WebSocket): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
    socket.once('unexpected-response', (request, response) => {
      reject(new HandshakeRefused(response.statusCode ?? 0));
      request.destroy();
    });
  });

const watch = (socket: WebSocket, timeoutMs: number): Client => {
  const frames: string[] = [];
  const arrivals: (() => void)[] = [];
  let emptyFrames = 0;
  let closeCode: number | undefined;

  const arrived = (): void => {
    for (const tell of arrivals.splice(0)) tell();
  };
  socket.on('message', (data: RawData) => {
    const text = data.toString();
    if (text === '') emptyFrames += 1;
    else frames.push(text);
    arrived();
  });
  socket.on('close', (code) => {
    closeCode = code;
    arrived();
  });
  // A socket that fails closes, too; and that is waited for.
  socket.on('error', () => {});

  /** Asks `find` at every arrival until it finds something. */
  const until = <T>(awaited: string, find: () => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      let isOver = false;
      const timer = setTimeout(() => {
        isOver = true;
        reject(new NothingCame(awaited, `nothing came in ${timeoutMs} ms`));
      }, timeoutMs);
      const look = (): void => {
        if (isOver) return;
        const found = find();
        if (found === undefined && closeCode === undefined) return void arrivals.push(look);
        clearTimeout(timer);
        if (found !== undefined) resolve(found);
        else reject(new NothingCame(awaited, `the socket was closed with ${closeCode}`));
      };
      look();
    });

  return {
    send: (said) => socket.send(typeof said === 'string' || Buffer.isBuffer(said) ? said : JSON.stringify(said)),
    sendInFrames: (text, frameBytes) => {
      const bytes = typeof text === 'string' ? Buffer.from(text) : text;
      for (let at = 0; at < bytes.length; at += frameBytes)
        socket.send(bytes.subarray(at, at + frameBytes), { binary: false, fin: at + frameBytes >= bytes.length });
    },
    next: () => until('a frame', () => frames.shift()),
    closed: () => until('the close', () => closeCode),
    untaken: () => [...frames],
    emptyFrames: () => emptyFrames,
    isOpen: () => socket.readyState === WebSocket.OPEN,
    get subprotocol() {
      return socket.protocol;
    },
    leave: async () => {
      socket.close(1000);
      return until('the close', () => closeCode);
    },
    drop: () => socket.terminate(),
  };
};
