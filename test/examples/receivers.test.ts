/**
 * The receivers of examples/ behind the local gateway's webhook: an order is stored once and confirmed once, whatever is killed when.
 * `PYTHON` names an interpreter that has the packages of the one in Python, as .ci/receivers makes one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { localTarget, placesOf } from '../../bin/target.ts';
import { connect, type MaitredClient, type RestaurantEvent } from '../../client/src/index.ts';
import { keptAssembly } from '../../lib/kept-assembly.ts';
import { type Gateway, startGateway } from '../../local/gateway.ts';
import { listen } from '../../local/loopback.ts';
import { until } from '../conversation/until.ts';
import { openQueueFront, receivers, type RunningReceiver, startReceiver, storedIn } from './receiver-process.ts';

const key = 'a key of the tests';
const statusChanged = 'order.status_changed';

describe.each(receivers(process.env['PYTHON']))('the receiver $name', (receiver) => {
  let port: number;
  let gateway: Gateway;
  let front: Awaited<ReturnType<typeof openQueueFront>>;
  let till: MaitredClient;
  let kitchen: MaitredClient;
  const heard: RestaurantEvent[] = [];
  beforeAll(async () => {
    // A port that is free now: the gateway is told it before the receiver is there.
    const free = await listen(0, () => {});
    ({ port } = free);
    await free.close();
    gateway = await startGateway({
      assemblyDir: await keptAssembly('local'),
      timeScale: 10,
      warm: false,
      webhook: `http://127.0.0.1:${port}/hook`,
      webhookHeaders: { 'x-maitred-key': key },
    });
    front = await openQueueFront(gateway.sqsEndpoint, gateway.operator);
    const enter = (user: 'cashier' | 'chef', connectionType: 'pos' | 'kitchen') =>
      connect({ url: gateway.url, restaurantId: 'r-17', connectionType, getToken: () => gateway.token(user) });
    [till, kitchen] = [enter('cashier', 'pos'), enter('chef', 'kitchen')];
    kitchen.on('*', (event) => heard.push(event));
    await until(
      async () => kitchen.state.status,
      (status) => status === 'connected',
    );
  }, 60_000);
  afterAll(async () => {
    for (const client of [till, kitchen]) client?.close();
    await front?.close();
    await gateway?.close();
  });

  let dir: string;
  let file: string;
  let running: RunningReceiver | undefined;
  const start = async (webhookKey = key): Promise<void> => {
    const { sqsEndpoint, queues, operator } = gateway;
    const variables = {
      WEBHOOK_KEY: webhookKey,
      ORDERS_DB: file,
      EVENT_QUEUE_URL: (queues['EventQueue'] ?? '').replace(sqsEndpoint, front.url),
      AWS_ENDPOINT_URL_SQS: front.url,
      AWS_REGION: operator.region,
      AWS_DEFAULT_REGION: operator.region,
      AWS_ACCESS_KEY_ID: operator.accessKeyId,
      AWS_SECRET_ACCESS_KEY: operator.secretAccessKey,
    };
    running = await startReceiver(receiver, variables, port);
  };
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'receiver-'));
    file = join(dir, 'orders.db');
  });
  afterEach(async () => {
    front?.release();
    await running?.kill();
    rmSync(dir, { recursive: true });
  });

  const publish = (order_id: string, more: object = {}) => till.publish('order.created', { order_id, ...more });
  const confirmations = (order_id: string) =>
    heard.filter(({ type, data }) => type === statusChanged && orderIn(data) === order_id).map(({ data }) => data);
  const isConfirmed = async (order_id: string): Promise<void> => {
    await until(async () => confirmations(order_id).length, Boolean);
    expect(confirmations(order_id)).toEqual([{ order_id, status: 'confirmed' }]);
  };
  const stored = () => storedIn(file).map(({ data, confirmed }) => ({ ...JSON.parse(String(data)), confirmed }));
  const postings = (order_id: string) => outboxOf(order_id).flatMap(({ webhook }) => webhook ?? []);
  const outboxOf = (order_id: string) =>
    gateway.outbox
      .records()
      .filter(({ 'detail-type': type, detail }) => type === 'order.created' && orderIn(detail['data']) === order_id);
  /** What the gateway posted of an order, posted by somebody else. */
  const post = async (order_id: string, headers: Readonly<Record<string, string>> = { 'x-maitred-key': key }) => {
    const [record] = outboxOf(order_id);
    const response = await fetch(`http://127.0.0.1:${port}/hook`, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
      body: JSON.stringify({ version: '0', id: 'again', ...record }),
    });
    await response.arrayBuffer();
    return response.status;
  };

  test('stores an order and confirms it, and the kitchen hears that', async () => {
    await start();
    await publish('o-1', { items: ['soup'] });
    await isConfirmed('o-1');
    expect(stored()).toEqual([{ order_id: 'o-1', items: ['soup'], confirmed: 1 }]);
  });

  test('lets nobody in without the key, and keeps out of what is no order', async () => {
    await start();
    await publish('o-2');
    await isConfirmed('o-2');
    const left = await until(
      async () => gateway.outbox.records().map((record) => [record['detail-type'], record.webhook?.status]),
      (records) => records.every(([, status]) => status === 204),
    );
    expect(left).toEqual(
      expect.arrayContaining([
        [statusChanged, 204],
        ['session.began', 204],
      ]),
    );
    expect(stored()).toEqual([{ order_id: 'o-2', confirmed: 1 }]);
    await running?.kill();
    rmSync(file);
    await start();
    for (const wrong of [{}, { 'x-maitred-key': `${key}s` }, { 'x-maitred-key': '' }])
      expect(await post('o-2', wrong)).toBe(401);
    expect(stored()).toEqual([]);
  });

  test('answers an order of another backend that names none, so that it does not come for a day', async () => {
    await start();
    await localTarget(placesOf(gateway)).publish('r-17', '{"v":1,"type":"order.created","data":{"table":7}}');
    const statuses = await until(
      async () =>
        gateway.outbox
          .records()
          .filter(({ detail }) => JSON.stringify(detail['data']) === '{"table":7}')
          .flatMap(({ webhook }) => webhook?.status ?? []),
      ({ length }) => length > 0,
    );
    expect(statuses).toEqual([204]);
    expect(stored()).toEqual([]);
  });

  test('keeps the text of an order whose numbers are others once they were read', async () => {
    await start();
    const text = '{"order_id":"o-3","total":1.10,"big":9007199254740993}';
    await localTarget(placesOf(gateway)).publish('r-17', `{"v":1,"type":"order.created","data":${text}}`);
    await isConfirmed('o-3');
    expect(storedIn(file)).toMatchObject([{ data: text }]);
  });

  test('posted again, at once and later, an order is stored once and confirmed once', async () => {
    await start();
    await publish('o-4');
    await until(async () => outboxOf('o-4').length, Boolean);
    expect(await Promise.all([post('o-4'), post('o-4')])).toEqual([204, 204]);
    await isConfirmed('o-4');
    const messages = front.messages();
    expect(await post('o-4')).toBe(204);
    expect(front.messages()).toBe(messages);
    await staysOne('o-4');
    expect(stored()).toMatchObject([{ order_id: 'o-4', confirmed: 1 }]);
  });

  test('with a wrong key, and then killed, it loses nothing: it is posted again until it answers', async () => {
    await start('another key');
    await publish('o-5');
    await until(
      async () => postings('o-5'),
      (tries) => tries.some(({ status }) => status === 401),
    );
    expect(stored()).toEqual([]);
    await running?.kill();
    await publish('o-6');
    await until(async () => postings('o-6').length, Boolean);
    await start();
    for (const order_id of ['o-5', 'o-6']) await isConfirmed(order_id);
    expect(stored()).toEqual(
      expect.arrayContaining([
        { order_id: 'o-5', confirmed: 1 },
        { order_id: 'o-6', confirmed: 1 },
      ]),
    );
  });

  test('killed when the queue has its answer and it does not know, it says the same again, which is one event', async () => {
    await start();
    const taken = front.holdNextAnswer();
    await publish('o-7');
    await taken;
    await running?.kill();
    front.release();
    expect(stored()).toEqual([{ order_id: 'o-7', confirmed: 0 }]);
    await start();
    await until(
      async () => stored(),
      ([order]) => order?.confirmed === 1,
    );
    await staysOne('o-7');
    expect(stored()).toEqual([{ order_id: 'o-7', confirmed: 1 }]);
  });

  /** Whatever was published before this is heard before it. */
  const staysOne = async (order_id: string): Promise<void> => {
    await localTarget(placesOf(gateway)).publish(
      'r-17',
      `{"v":1,"type":"menu.updated","data":{"after":"${order_id}"}}`,
    );
    await until(
      async () => heard,
      (events) => events.some(({ data }) => Object(data).after === order_id),
    );
    expect(confirmations(order_id)).toEqual([{ order_id, status: 'confirmed' }]);
  };
});

const orderIn = (data: unknown): unknown => Object(data).order_id;
