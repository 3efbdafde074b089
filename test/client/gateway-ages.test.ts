/** Connections and gateways that come to their end by age: the SDK goes over to the next one, and no event is lost or doubled. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type GatewayFixture, openGatewayFixture } from '../conversation/gateway-fixture.ts';
import { type Line, openLine } from './line.ts';
import { type Device, openRestaurant, type Restaurant } from './restaurant.ts';

/** What two hours are on the platform. */
const lifetimeMs = 6_000;

const dataDir = mkdtempSync(join(tmpdir(), 'maitred-ages-'));
/** The issuer's name has the port in it, so that of a gateway that comes back stays. Below those that a machine gives to anybody. */
const freePort = async (): Promise<number> => {
  for (let port = 20_000 + (process.pid % 10_000); ; port++) {
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
};
const port = await freePort();
const startFixture = () => openGatewayFixture({ port, dataDir, lifetimeMs });
let fixture: GatewayFixture;
let restaurant: Restaurant;
let line: Line;
beforeAll(async () => {
  fixture = await startFixture();
}, 60_000);
afterEach(async () => {
  restaurant?.close();
  await line?.close();
});
afterAll(async () => {
  await fixture?.close();
  rmSync(dataDir, { recursive: true });
});

const counted = (to: number) => Array.from({ length: to }, (_, index) => index + 1);
const openings = ({ trace }: Device) => trace.filter(({ kind }) => kind === 'opening').length;
const expectWhole = (device: Device, count: number) => {
  expect(device.seqs()).toEqual(counted(count));
  expect(device.gaps.map(({ reason }) => reason)).toEqual(['start']);
  expect(device.errors).toEqual([]);
};

test('a connection is handed over to a younger one before the platform ends it, while events flow', async () => {
  restaurant = openRestaurant(() => fixture, 'r-handed-over');
  line = await openLine(fixture.gateway.url);
  // A hand-over has time on a loaded machine, too.
  const ages = { maxConnectionMs: lifetimeMs, handOverLeadMs: 3_000, steadyMs: 100, drainMs: 300 };
  // They do not hand over at the same moment.
  const witness = await restaurant.enter('manager', 'management', { timing: ages, random: () => 0.1 });
  const kitchen = await restaurant.enter('chef', 'kitchen', { url: line.url, timing: ages, random: () => 0.6 });
  const flow = restaurant.flow(witness);
  const publications: Promise<unknown>[] = [];
  const off = kitchen.client.onState((state) => {
    if (state.status !== 'connected' || state.handOver !== 'under_way') return;
    publications.push(kitchen.client.publish('order.status_changed', { order_id: 1, status: 'ready' }));
  });
  await kitchen.until('two hand-overs and the end of the first connections', () => {
    const closed = kitchen.trace.filter(({ kind }) => kind === 'dropped' || kind === 'closed').length;
    return openings(kitchen) >= 3 && closed >= 2;
  });
  off();
  const count = (await flow.stop()) + publications.length;
  expect(publications.length).toBeGreaterThanOrEqual(2);
  await Promise.all(publications);
  for (const device of [witness, kitchen]) {
    await device.hears(count);
    expectWhole(device, count);
    expect(device.asked).toEqual(['first']);
    // Somebody was always there: neither a wait nor a new beginning.
    const statuses = device.states.map(({ status }) => status);
    expect(statuses.slice(statuses.indexOf('connected'))).toEqual(statuses.filter((status) => status === 'connected'));
  }
});

test('a connection that nobody hands over is ended by the platform, and what was missed is pulled', async () => {
  restaurant = openRestaurant(() => fixture, 'r-cut-off');
  const witness = await restaurant.enter('manager', 'management');
  const kitchen = await restaurant.enter('chef', 'kitchen');
  const flow = restaurant.flow(witness);
  await kitchen.until(
    'a second connection',
    () => openings(kitchen) === 2 && kitchen.client.state.status === 'connected',
  );
  const count = await flow.stop();
  await kitchen.hears(count);
  expectWhole(kitchen, count);
  expect(kitchen.trace).toContainEqual(expect.objectContaining({ kind: 'closed', code: 1001 }));
});

test('a gateway that is started again with its data is gone on with where it was', async () => {
  restaurant = openRestaurant(() => fixture, 'r-restarted');
  line = await openLine(fixture.gateway.url);
  const witness = await restaurant.enter('manager', 'management', { url: line.url });
  const kitchen = await restaurant.enter('chef', 'kitchen', { url: line.url });
  for (const n of [1, 2, 3]) await restaurant.backendSays({ order_id: n });
  await kitchen.hears(3);
  const epoch = kitchen.events[0]?.epoch;
  await fixture.close();
  for (const device of [witness, kitchen])
    await device.until('the connection lost', () => device.client.state.status !== 'connected');
  line.cut();
  const publication = kitchen.client.publish('order.status_changed', { order_id: 1, status: 'ready' });
  fixture = await startFixture();
  // Before anybody is back.
  await restaurant.fanOut([{ order_id: 4 }]);
  line.mend();
  await publication;
  await restaurant.backendSays({ order_id: 6 });
  for (const device of [witness, kitchen]) {
    await device.hears(6);
    expectWhole(device, 6);
    expect(new Set(device.events.map((event) => event.epoch))).toEqual(new Set([epoch]));
    expect(device.asked).toEqual(['first']);
  }
}, 40_000);
