import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Arrivals } from './arrivals.ts';
import type { ApiBlueprint, RouteBlueprint } from './blueprint/api.ts';
import { type Closing, type Connections, goingAway, left, openConnection, tooBig } from './connections.ts';
import { delivered, type Faults } from './faults.ts';
import { limitFrames, maxMessageBytes } from './frame-limit.ts';
import type { GatewayEvent } from './gateway-event.ts';
import { isRecord } from './record.ts';
import { createRouteSelector } from './route-selection.ts';
import type { Outcome } from './sandbox/sandbox.ts';
import { connectEvent, disconnectEvent, type Handshake, messageEvent } from './websocket-events.ts';

type Parts = {
  readonly api: ApiBlueprint;
  /** Runs the function behind a route; the route's own timeout is kept. */
  readonly invoke: (route: RouteBlueprint, makeEvent: () => unknown, connectionId: string) => Promise<Outcome>;
  readonly connections: Connections;
  /** Is told of each message. */
  readonly arrivals: Arrivals;
  readonly faults: Faults;
  /** Epoch milliseconds; what `connectedAt` and `requestTimeEpoch` say. */
  readonly now: () => number;
  readonly idleTimeoutMs: number;
  readonly lifetimeMs: number;
  readonly onEvent: (event: GatewayEvent) => void;
};

/** API Gateway's side of the sockets. */
export type WebSocketFront = {
  /** For the `upgrade` event of an HTTP server. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Turns away who comes from now on, and whoever `$connect` is still being asked about, with 503. */
  readonly closeAdmission: () => void;
  /**
   * Closes every socket. With `tellFunctions` it resolves when `$disconnect` has run for each, or after five seconds;
   * otherwise the functions hear nothing of it.
   */
  readonly close: (tellFunctions: boolean) => Promise<void>;
};

/** Longest request line; API Gateway's quota for URLs. */
const maxUrlBytes = 4096;

/** How long `$disconnect` may take when the gateway stops. */
const closingMs = 5_000;

/** How long the first of two messages waits for a second one to overtake it. */
const reorderingMs = 50;

/**
 * Accepts WebSocket connections as API Gateway does: asks `$connect`, hands each message to the function of its route, tells
 * `$disconnect`. See `docs/decisions` for where the platform's behaviour is not known.
 */
export const createWebSocketFront = (parts: Parts): WebSocketFront => {
  const { api, invoke, connections, arrivals, faults, now, onEvent } = parts;
  const selectRoute = createRouteSelector(api);
  const accepted = new WeakMap<IncomingMessage, Accepted>();
  const underway = new Set<Promise<void>>();
  let isDeaf = false;
  let isShut = false;
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    // The function alone chooses the subprotocol; see `headers` below.
    handleProtocols: () => false,
    verifyClient: ({ req }, decide) => track(verify(req, decide)),
  });
  server.on('headers', (headers, request) => {
    const protocol = accepted.get(request)?.protocol;
    if (protocol !== undefined) headers.push(`Sec-WebSocket-Protocol: ${protocol}`);
  });

  const track = (work: Promise<void>): void => {
    const tracked = work.finally(() => underway.delete(tracked));
    underway.add(tracked);
  };

  const verify = async (request: IncomingMessage, decide: Decide): Promise<void> => {
    if (isShut) return decide(false, 503);
    const url = request.url ?? '/';
    if (url.length > maxUrlBytes) {
      onEvent({ type: 'misdirected', status: 414, maxUrlBytes });
      return decide(false, 414);
    }
    const stagePath = `/${api.stage}`;
    if (url.split('?')[0]?.replace(/\/$/, '') !== stagePath) {
      onEvent({ type: 'misdirected', status: 403, stagePath });
      return decide(false, 403);
    }
    const { handshake, status, protocol } = await askConnect(request);
    const isAccepted = status >= 200 && status <= 299;
    if (isShut) {
      if (isAccepted) closed(handshake, goingAway);
      return decide(false, 503);
    }
    if (!isAccepted) {
      const { connectionId, sourceIp } = handshake;
      onEvent({ type: 'refused', connectionId, sourceIp, status });
      return decide(false, status);
    }
    accepted.set(request, { handshake, protocol });
    // A client that left meanwhile never gets a socket, but `$connect` has been told of it.
    if (!request.socket.readable || !request.socket.writable) closed(handshake, left);
    decide(true);
  };

  const open = (webSocket: WebSocket, request: IncomingMessage): void => {
    const { handshake } = accepted.get(request) ?? {};
    if (handshake === undefined) throw new Error('a socket was opened that $connect has not accepted');
    const connection = openConnection({
      socket: webSocket,
      handshake,
      idleTimeoutMs: parts.idleTimeoutMs,
      lifetimeMs: parts.lifetimeMs,
      now,
      onMessage: ordered((body) => track(receive(handshake, body))),
      onClosed: (closing) => closed(handshake, closing),
    });
    limitFrames(request.socket, () => connection.close(tooBig));
    connections.set(handshake.connectionId, connection);
    onEvent({ type: 'connected', connectionId: handshake.connectionId, sourceIp: handshake.sourceIp });
  };

  const askConnect = async (request: IncomingMessage): Promise<ConnectAnswer & { readonly handshake: Handshake }> => {
    let handshake: Handshake = {
      // Eleven bytes make fifteen characters and one "=", the form of API Gateway's own ids.
      connectionId: randomBytes(11).toString('base64'),
      connectedAt: now(),
      sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
      userAgent: request.headers['user-agent'],
      host: request.headers.host ?? 'localhost',
    };
    const route = api.routes.get('$connect');
    if (route === undefined) return { handshake, status: 200, protocol: undefined };
    const makeEvent = () => {
      // A handshake that had to wait for its function began when it did not any more: its time for the first message is whole.
      handshake = { ...handshake, connectedAt: now() };
      return connectEvent(api, handshake, request);
    };
    const outcome = await invoke(route, makeEvent, handshake.connectionId);
    return { handshake, ...connectAnswerOf(outcome) };
  };

  /** With `reversed`, a message waits until the next one has gone ahead of it. */
  const ordered = (handle: (body: string) => void): ((body: string) => void) => {
    let overtake: (() => void) | undefined;
    return (body) => {
      if (faults.messageOrder === 'kept') return handle(body);
      if (overtake !== undefined) {
        handle(body);
        return overtake();
      }
      const late = () => {
        clearTimeout(timer);
        overtake = undefined;
        handle(body);
      };
      const timer = setTimeout(late, reorderingMs);
      overtake = late;
    };
  };

  const receive = async (handshake: Handshake, body: string): Promise<void> => {
    const route = selectRoute(body);
    const { connectionId } = handshake;
    const reply = (text: string): void => connections.get(connectionId)?.send(text);
    if (route === undefined) return reply(errorFrame('Forbidden', connectionId, crypto.randomUUID()));
    const event = messageEvent(api, handshake, now(), route.key, body);
    const arrival = arrivals.add(connectionId);
    const makeEvent = () => {
      arrival.started();
      return event;
    };
    const outcome = await invoke(route, makeEvent, connectionId).finally(arrival.done);
    const { requestId } = event.requestContext;
    if (outcome.kind === 'timed_out') return reply(errorFrame('Endpoint request timed out', connectionId, requestId));
    if (outcome.kind !== 'returned') return reply(errorFrame('Internal server error', connectionId, requestId));
    if (!route.replies) return;
    const text = bodyOf(outcome.value);
    if (text === undefined || Buffer.byteLength(text) > maxMessageBytes)
      return reply(errorFrame('Internal server error', connectionId, requestId));
    if (text !== '') reply(text);
  };

  const closed = (handshake: Handshake, closing: Closing): void => {
    const { connectionId, connectedAt } = handshake;
    connections.delete(connectionId);
    onEvent({ type: 'closed', connectionId, ...closing, openMs: now() - connectedAt });
    const route = api.routes.get('$disconnect');
    if (route === undefined || isDeaf) return;
    const event = disconnectEvent(api, handshake, now(), closing.code, closing.reason);
    track(
      delivered(faults.disconnects, async () => {
        await invoke(route, () => event, connectionId);
      }),
    );
  };

  return {
    upgrade: (request, socket, head) => server.handleUpgrade(request, socket, head, open),
    closeAdmission: () => {
      isShut = true;
    },
    close: async (tellFunctions) => {
      isDeaf = !tellFunctions;
      for (const connection of connections.values()) connection.close(goingAway);
      if (tellFunctions) await Promise.race([allDone(underway), once(AbortSignal.timeout(closingMs), 'abort')]);
      for (const webSocket of server.clients) webSocket.terminate();
      server.close();
    },
  };
};

/** Work that is under way may begin more of it: a handshake that is turned away is followed by its `$disconnect`. */
const allDone = async (underway: ReadonlySet<Promise<void>>): Promise<void> => {
  while (underway.size > 0) await Promise.all(underway);
};

type Accepted = { readonly handshake: Handshake; readonly protocol: string | undefined };

type Decide = (isAccepted: boolean, status?: number) => void;

type ConnectAnswer = { readonly status: number; readonly protocol: string | undefined };

/** A throw or a malformed result is 502; what API Gateway says after a timeout is the gateway timeout's 504. */
const connectAnswerOf = (outcome: Outcome): ConnectAnswer => {
  if (outcome.kind === 'timed_out') return { status: 504, protocol: undefined };
  const value = outcome.kind === 'returned' ? outcome.value : undefined;
  const status = isRecord(value) ? value['statusCode'] : undefined;
  if (!isRecord(value) || typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599)
    return { status: 502, protocol: undefined };
  const headers = Object.entries(isRecord(value['headers']) ? value['headers'] : {});
  const protocol = headers.find(([name]) => name.toLowerCase() === 'sec-websocket-protocol')?.[1];
  return { status, protocol: typeof protocol === 'string' ? protocol : undefined };
};

/** What goes back to the caller; undefined when the result is not one of a proxy integration. */
const bodyOf = (value: unknown): string | undefined => {
  if (!isRecord(value) || typeof value['statusCode'] !== 'number') return undefined;
  const body = value['body'] ?? '';
  return typeof body === 'string' ? body : undefined;
};

const errorFrame = (message: string, connectionId: string, requestId: string): string =>
  JSON.stringify({ message, connectionId, requestId });
