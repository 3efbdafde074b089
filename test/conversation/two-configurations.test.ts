/**
 * The functions of two configurations of a stage beside each other over the same tables and queues, as a deployment of another
 * configuration and its rollback put them: what was accepted under one is delivered under the other, both ways round.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { parseConfig } from '../../config-schema/parse-config.ts';
import { StageConfig } from '../../config-schema/stage-config.ts';
import { type Device, enter, newRestaurant } from '../compatibility/hand-off.ts';
import { type RollingGateway, startRollingGateway } from '../compatibility/rolling-gateway.ts';
import { assemblyWith } from './assembly.ts';

const domainOf = (file: object) => {
  const { connectionTypes, defaultConnectionType, roles, events } = parseConfig(StageConfig, 'x', JSON.stringify(file));
  return { connectionTypes, defaultConnectionType, roles, events };
};

/** Riders come, with an event of their own, and payments are no event of devices any more. */
const later = domainOf({
  extends: 'restaurant',
  connectionTypes: { rider: { hearsBackends: true, seesPublishers: true } },
  roles: { employee: { connectionTypes: ['pos', 'kitchen', 'customer', 'rider'] } },
  events: {
    'payment.completed': null,
    'ride.begun': {
      title: 'A rider is on the way',
      from: ['rider'],
      audience: ['kitchen', 'rider'],
      data: { type: 'object', properties: { ride_id: { type: 'string' } }, required: ['ride_id'] },
      example: { ride_id: 'x' },
    },
  },
});

let dir: string;
let rolling: RollingGateway;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'maitred-two-configurations-'));
  const before = await assemblyWith(join(dir, 'before'), (config) => config);
  const now = await assemblyWith(join(dir, 'now'), (config) => ({ ...config, ...later }));
  rolling = await startRollingGateway({ before, now });
});
afterAll(async () => {
  await rolling?.close();
  rmSync(dir, { recursive: true });
});
beforeEach(() => rolling.use('now'));

/** A till, a kitchen display and a rider's phone of one restaurant, let in by the later configuration. */
const threeDevices = async () => {
  const restaurantId = await newRestaurant(rolling);
  const [till, kitchen, rider] = await Promise.all(
    ['pos', 'kitchen', 'rider'].map((connectionType) => enter(rolling, { user: 'chef', restaurantId, connectionType })),
  );
  if (till === undefined || kitchen === undefined || rider === undefined) throw new Error('somebody was not let in');
  return { restaurantId, till, kitchen, rider };
};

let publications = 0;
const published = async (device: Device, type: string, data: object) => {
  const id = `p-${++publications}`;
  device.send({ type, id, data });
  expect(await next(device, 'accepted')).toMatchObject({ id });
};

/** The next frame of a type; others came between. */
const next = async (device: Device, type: string) => {
  for (;;) {
    const frame = await device.next();
    if (frame['type'] === type) return frame;
    if (frame['type'] === 'error' || frame['type'] === 'closing') throw new Error(JSON.stringify(frame));
  }
};

test('an event of a type that only the later configuration has is delivered under the earlier, to those whom both know', async () => {
  const { kitchen, rider } = await threeDevices();
  rolling.use('before', 'FanOut');
  await published(rider, 'ride.begun', { ride_id: 'r-1' });
  expect(await next(kitchen, 'ride.begun')).toMatchObject({
    data: { ride_id: 'r-1' },
    seq: 1,
    connection_type: 'rider',
  });
  // The rider hears of it under the configuration that knows riders, with every number in its place.
  rider.send({ type: 'replay', id: 'r', after: 0 });
  expect(await next(rider, 'replayed')).toMatchObject({
    events: [{ type: 'ride.begun', seq: 1, prev_seq: 0 }],
    head_seq: 1,
    gap: false,
    more: false,
  });
  rolling.use('now', 'FanOut');
  await published(rider, 'ride.begun', { ride_id: 'r-2' });
  expect(await next(rider, 'ride.begun')).toMatchObject({ seq: 2, prev_seq: 1 });
  expect(await next(kitchen, 'ride.begun')).toMatchObject({ seq: 2, prev_seq: 1 });
});

test('an event that only the earlier configuration has is delivered under the later', async () => {
  const { till, kitchen } = await threeDevices();
  rolling.use('before', 'Message');
  await published(till, 'payment.completed', { order_id: 'o-1', cents: 990 });
  expect(await next(till, 'payment.completed')).toMatchObject({ data: { order_id: 'o-1', cents: 990 }, seq: 1 });
  rolling.use('now', 'Message');
  till.send({ type: 'payment.completed', id: 'p-2', data: { order_id: 'o-2' } });
  expect(await till.next()).toMatchObject({ type: 'error', reason: 'unknown_type', id: 'p-2' });
  await published(till, 'order.created', { order_id: 'o-3' });
  expect(await next(kitchen, 'order.created')).toMatchObject({ seq: 2, prev_seq: 0 });
});

test('a session of a type that the earlier configuration does not have is told there to come again, and goes on where it was', async () => {
  const { restaurantId, rider, kitchen } = await threeDevices();
  await published(rider, 'ride.begun', { ride_id: 'r-1' });
  await next(rider, 'ride.begun');
  rolling.use('before', 'Message', 'FanOut');
  rider.send({ type: 'ping' });
  expect(await rider.next()).toMatchObject({ type: 'closing', reason: 'going_away', reconnect: true });
  await rider.closed;
  kitchen.send({ type: 'order.status_changed', id: 's-1', data: { order_id: 'o-1', status: 'ready' } });
  await next(kitchen, 'accepted');
  await next(kitchen, 'order.status_changed');
  rolling.use('now');
  const again = await enter(rolling, { user: 'chef', restaurantId, connectionType: 'rider' });
  expect(again.entered).toMatchObject({ head_seq: 1 });
  await published(again, 'ride.begun', { ride_id: 'r-2' });
  expect(await next(again, 'ride.begun')).toMatchObject({ seq: 3, prev_seq: 1 });
});

test('a device of a type that the earlier configuration does not have is refused there', async () => {
  const restaurantId = await newRestaurant(rolling);
  rolling.use('before', 'Authenticate');
  await expect(enter(rolling, { user: 'chef', restaurantId, connectionType: 'rider' })).rejects.toThrow('auth_error');
});
