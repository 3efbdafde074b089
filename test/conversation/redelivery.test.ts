/** Sockets that hang, over real sockets and with the patience that the deployed functions have. */
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { removeMember } from '../../lambdas/dynamodb/membership-administration.ts';
import { generousLimits } from '../memory/world.ts';
import { cast, idOf } from './cast.ts';
import { openGatewayFixture } from './gateway-fixture.ts';
import { type Device, openRestaurantFixture } from './restaurant-fixture.ts';
import { until } from './until.ts';

const hanging = new Set<string>();
const silence = new Promise<never>(() => {});
const fixture = await openGatewayFixture(
  { timeScale: 1, faults: { post: (connectionId) => (hanging.has(connectionId) ? silence : 'pass') } },
  { budgets: { ...generousLimits, sessionsPerUser: 2, sessionsPerRestaurant: 4 } },
);
afterAll(() => fixture.close());
afterEach(() => hanging.clear());

const { sender, receiver, office, told } = cast;
const event = (id: string) => JSON.stringify({ v: 1, ...told(id) });

/** Lines of a restaurant in the functions' logs. */
const logged = (message: string, restaurantId: string) =>
  fixture
    .logLines()
    .filter((line) => line.includes(`"${message}"`) && line.includes(`"${restaurantId}"`))
    .map((line) => JSON.parse(line));

/** Those lines, once there are so many. */
const lines = (message: string, restaurantId: string, count: number) =>
  until(
    async () => logged(message, restaurantId),
    ({ length }) => length >= count,
  );

/** What a redelivery made of each. It is at least once: a message whose sending was tried again is two. */
const redelivered = async (restaurantId: string): Promise<ReadonlySet<string>> => {
  const found = await lines('events_redelivered', restaurantId, 1);
  return new Set(found.map(({ step, posted, failed }) => `step ${step}: ${posted} posted, ${failed} failed`));
};

/** A display whose socket hung while an event was posted. */
const behind = async (restaurantId: string) => {
  const room = openRestaurantFixture(fixture, restaurantId);
  const display = await room.enter(...receiver);
  hanging.add(display.connectionId);
  await room.backendSays(event('a'));
  await lines('events_delivered', restaurantId, 1);
  expect(logged('events_delivered', restaurantId)).toMatchObject([{ posted: 0, failed: 1 }]);
  return { room, display };
};

/** What a device has heard when a ping is answered: nothing that was said before is still under way. */
const heardBy = async (device: Device) => {
  device.send({ type: 'ping' });
  return (await device.hearsUntil('pong')).slice(0, -1).map(({ seq }) => seq);
};

test('a restaurant hears its event beside one whose sockets hang, and that one hears its own when they answer', async () => {
  const good = openRestaurantFixture(fixture, 'r-good');
  const kitchen = await good.enter(...receiver);
  const { display, room } = await behind('r-hangs');
  await Promise.all([room.backendSays(event('b')), good.backendSays(event('a'))]);
  expect(await kitchen.hears()).toMatchObject({ type: told('any').type, seq: 1 });
  await lines('events_delivered', 'r-hangs', 2);
  hanging.clear();
  const heard = new Set<unknown>();
  while (heard.size < 2) heard.add((await display.hears())['seq']);
  expect(heard).toEqual(new Set([1, 2]));
  for (const one of [kitchen, display]) await one.leave();
});

test('who was dismissed in between hears nothing of it', async () => {
  const { display } = await behind('r-dismissed');
  await removeMember(fixture.memberships)({ restaurantId: 'r-dismissed', issuer: 'demo', userId: idOf(receiver) });
  hanging.clear();
  expect(await redelivered('r-dismissed')).toEqual(new Set(['step 1: 0 posted, 0 failed']));
  display.send({ type: 'ping' });
  expect(await display.hears()).toMatchObject({ type: 'closing', reason: 'revoked' });
});

test('who has left in between ends it, with one record of the end', async () => {
  const { display } = await behind('r-left');
  await display.leave();
  await until(
    () => fixture.row(display.connectionId),
    (row) => row === undefined,
  );
  hanging.clear();
  expect(await redelivered('r-left')).toEqual(new Set(['step 1: 0 posted, 0 failed']));
  const records = await fixture.records(display.connectionId);
  expect(records.filter(({ kind }) => kind === 'end')).toMatchObject([{ detail: 'client_left' }]);
});

test('a session too many of a user ends the oldest; one too many of a restaurant the newest', async () => {
  const room = openRestaurantFixture(fixture, 'r-crowd');
  const chefs = [await room.enter(...receiver), await room.enter(...receiver), await room.enter(...receiver)];
  await room.backendSays(event('a'));
  const tooMany = { type: 'closing', reason: 'too_many_sessions', reconnect: true, retry_after_ms: 60_000 };
  const [oldest, ...others] = chefs;
  expect(await oldest?.hears()).toMatchObject(tooMany);
  for (const one of others) expect(await one.hears()).toMatchObject({ seq: 1 });
  const more = [await room.enter(...sender), await room.enter(...sender), await room.enter(...office)];
  await room.backendSays(event('b'));
  const newest = more.at(-1);
  expect(await newest?.hears()).toMatchObject(tooMany);
  for (const one of [...others, ...more.slice(0, 2)]) expect(await one.hears()).toMatchObject({ seq: 2 });
  const ended = async (device: Device | undefined) =>
    (await fixture.records(device?.connectionId ?? '')).filter(({ kind }) => kind === 'end');
  for (const device of [oldest, newest])
    expect(await ended(device)).toMatchObject([{ event: 'session_ended', detail: 'too_many_sessions' }]);
  expect(await Promise.all([...others, ...more.slice(0, 2)].map(heardBy))).toEqual([[], [], [], []]);
  for (const one of [...others, ...more.slice(0, 2)]) await one.leave();
});
