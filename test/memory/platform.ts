/**
 * API Gateway and the queue's poller around the routes: routes events to handlers, delivers their answers, sends the
 * platform's own error when a handler fails, redelivers queue messages that were not done.
 */
import type { SQSRecord } from 'aws-lambda';
import type { ConnectEvent, MessageEvent, Reply } from '../../lambdas/apigateway/events.ts';
import type { Ports } from '../../lambdas/ports.ts';
import { settleDueMessages } from '../../lambdas/routes/auth-timeout.ts';
import { authenticate } from '../../lambdas/routes/authenticate.ts';
import { type ConnectSettings, connect } from '../../lambdas/routes/connect.ts';
import { disconnect } from '../../lambdas/routes/disconnect.ts';
import { message } from '../../lambdas/routes/message.ts';
import type { Conduct } from './port-call.ts';
import { deliver, hangUp, type Socket } from './sockets.ts';
import type { QueueMessage } from './timer.ts';
import type { World } from './world.ts';

/** How an invocation of a function ended. `stopped`: its sandbox did, half-way. */
export type Ended<T> =
  | Readonly<{ how: 'returned'; value: T }>
  | Readonly<{ how: 'threw'; error: unknown }>
  | Readonly<{ how: 'stopped' }>;

export type Visitor = Readonly<{
  connectionId?: string;
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  /** Headers of which each came in several lines; `headers` has the last of each then. */
  multiValueHeaders?: Readonly<Record<string, readonly string[]>>;
  sourceIp?: string;
  userAgent?: string;
}>;

type Route = 'authenticate' | 'message';

export type Saying = Readonly<{
  /** When API Gateway got it; now by default. */
  arrivedAtMs?: number;
  /** Where it was routed; by its `type` by default. */
  route?: Route;
  requestId?: string;
  conduct?: Conduct;
}>;

export type Platform = ReturnType<typeof platform>;

const visibilityMs = 30_000;
const maxReceives = 10;

export const platform = (world: World, settings: Partial<ConnectSettings> = {}) => {
  const beganAtMs = new Map<string, number>();
  let requests = 0;

  const run = async <T>(
    name: string,
    conduct: Conduct | undefined,
    handle: (ports: Ports) => Promise<T>,
  ): Promise<Ended<T>> => {
    const { ports, stopped } = world.ports(conduct, name);
    const handled = handle(ports).then(
      (value): Ended<T> => ({ how: 'returned', value }),
      (error: unknown): Ended<T> => ({ how: 'threw', error }),
    );
    return Promise.race([handled, stopped.then((how): Ended<T> => ({ how }))]);
  };

  const contextOf = (connectionId: string, requestId = `request-${++requests}`, arrivedAtMs = world.clock.nowMs) => ({
    connectionId,
    connectedAt: beganAtMs.get(connectionId) ?? world.clock.nowMs,
    requestTimeEpoch: arrivedAtMs,
    requestId,
    domainName: 'door.example',
    identity: { sourceIp: '203.0.113.7', userAgent: 'till/1.0' },
  });

  const socketOf = (connectionId: string): Socket => {
    const socket = world.sockets.byId.get(connectionId);
    if (socket === undefined) throw new Error(`nobody connected as ${connectionId}`);
    return socket;
  };

  /** Gives a batch to the timer's function; yields the ids of those that were not done and will come again. */
  const receiveBatch = async (batch: readonly QueueMessage[], conduct?: Conduct): Promise<readonly string[]> => {
    const Records = batch.map(recordOf);
    const name = `timer ${batch.map(({ messageId }) => messageId).join()}`;
    const ended = await run(name, conduct, (ports) => settleDueMessages(ports)({ Records }));
    const failed = batch.filter(
      ({ messageId }) =>
        ended.how !== 'returned' ||
        ended.value.batchItemFailures.some(({ itemIdentifier }) => itemIdentifier === messageId),
    );
    for (const one of failed) {
      const again = { ...one, receives: one.receives + 1, dueAtMs: world.clock.nowMs + visibilityMs };
      (again.receives < maxReceives ? world.queue.waiting : world.queue.deadLetters).push(again);
    }
    return failed.map(({ messageId }) => messageId);
  };

  return {
    /** The handshake. The socket opens when the handler says 200, and not before it has returned. */
    connect: async (visitor: Visitor = {}, conduct?: Conduct): Promise<Ended<Reply>> => {
      const { connectionId = 'c-1=', query = null, headers = null, multiValueHeaders = null, ...who } = visitor;
      beganAtMs.set(connectionId, world.clock.nowMs);
      const socket: Socket = { received: [], state: 'opening' };
      world.sockets.byId.set(connectionId, socket);
      const context = contextOf(connectionId);
      const event: ConnectEvent = {
        requestContext: { ...context, identity: { ...context.identity, ...who } },
        headers,
        multiValueHeaders,
        queryStringParameters: query,
      };
      const withDefaults = { authTimeoutSeconds: 5, allowedOrigins: [], developmentOrigins: false, ...settings };
      const ended = await run('$connect', conduct, (ports) => connect(ports, withDefaults)(event));
      const isOpen = ended.how === 'returned' && ended.value.statusCode === 200;
      socket.state = isOpen ? 'open' : 'closed';
      return ended;
    },

    /** One message of a client, and its answer on the way back. */
    say: async (text: string, saying: Saying = {}, connectionId = 'c-1='): Promise<Ended<Reply>> => {
      const { arrivedAtMs, requestId, route = routeOf(text), conduct } = saying;
      const event: MessageEvent = {
        requestContext: contextOf(connectionId, requestId, arrivedAtMs),
        body: text,
      };
      const handler = route === 'authenticate' ? authenticate : message;
      const ended = await run<Reply>(event.requestContext.requestId, conduct, (ports) => handler(ports)(event));
      const answer = answerOf(ended, event);
      if (answer) deliver(world.sockets, connectionId, answer.via, answer.text, world.clock.nowMs);
      return ended;
    },

    /** Runs `$disconnect`, whatever the socket is like; of an earlier connection of that id where `connectedAtMs` says so. */
    disconnected: (
      conduct?: Conduct,
      connectedAtMs?: number,
      disconnectStatusCode?: number | null,
    ): Promise<Ended<Reply>> => {
      const context = contextOf('c-1=');
      const closed = disconnectStatusCode === undefined ? {} : { disconnectStatusCode };
      const requestContext = { ...context, ...closed, connectedAt: connectedAtMs ?? context.connectedAt };
      return run('$disconnect', conduct, (ports) => disconnect(ports)({ requestContext }));
    },

    /** The client leaves; nobody is told. */
    leave: (connectionId = 'c-1='): boolean => hangUp(world.sockets, connectionId, 'client', world.clock.nowMs),

    /** Gives one queue message to its function; what was not done comes back after the visibility timeout. */
    receive: async (queued: QueueMessage, conduct?: Conduct): Promise<'done' | 'failed'> =>
      (await receiveBatch([queued], conduct)).length === 0 ? 'done' : 'failed',

    receiveBatch,

    /** Takes the messages that are due out of the queue. */
    takeDue: (): readonly QueueMessage[] => {
      const due = world.queue.waiting.filter(({ dueAtMs }) => dueAtMs <= world.clock.nowMs);
      world.queue.waiting = world.queue.waiting.filter(({ dueAtMs }) => dueAtMs > world.clock.nowMs);
      return due;
    },

    socketOf,
    /** The messages a client has read, in order. */
    readBy: (connectionId = 'c-1=') => socketOf(connectionId).received.map(({ message: read }) => read),
    /** The row, while more of it is there than its tombstone. */
    rowOf: (connectionId = 'c-1=') => {
      const row = world.connections.rows.get(connectionId);
      return row?.status === 'ended' ? undefined : row;
    },
  };
};

/** Moves the clock to the next message of the queue. */
export const waitForQueue = ({ queue, clock }: World): void => {
  clock.nowMs = Math.max(clock.nowMs, Math.min(...queue.waiting.map(({ dueAtMs }) => dueAtMs)));
};

/** Delivers every message of the queue when it is due, each to the end before the next, until none waits. */
export const drainQueue = async (world: World, door: Platform, conduct?: Conduct): Promise<void> => {
  while (world.queue.waiting.length > 0) {
    waitForQueue(world);
    for (const due of door.takeDue()) await door.receive(due, conduct);
  }
};

const routeOf = (text: string): Route => {
  try {
    const { type } = JSON.parse(text);
    return type === 'authenticate' || type === 'reauth' ? 'authenticate' : 'message';
  } catch {
    return 'message';
  }
};

const answerOf = (
  ended: Ended<Reply>,
  { requestContext: { connectionId, requestId } }: MessageEvent,
): { via: 'answer' | 'platform'; text: string } | undefined => {
  const failure = (text: string) =>
    ({ via: 'platform', text: JSON.stringify({ message: text, connectionId, requestId }) }) as const;
  switch (ended.how) {
    case 'returned':
      return ended.value.body === undefined ? undefined : { via: 'answer', text: ended.value.body };
    case 'threw':
      return failure('Internal server error');
    case 'stopped':
      return failure('Endpoint request timed out');
  }
};

/** A message as Lambda hands it over. */
export const recordOf = ({ messageId, body, receives }: QueueMessage): SQSRecord => ({
  messageId,
  body,
  receiptHandle: `receipt of ${messageId}`,
  attributes: {
    ApproximateReceiveCount: String(receives),
    SentTimestamp: '0',
    SenderId: 'maitred',
    ApproximateFirstReceiveTimestamp: '0',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:eu-west-1:111122223333:timer',
  awsRegion: 'eu-west-1',
});
