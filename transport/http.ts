/** One request and its whole answer over HTTP, within a time, and no more of it than fits into memory. */
import type { AgentOptions, Agent as HttpAgent } from 'node:http';
import type { Socket } from 'node:net';
import { Agent as HttpsAgent, request as overHttps } from 'node:https';

export type HttpRequest = Readonly<{
  method: string;
  /** `http:` or `https:`. */
  protocol: string;
  hostname: string;
  port?: number;
  path: string;
  headers: Record<string, string>;
  body?: Uint8Array;
}>;

export type HttpResponse = Readonly<{
  statusCode: number;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}>;

export type HandlerOptions = Readonly<{
  /** For a new connection, without its TLS. Default: none but that of the request. */
  connectionTimeout?: number;
  /** For all of an attempt, its body included. Default: none. */
  requestTimeout?: number;
  httpAgent?: AgentOptions;
  httpsAgent?: AgentOptions;
}>;

/** Where each try of a call comes by. Whoever binds a deadline to a client puts its own function in the place of `handle`. */
export type RequestHandler = {
  handle: (
    request: HttpRequest,
    options?: Readonly<{ requestTimeout?: number }>,
  ) => Promise<Readonly<{ response: HttpResponse }>>;
  destroy: () => void;
};

/** An answer of DynamoDB has 16 MB at most, somewhat more as JSON. */
export const maxBodyBytes = 32 * 1024 * 1024;

/** The answer goes on and on. It is not asked for again. */
export class ResponseTooLarge extends Error {
  readonly code = 'RESPONSE_TOO_LARGE';

  constructor() {
    super(`the answer has more than ${maxBodyBytes} bytes`);
    this.name = 'ResponseTooLarge';
  }
}

/** Connections are kept and used again. A redirect is an answer like any other: nobody follows it. */
export const requestHandler = ({
  connectionTimeout,
  requestTimeout: usualTimeout,
  httpAgent,
  httpsAgent,
}: HandlerOptions = {}): RequestHandler => {
  const kept = { keepAlive: true, maxSockets: 50 };
  let plain: HttpAgent | undefined;
  let secure: HttpsAgent | undefined;
  const plainAgent = () => (plain ??= new (http().Agent)({ ...kept, ...httpAgent }));
  const secureAgent = () => (secure ??= new HttpsAgent({ ...kept, ...httpsAgent }));

  return {
    handle: ({ method, protocol, hostname: host, port, path, headers, body }, { requestTimeout = usualTimeout } = {}) =>
      new Promise((resolve, reject) => {
        const options = { method, host, path, headers, ...(port === undefined ? {} : { port }) };
        const outgoing =
          protocol === 'https:'
            ? overHttps({ ...options, agent: secureAgent() })
            : http().request({ ...options, agent: plainAgent() });

        const settled = () => {
          clearTimeout(connecting);
          clearTimeout(answering);
        };
        const fail = (error: Error) => {
          settled();
          reject(timedOutCodes.has(codeOf(error)) ? Object.assign(error, { name: 'TimeoutError' }) : error);
          outgoing.destroy();
        };
        const after = (ms: number | undefined, what: string) =>
          ms === undefined || ms === 0 ? undefined : setTimeout(() => fail(timeoutError(what, ms)), ms);
        const connecting = after(connectionTimeout, 'the connection was not made');
        const answering = after(requestTimeout, 'the request was not answered');

        const assigned = (socket: Socket) => {
          if (socket.connecting) socket.once('connect', () => clearTimeout(connecting));
          else clearTimeout(connecting);
        };
        // A request of the local gateway's sandboxes has its socket from the beginning.
        if (outgoing.socket) assigned(outgoing.socket);
        else outgoing.on('socket', assigned);
        // More than once: what is destroyed may fail again.
        outgoing.on('error', fail);
        outgoing.on('response', (incoming) => {
          const chunks: Buffer[] = [];
          let bytes = 0;
          incoming.on('data', (chunk: Buffer) => {
            bytes += chunk.length;
            if (bytes > maxBodyBytes) fail(new ResponseTooLarge());
            else chunks.push(chunk);
          });
          incoming.on('error', fail);
          incoming.on('end', () => {
            settled();
            const [first = Buffer.alloc(0)] = chunks;
            const whole = chunks.length < 2 ? first : Buffer.concat(chunks);
            resolve({
              response: { statusCode: incoming.statusCode ?? 0, headers: textsOf(incoming.headers), body: whole },
            });
          });
        });
        outgoing.end(body);
      }),
    destroy: () => {
      plain?.destroy();
      secure?.destroy();
    },
  };
};

/**
 * As it is loaded anyway, under `node:https`. To import it by name would read each of its exports, and one of those loads a WebSocket
 * client: 20 ms of a cold start, for a protocol that nothing on AWS speaks.
 */
const http = () => process.getBuiltinModule('node:http');

/** A connection that the other side has closed while nobody looked ends like one that takes too long: it is tried again. */
const timedOutCodes: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

const codeOf = (error: Error): string => ('code' in error ? String(error.code) : '');

const timeoutError = (what: string, ms: number): Error =>
  Object.assign(new Error(`${what} within ${ms} ms`), { code: 'ETIMEDOUT' });

/** Of a header that came several times, its values in one. */
const textsOf = (headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> => {
  const texts: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) texts[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return texts;
};
