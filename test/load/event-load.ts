/** Sockets that hear a restaurant's events, and a publisher that knows when the last of them has heard one. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { WebSocket } from 'ws';
import { putMembership } from '../../lambdas/dynamodb/membership-administration.ts';
import { signer } from '../../transport/signer.ts';
import { inParallel } from './load-client.ts';
import type { Subject } from './subject-process.ts';

/** Where a subject's engines are reached. */
export type Places = Readonly<{
  sqsEndpoint: string;
  eventQueueUrl: string;
  dynamodbEndpoint: string;
  membershipsTable: string;
  operator: Readonly<{ accessKeyId: string; secretAccessKey: string; region: string }>;
}>;

export type Audience = Readonly<{
  /** Publishes one event; resolves with the milliseconds until the last socket of its restaurant has it. */
  publish: (restaurant: number) => Promise<number>;
  /** Everything between a restaurant's first event and its last one, pulled; resolves with how long it took. */
  replay: (restaurant: number) => Promise<Readonly<{ events: number; ms: number }>>;
  close: () => void;
}>;

export type Deliveries = Readonly<{
  eventsPerSecond: number;
  deliveriesPerSecond: number;
  p50Ms: number;
  p99Ms: number;
}>;

const timeoutMs = 20_000;

/** Opens `sockets` kitchen displays in each of so many restaurants of their own. */
export const openAudience = async (gateway: Subject, restaurants: number, sockets: number): Promise<Audience> => {
  const places = (await gateway.ask('places')) as Places;
  const token = await gateway.ask('token');
  const run = Math.random().toString(36).slice(2, 8);
  const idOf = (restaurant: number): string => `r-load-${run}-${restaurant}`;
  await enrolEverywhere(
    places,
    Array.from({ length: restaurants }, (_, i) => idOf(i)),
  );

  const waiting = new Map<string, { left: number; done: () => void }>();
  const open: WebSocket[][] = Array.from({ length: restaurants }, () => []);
  const hello = (restaurant: number): string =>
    JSON.stringify({
      type: 'authenticate',
      token,
      restaurant_id: idOf(restaurant),
      connection_type: 'kitchen',
      batch: true,
    });
  await inParallel(restaurants * sockets, 10, async (index) => {
    const restaurant = index % restaurants;
    const socket = await authenticated(gateway.url, hello(restaurant));
    socket.on('message', (data) => {
      for (const key of keysIn(JSON.parse(String(data)))) {
        const event = waiting.get(key);
        if (event === undefined) continue;
        event.left -= 1;
        if (event.left === 0) event.done();
      }
    });
    open[restaurant]?.push(socket);
  });

  const send = sender(places);
  let published = 0;
  return {
    publish: (restaurant) =>
      new Promise((resolve, reject) => {
        const key = `k-${++published}`;
        const startedMs = performance.now();
        const timer = setTimeout(() => reject(new Error('an event did not reach everybody')), timeoutMs);
        waiting.set(key, {
          left: sockets,
          done: () => {
            clearTimeout(timer);
            waiting.delete(key);
            resolve(performance.now() - startedMs);
          },
        });
        send(idOf(restaurant), key).catch(reject);
      }),
    replay: async (restaurant) => {
      const socket = open[restaurant]?.[0];
      if (socket === undefined) throw new Error('nobody is there');
      const startedMs = performance.now();
      let after = 0;
      let events = 0;
      for (;;) {
        const answered = nextOfType(socket, 'replayed');
        socket.send(JSON.stringify({ type: 'replay', after }));
        const page = await answered;
        events += page.events.length;
        after = page.next_after;
        if (!page.more) return { events, ms: performance.now() - startedMs };
      }
    },
    close: () => {
      for (const socket of open.flat()) socket.terminate();
    },
  };
};

/** Keeps so many events outstanding, the restaurants in turn, for `count` events. */
export const deliver = async (
  audience: Audience,
  {
    restaurants,
    sockets,
    outstanding,
    count,
  }: Readonly<Record<'restaurants' | 'sockets' | 'outstanding' | 'count', number>>,
): Promise<Deliveries> => {
  const tookMs: number[] = [];
  const seconds = await inParallel(count, outstanding, async (index) => {
    tookMs.push(await audience.publish(index % restaurants));
  });
  tookMs.sort((a, b) => a - b);
  const quantile = (q: number): number => tookMs[Math.min(tookMs.length - 1, Math.floor(tookMs.length * q))] ?? 0;
  return {
    eventsPerSecond: count / seconds,
    deliveriesPerSecond: (count * sockets) / seconds,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
  };
};

const enrolEverywhere = async (places: Places, restaurants: readonly string[]): Promise<void> => {
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint: places.dynamodbEndpoint,
      region: places.operator.region,
      credentials: places.operator,
    }),
    { marshallOptions: { removeUndefinedValues: true } },
  );
  for (const restaurantId of restaurants)
    await putMembership({ client, tableName: places.membershipsTable })({
      restaurantId,
      issuer: 'demo',
      userId: 'u-chef',
      role: 'employee',
    });
  client.destroy();
};

const authenticated = (url: string, hello: string): Promise<WebSocket> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.once('error', reject);
    socket.once('open', () => socket.send(hello));
    socket.once('message', (data) => {
      if (String(data).startsWith('{"type":"auth_success"')) resolve(socket);
      else reject(new Error(`refused: ${data}`));
    });
  });

type Heard = Readonly<{ type?: string; data?: { key?: string }; events?: readonly Heard[] }>;

const keysIn = (frame: Heard): readonly string[] =>
  (frame.type === 'events' ? (frame.events ?? []) : [frame]).flatMap(({ data }) => (data?.key ? [data.key] : []));

type Page = Readonly<{ events: readonly unknown[]; next_after: number; more: boolean }>;

const nextOfType = (socket: WebSocket, type: string): Promise<Page> =>
  new Promise((resolve) => {
    const look = (data: unknown): void => {
      const frame = JSON.parse(String(data));
      if (frame.type !== type) return;
      socket.off('message', look);
      resolve(frame);
    };
    socket.on('message', look);
  });

/** A backend's `SendMessage`, without the SDK's cost in the process that measures. */
const sender = ({ sqsEndpoint, eventQueueUrl, operator }: Places) => {
  const { protocol, hostname, port, host } = new URL(sqsEndpoint);
  const sign = signer('sqs', operator.region, () => operator);
  return async (restaurantId: string, key: string): Promise<void> => {
    const body = JSON.stringify({
      QueueUrl: eventQueueUrl,
      MessageGroupId: restaurantId,
      MessageDeduplicationId: `${restaurantId}-${key}`,
      MessageBody: JSON.stringify({
        v: 1,
        type: 'order.created',
        id: key,
        data: { key, order_id: key, items: ['soup'] },
      }),
    });
    const headers = { host, 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' };
    const request = { method: 'POST', protocol, hostname, port: Number(port), path: '/', headers };
    const signed = await sign({ ...request, body: Buffer.from(body) }, Date.now());
    const answer = await fetch(sqsEndpoint, { method: 'POST', headers: signed.headers, body });
    if (!answer.ok) throw new Error(`the queue answered ${answer.status}: ${await answer.text()}`);
  };
};
