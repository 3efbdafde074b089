/** How long a restaurant hears nothing when a call of the fan-out fails, its table is down, or a run of it dies. */
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { cast } from './cast.ts';
import { openGatewayFixture } from './gateway-fixture.ts';
import type { SeenCall } from './recorder.ts';
import { deadLettered, type Device, openRestaurantFixture, queueClient } from './restaurant-fixture.ts';
import { until } from './until.ts';

// In real time, with the patience that the deployed functions have.
const fixture = await openGatewayFixture({ timeScale: 1 });
const took: [string, number][] = [];
afterAll(async () => {
  await fixture.close();
  // What the documents say of it is measured here.
  process.stdout.write(
    `${took.map(([what, ms]) => `  ${String(Math.round(ms)).padStart(6)} ms  ${what}`).join('\n')}\n`,
  );
});

let end = (): void => {};
afterEach(() => end());

const { sender, receiver, told, key } = cast;

/** The run's first call: it reads how far the restaurant has come. */
const readsHead =
  (restaurantId: string) =>
  ({ functionName, action, text }: SeenCall): boolean =>
    functionName === 'FanOutFunction' && action === 'GetItem' && text.includes(`R#${restaurantId}"`);

/** The till's orders as the kitchen hears them. */
const hears = async (kitchen: Device, ...ids: readonly string[]): Promise<void> => {
  for (const [nth, id] of ids.entries())
    expect(await kitchen.hears()).toMatchObject({ seq: nth + 1, data: { [key]: id } });
};

const measured = async (what: string, fromMs: number, heard: Promise<void>): Promise<void> => {
  await heard;
  took.push([what, performance.now() - fromMs]);
};

const enter = async (restaurantId: string) => {
  const room = openRestaurantFixture(fixture, restaurantId);
  return { till: await room.enter(...sender), kitchen: await room.enter(...receiver) };
};

/** How late a run begins, or never: to the queue it is the same, once it has hidden the messages for long enough. */
const lateMs = 17_000;

const whatIsTaken = async (): Promise<string | undefined> => {
  const client = queueClient(fixture);
  const QueueUrl = fixture.gateway.queues['EventQueue'];
  const AttributeNames = ['ApproximateNumberOfMessagesNotVisible' as const];
  const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  client.destroy();
  return Attributes?.['ApproximateNumberOfMessagesNotVisible'];
};

/** A run is handed an order and begins late; another order comes meanwhile. */
const late = async () => {
  const { faults } = fixture.gateway;
  const { till, kitchen } = await enter('r-late');
  faults.queueMessages = { afterMs: lateMs };
  const fromMs = performance.now();
  await till.publishes(told('o-1'));
  await until(whatIsTaken, (taken) => taken === '1');
  faults.queueMessages = 'once';
  await till.publishes(told('o-2'));
  return { till, kitchen, fromMs };
};

// Its fault is over before the others begin, and they go on while it waits.
const belated = await fixture.orClose(late());

test.each([
  { what: 'nothing is wrong: until an order is heard', restaurantId: 'r-well', failing: 0 },
  { what: 'the first call of the run fails through its three tries', restaurantId: 'r-blip', failing: 3 },
  { what: 'the same, and again in the next try of the run', restaurantId: 'r-blips', failing: 6 },
])('$what: the order, and the one behind it, come from the same run', async ({ what, restaurantId, failing }) => {
  const { till, kitchen } = await enter(restaurantId);
  let left = failing;
  let hidden = 0;
  end = fixture.recorder.interfere((call) => {
    if (call.action.startsWith('ChangeMessageVisibility')) hidden += 1;
    return readsHead(restaurantId)(call) && left-- > 0 ? 'unavailable' : undefined;
  });
  const fromMs = performance.now();
  await till.publishes(told('o-1'));
  await till.publishes(told('o-2'));
  await measured(what, fromMs, hears(kitchen, 'o-1', 'o-2'));
  expect({ hidden, isOver: left <= 0 }).toEqual({ hidden: 0, isOver: true });
});

test('a table that is down for longer than a run tries: everything comes afterwards, in its order, and nothing is put aside', async () => {
  const { till, kitchen } = await enter('r-down');
  const hiddenTwice = Promise.withResolvers<number>();
  let hidden = 0;
  const beganMs = performance.now();
  end = fixture.recorder.interfere((call) => {
    if (call.action.startsWith('ChangeMessageVisibility') && ++hidden === 2) hiddenTwice.resolve(performance.now());
    return hidden < 2 && readsHead('r-down')(call) ? 'unavailable' : undefined;
  });
  for (const id of ['o-1', 'o-2', 'o-3']) await till.publishes(told(id));
  const upAgainMs = await hiddenTwice.promise;
  took.push(['the table is down until a second run has given up: for', upAgainMs - beganMs]);
  await till.publishes(told('o-4'));
  await measured(
    'and, once it is up again, until its orders are heard',
    upAgainMs,
    hears(kitchen, 'o-1', 'o-2', 'o-3', 'o-4'),
  );
  expect(await deadLettered(fixture)).toEqual([]);
}, 60_000);

test('a run that dies, or is not begun, costs its restaurant 15 s; begun after all, it finds everything done', async () => {
  const { till, kitchen, fromMs } = belated;
  await measured('a run dies: until its order is heard, and the one behind it', fromMs, hears(kitchen, 'o-1', 'o-2'));
  // The late run posts what it was handed once more, under the number that it has.
  await hears(kitchen, 'o-1');
  await till.publishes(told('o-3'));
  expect(await kitchen.hears()).toMatchObject({ seq: 3, prev_seq: 2, data: { [key]: 'o-3' } });
}, 60_000);
