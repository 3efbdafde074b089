/**
 * The receivers of examples/ before the local gateway: what a bus's API destination posts is stored once and confirmed once, whatever
 * is killed when. `PYTHON` names an interpreter that has the packages of the one in Python, as .ci/receivers makes one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type GatewayFixture, openGatewayFixture } from '../conversation/gateway-fixture.ts';
import { type Device, type Frame, openRestaurantFixture } from '../conversation/restaurant-fixture.ts';
import { until } from '../conversation/until.ts';
import {
  openQueueFront,
  type Receiver,
  receivers,
  type RunningReceiver,
  startReceiver,
  storedIn,
} from './receiver-process.ts';

const key = 'a key of the tests';

let fixture: GatewayFixture;
let front: Awaited<ReturnType<typeof openQueueFront>>;
beforeAll(async () => {
  fixture = await openGatewayFixture();
  front = await openQueueFront(fixture.gateway.sqsEndpoint);
}, 60_000);
afterAll(async () => {
  await front?.close();
  await fixture?.close();
});

/** What an API destination posts of an event that a device heard. */
const envelopeOf = ({ type, id, seq, prev_seq, epoch, restaurant_id, data, timestamp }: Frame) => ({
  version: '0',
  id: `posted-${seq}`,
  'detail-type': type,
  source: 'maitred.events',
  account: '000000000000',
  time: timestamp,
  region: 'local',
  resources: [],
  detail: {
    v: 1,
    stage: 'local',
    restaurant_id,
    epoch,
    seq,
    prev_seq,
    id,
    type,
    data,
    audience: ['kitchen'],
    timestamp,
  },
});

describe.each(receivers(process.env['PYTHON']))('the receiver $name', (receiver: Receiver) => {
  let dir: string;
  let file: string;
  let running: RunningReceiver;
  let till: Device;
  let kitchen: Device;
  const start = async (): Promise<void> => {
    const { sqsEndpoint, queues, operator } = fixture.gateway;
    const variables = {
      WEBHOOK_KEY: key,
      ORDERS_DB: file,
      EVENT_QUEUE_URL: (queues['EventQueue'] ?? '').replace(sqsEndpoint, front.url),
      AWS_ENDPOINT_URL_SQS: front.url,
      AWS_REGION: 'local',
      AWS_DEFAULT_REGION: 'local',
      AWS_ACCESS_KEY_ID: operator.accessKeyId,
      AWS_SECRET_ACCESS_KEY: operator.secretAccessKey,
    };
    running = await startReceiver(receiver, variables, running?.port);
  };
  let restaurants = 0;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'receiver-'));
    file = join(dir, 'orders.db');
    await start();
    const restaurant = openRestaurantFixture(fixture, `r-${receiver.name}-${++restaurants}`);
    [till, kitchen] = [await restaurant.enter('cashier', 'pos'), await restaurant.enter('chef', 'kitchen')];
  }, 30_000);
  afterEach(async () => {
    front.release();
    await running.kill();
    rmSync(dir, { recursive: true });
  });

  const post = async (event: object, headers: Readonly<Record<string, string>> = { 'x-api-key': key }) => {
    const response = await fetch(`http://127.0.0.1:${running.port}/hook`, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
      body: JSON.stringify(event),
    });
    await response.arrayBuffer();
    return response.status;
  };
  /** As a bus does: again, until it is taken. */
  const deliver = async (event: object) =>
    expect(
      await until(
        () => post(event).catch(() => 'no answer'),
        (status) => status === 204,
      ),
    ).toBe(204);
  /** Publishes an order at the till; yields it as the kitchen hears it. */
  const order = async (order_id: string): Promise<Frame> => {
    await till.publishes({ type: 'order.created', id: `taken-${order_id}`, data: { order_id, items: ['soup'] } });
    return (await kitchen.hearsUntil('order.created')).at(-1) ?? {};
  };
  const stored = () =>
    storedIn(file).map(({ seq, data, confirmed }) => ({ seq, data: JSON.parse(String(data)), confirmed }));

  test('stores an order and confirms it, and the kitchen hears that', async () => {
    const taken = await order('o-1');
    await deliver(envelopeOf(taken));
    expect(await kitchen.hears()).toMatchObject(confirmed('o-1'));
    expect(stored()).toEqual([{ seq: taken['seq'], data: { order_id: 'o-1', items: ['soup'] }, confirmed: 1 }]);
  });

  test('lets nobody in without the key, and keeps out of what is no order', async () => {
    const envelope = envelopeOf(await order('o-1'));
    expect(await post(envelope, {})).toBe(401);
    expect(await post(envelope, { 'x-api-key': `${key}s` })).toBe(401);
    expect(await post(envelope, { 'x-api-key': '' })).toBe(401);
    expect(await post({ ...envelope, 'detail-type': 'order.status_changed' })).toBe(204);
    expect(await post({ ...envelope, 'detail-type': 'session.began', detail: {} })).toBe(204);
    expect(stored()).toEqual([]);
  });

  test('keeps the text where numbers in it would change', async () => {
    const envelope = envelopeOf(await order('o-1'));
    const data_text = '{"order_id":"o-1","total":1.10,"items":["soup"]}';
    await deliver({ ...envelope, detail: { ...envelope.detail, data_text } });
    expect(storedIn(file)).toMatchObject([{ data: data_text }]);
  });

  test('posted again, at once and later, an order is stored once and confirmed once', async () => {
    const [first, second] = [envelopeOf(await order('o-1')), envelopeOf(await order('o-2'))];
    await Promise.all([second, first, first, second].map(deliver));
    await deliver(first);
    const heard = [await kitchen.hears(), await kitchen.hears()];
    expect(heard.map(({ data }) => data).sort(byOrder)).toEqual([confirmed('o-1').data, confirmed('o-2').data]);
    await staysSilent();
    expect(stored()).toMatchObject([{ data: { order_id: 'o-1' } }, { data: { order_id: 'o-2' } }]);
  });

  test('killed, it takes what was posted in vain when it is back', async () => {
    const first = envelopeOf(await order('o-1'));
    await deliver(first);
    await kitchen.hears();
    await running.kill();
    const second = envelopeOf(await order('o-2'));
    await expect(post(second)).rejects.toThrow('fetch failed');
    await start();
    for (const envelope of [second, first]) await deliver(envelope);
    expect(await kitchen.hears()).toMatchObject(confirmed('o-2'));
    await staysSilent();
    expect(stored()).toMatchObject([{ confirmed: 1 }, { confirmed: 1 }]);
  });

  test('killed when the queue has its answer and it does not know, it says the same again, which is one event', async () => {
    const envelope = envelopeOf(await order('o-1'));
    const taken = front.holdNextAnswer();
    const posting = post(envelope).catch(() => 'no answer');
    await taken;
    await running.kill();
    expect(await posting).toBe('no answer');
    front.release();
    expect(stored()).toMatchObject([{ data: { order_id: 'o-1' }, confirmed: 0 }]);
    await start();
    await deliver(envelope);
    expect(await kitchen.hears()).toMatchObject(confirmed('o-1'));
    await staysSilent();
    expect(stored()).toMatchObject([{ data: { order_id: 'o-1' }, confirmed: 1 }]);
  });

  /** Whatever was published before this is heard before the order of this. */
  const staysSilent = async (): Promise<void> => {
    await till.publishes({ type: 'order.created', id: 'last', data: { order_id: 'last' } });
    expect((await kitchen.hears())['data']).toEqual({ order_id: 'last' });
  };
});

const confirmed = (order_id: string) => ({ type: 'order.status_changed', data: { order_id, status: 'confirmed' } });

const byOrder = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
