/** What events leave to whoever numbers, delivers and replays the next ones: queue messages, events, marks and heads. */
import { strict as assert } from 'node:assert';
import { enter, type Device, type Frame, type HandOff, leave, newName, newRestaurant, says } from './hand-off.ts';
import type { RollingGateway, Version } from './rolling-gateway.ts';

const publish = (device: Device, id: string): void =>
  device.send({ type: 'order.status_changed', id, data: { order_id: 17, status: 'ready' } });

/** The next frame of that type. */
const hear = async (device: Device, type: string): Promise<Frame> => {
  for (;;) {
    const frame = await device.next();
    if (frame['type'] === type) return frame;
  }
};

/** Hands a publication to the fan-out as the queue does. */
const handOver = (rolling: RollingGateway, version: Version, restaurantId: string, body: object): Promise<unknown> =>
  rolling.invoke('FanOut', version, {
    Records: [
      {
        messageId: newName('message'),
        body: JSON.stringify(body),
        attributes: { MessageGroupId: restaurantId, SentTimestamp: String(Date.now()) },
      },
    ],
  });

const done = { batchItemFailures: [] };

export const events: readonly HandOff[] = [
  {
    name: 'an event of a device, to its delivery',
    run: async (rolling, first, second) => {
      rolling.use(first);
      rolling.use(second, 'FanOut');
      const restaurantId = await newRestaurant(rolling);
      const till = await enter(rolling, { restaurantId, user: 'cashier', connectionType: 'pos' });
      const kitchen = await enter(rolling, { restaurantId });
      publish(kitchen, 's-1');
      says(await hear(till, 'order.status_changed'), {
        restaurant_id: restaurantId,
        seq: 1,
        prev_seq: 0,
        data: { order_id: 17, status: 'ready' },
        user_id: 'u-chef',
        connection_type: 'kitchen',
      });
      await leave(rolling, till);
      await leave(rolling, kitchen);
    },
  },
  {
    name: 'the text of a device, with escapes of its own, to its delivery and to a replay',
    // v0.1.0 puts such characters into the queue as they are, which takes none of them.
    onlyFromNow: true,
    run: async (rolling, first, second) => {
      rolling.use(first);
      rolling.use(second, 'FanOut');
      const restaurantId = await newRestaurant(rolling);
      const till = await enter(rolling, { restaurantId, user: 'cashier', connectionType: 'pos' });
      const data = '{ "order_id":"o-1","10":1.0,"2":2,"note":"\\u00e9 \\ud83c\\udf55 é 🍕 \ufffe","__proto__":{"a":1}}';
      till.send(`{"type":"order.created","id":"t-1","data":${data}}`);
      const value: unknown = JSON.parse(data);
      const heard = await hear(till, 'order.created');
      assert.deepEqual(JSON.stringify(heard['data']), JSON.stringify(value));
      rolling.use(second);
      till.send({ type: 'replay', id: 'r-1', after: 0 });
      const { events: replayed } = await hear(till, 'replayed');
      assert.deepEqual(JSON.stringify(replayed), JSON.stringify([heard]));
      await leave(rolling, till);
    },
  },
  {
    name: 'numbered events, to a replay and to the next number',
    run: async (rolling, first, second) => {
      rolling.use(first);
      const restaurantId = await newRestaurant(rolling);
      const kitchen = await enter(rolling, { restaurantId });
      publish(kitchen, 's-1');
      const { epoch, id } = await hear(kitchen, 'order.status_changed');
      rolling.use(second);
      kitchen.send({ type: 'replay', id: 'r-1', after: 0 });
      const { events: replayed } = await hear(kitchen, 'replayed');
      assert.deepEqual(Array.isArray(replayed) && replayed.map((event) => [event.id, event.seq]), [[id, 1]]);
      publish(kitchen, 's-2');
      says(await hear(kitchen, 'order.status_changed'), { epoch, seq: 2, prev_seq: 1 });
      await leave(rolling, kitchen);
    },
  },
  {
    name: 'the id of a numbered event, to a second message with the same one',
    run: async (rolling, first, second) => {
      rolling.use(first);
      const restaurantId = await newRestaurant(rolling);
      const kitchen = await enter(rolling, { restaurantId });
      const body = { v: 1, type: 'menu.updated', id: 'menu-1', data: {}, audience: ['kitchen'] };
      assert.deepEqual(await handOver(rolling, first, restaurantId, body), done);
      says(await kitchen.next(), { type: 'menu.updated', seq: 1 });
      assert.deepEqual(await handOver(rolling, second, restaurantId, body), done);
      assert.deepEqual(await handOver(rolling, second, restaurantId, { ...body, id: 'menu-2' }), done);
      says(await kitchen.next(), { type: 'menu.updated', id: 'menu-2', seq: 2 });
      await leave(rolling, kitchen);
    },
  },
];
