/** A restaurant of its own on a local gateway, and the devices in it: the SDK, with everything it told written down. */
import { setTimeout as delay } from 'node:timers/promises';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import {
  type ClientState,
  type ConnectionType,
  type ConnectOptions,
  connect,
  type End,
  type Gap,
  type MaitredClient,
  type RestaurantEvent,
  type Timing,
  type TokenReason,
  type TraceEntry,
} from '../../client/src/index.ts';
import { putMembership } from '../../lambdas/dynamodb/membership-administration.ts';
import type { DemoUser } from '../../local/demo.ts';
import type { Role } from '../../protocol/identifiers.ts';
import type { GatewayFixture } from '../conversation/gateway-fixture.ts';

/** Waits of a network that comes back soon. Those that keep the gateway's limits are the client's own. */
const quick: Partial<Timing> = { backoffBaseMs: 10, backoffCapMs: 80 };

export type Device = Readonly<{
  client: MaitredClient;
  events: readonly RestaurantEvent[];
  gaps: readonly Gap[];
  states: readonly ClientState[];
  ends: readonly End[];
  errors: readonly unknown[];
  asked: readonly TokenReason[];
  trace: readonly TraceEntry[];
  seqs: () => readonly number[];
  /** Types of the frames that went one way, in order. */
  frames: (way: 'sent' | 'received') => readonly string[];
  /** Resolves once it holds; looks again whenever the client tells anything. Fails with what the device knows instead. */
  until: (what: string, is: () => boolean) => Promise<void>;
  hears: (count: number) => Promise<void>;
  is: (status: ClientState['status']) => Promise<void>;
}>;

export type DeviceOptions = Partial<ConnectOptions> & Readonly<{ token?: () => Promise<string> }>;

export type Restaurant = Readonly<{
  id: string;
  /** A device that begins to connect. */
  place: (user: DemoUser, connectionType: ConnectionType, options?: DeviceOptions) => Promise<Device>;
  /** One that is connected. */
  enter: (user: DemoUser, connectionType: ConnectionType, options?: DeviceOptions) => Promise<Device>;
  /** Puts an event of a backend into the queue. */
  backendSays: (data: Readonly<Record<string, unknown>>, type?: string) => Promise<void>;
  /**
   * Runs the fan-out with several messages at once, which the queue does when it has several. Messages of the same batch and
   * place are the same messages.
   */
  fanOut: (all: readonly Readonly<Record<string, unknown>>[], batch?: string) => Promise<void>;
  /** An event of a backend soon after the one before has reached the witness, until it is stopped; yields how many. */
  flow: (witness: Device) => Readonly<{ stop: () => Promise<number> }>;
  close: () => void;
}>;

const timeoutMs = 45_000;
/** A flow as fast as the machine would take all of it from whatever else is tested. */
const flowPauseMs = 50;
const roles: Readonly<Partial<Record<DemoUser, Role>>> = { owner: 'restaurant_owner', manager: 'manager' };
const messageType = (text: string): string => String(JSON.parse(text).type);

/** @param fixture the gateway is looked up when it is used, so that one may follow another */
export const openRestaurant = (fixture: () => GatewayFixture, id: string): Restaurant => {
  const clients: MaitredClient[] = [];
  let said = 0;

  const place: Restaurant['place'] = async (user, connectionType, { token, ...options } = {}) => {
    const membership = { restaurantId: id, issuer: 'demo', userId: `u-${user}`, role: roles[user] ?? 'employee' };
    await putMembership(fixture().memberships)(membership);
    const device = deviceOf({
      url: fixture().gateway.url,
      restaurantId: id,
      connectionType,
      getToken: token ?? (() => fixture().token(user)),
      ...options,
      timing: { ...quick, ...options.timing },
    });
    clients.push(device.client);
    return device;
  };

  const backendSays: Restaurant['backendSays'] = async (data, type = 'order.created') => {
    const { sqsEndpoint, operator, queues } = fixture().gateway;
    const sqs = new SQSClient({ endpoint: sqsEndpoint, region: 'us-east-1', credentials: operator });
    const MessageDeduplicationId = `${id}-${++said}`;
    const MessageBody = JSON.stringify({ v: 1, type, data });
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queues['EventQueue'],
        MessageGroupId: id,
        MessageDeduplicationId,
        MessageBody,
      }),
    );
    sqs.destroy();
  };

  return {
    id,
    place,
    enter: async (...who) => {
      const device = await place(...who);
      await device.is('connected');
      return device;
    },
    backendSays,
    fanOut: async (all, batch = `batch-${++said}`) => {
      const Records = all.map((data, index) => ({
        messageId: `${id}-${batch}-${index}`,
        receiptHandle: 'of no queue',
        body: JSON.stringify({ v: 1, type: 'order.created', data }),
        attributes: { MessageGroupId: id, SentTimestamp: String(Date.now()), ApproximateReceiveCount: '1' },
      }));
      const outcome = await fixture().gateway.invoke('FanOutFunction', { Records });
      if (JSON.stringify(outcome) !== '{"kind":"returned","value":{"batchItemFailures":[]}}')
        throw new Error(`Expected all to be fanned out, got ${JSON.stringify(outcome)}`);
    },
    flow: (witness) => {
      let isStopped = false;
      let count = 0;
      const flowing = (async () => {
        while (!isStopped) {
          const before = witness.events.length;
          await backendSays({ order_id: `flow-${++count}` });
          await witness.hears(before + 1);
          await delay(flowPauseMs);
        }
      })();
      flowing.catch(() => {});
      return {
        stop: async () => {
          isStopped = true;
          await flowing;
          return count;
        },
      };
    },
    close: () => {
      for (const client of clients.splice(0)) client.close();
    },
  };
};

const deviceOf = (options: ConnectOptions): Device => {
  const events: RestaurantEvent[] = [];
  const gaps: Gap[] = [];
  const states: ClientState[] = [];
  const ends: End[] = [];
  const errors: unknown[] = [];
  const asked: TokenReason[] = [];
  const trace: TraceEntry[] = [];
  const looks = new Set<() => void>();
  const noting =
    <T>(list: T[]) =>
    (one: T): void => {
      list.push(one);
      for (const look of looks) look();
    };
  const client = connect({
    onError: noting(errors),
    trace: noting(trace),
    ...options,
    getToken: (why) => {
      asked.push(why);
      return options.getToken(why);
    },
  });
  client.on('*', noting(events));
  client.onGap(noting(gaps));
  client.onState(noting(states));
  client.onEnd(noting(ends));

  const seqs = () => events.map(({ seq }) => seq);
  const until: Device['until'] = (what, is) =>
    new Promise((resolve, reject) => {
      const done = (settle: () => void): void => {
        clearTimeout(timer);
        looks.delete(look);
        settle();
      };
      const look = (): void => {
        if (is()) done(resolve);
      };
      const timer = setTimeout(() => {
        const known = JSON.stringify({ state: client.state, seqs: seqs(), gaps, asked });
        done(() => reject(new Error(`Expected ${what}, got ${known}`)));
      }, timeoutMs);
      looks.add(look);
      look();
    });
  return {
    client,
    events,
    gaps,
    states,
    ends,
    errors,
    asked,
    trace,
    seqs,
    frames: (way) => trace.flatMap((entry) => (entry.kind === way ? [messageType(entry.text)] : [])),
    until,
    hears: (count) => until(`${count} events`, () => events.length >= count),
    is: (status) => until(status, () => client.state.status === status),
  };
};
