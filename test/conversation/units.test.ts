/** The units that docs/cost.md and docs/performance.md count with are those that the gateway's meter shows. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { measured } from '../load/monthly-cost.ts';
import { type GatewayFixture, openGatewayFixture } from './gateway-fixture.ts';
import { type Device, openRestaurantFixture, type RestaurantFixture } from './restaurant-fixture.ts';
import { until } from './until.ts';

const sockets = 5;
let fixture: GatewayFixture;
let devices: readonly Device[];
let room: RestaurantFixture;

beforeAll(async () => {
  fixture = await openGatewayFixture({}, { authTimeoutSeconds: 10 });
  room = openRestaurantFixture(fixture, 'r-units');
  devices = await Promise.all(Array.from({ length: sockets }, () => room.enter('chef', 'kitchen')));
  // The first event of a restaurant makes its head, and what serves it for the first time looks twice.
  await everybodyHears('first', () => room.backendSays(body('first')));
  for (const device of devices) {
    device.send({ type: 'ping' });
    await device.hearsUntil('pong');
  }
  // The timers of the handshakes come a while after the deadline, and would be counted.
  await until(
    async () => fixture.gateway.meter.invocations['AuthTimeoutFunction'],
    (timers) => timers === sockets,
  );
  await settled(4);
});
afterAll(() => fixture.close());

const body = (id: string): string => JSON.stringify({ v: 1, type: 'order.created', id, data: { order_id: id } });

const everybodyHears = async (id: string, publishes: () => Promise<unknown>, type = 'order.created'): Promise<void> => {
  await publishes();
  for (const device of devices) {
    const heard = await device.hearsUntil(type);
    expect(heard.at(-1)).toMatchObject({ data: { order_id: id } });
  }
};

/** Resolves when the meter has not moved for so many turns: an event is heard before its message is deleted. */
const settled = async (turns: number): Promise<void> => {
  let before = '';
  const quiet = async (): Promise<boolean> => {
    const now = JSON.stringify(fixture.gateway.meter);
    const isQuiet = now === before;
    before = now;
    return isQuiet;
  };
  for (let quietFor = 0; quietFor < turns; quietFor = (await quiet()) ? quietFor + 1 : 0)
    await new Promise((resolve) => setTimeout(resolve, turnMs));
};

const turnMs = 250;

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);

/** What the functions and the event source used, for each of so many times. */
const unitsOf = async (times: number, work: (nth: number) => Promise<unknown>) => {
  const { meter } = fixture.gateway;
  meter.reset();
  const linesBefore = fixture.logLines().length;
  for (let nth = 1; nth <= times; nth++) await work(nth);
  await settled(4);
  const bytes = fixture
    .logLines()
    .slice(linesBefore)
    .reduce((all, line) => all + Buffer.byteLength(line), 0);
  const each = (count: number): number => count / times;
  return {
    invocations: each(sum(meter.invocations)),
    readUnits: each(meter.readUnits),
    writeUnits: each(meter.writeUnits),
    sqsRequests: each(sum(meter.sqsRequests)),
    posts: each(meter.managementCalls['POST'] ?? 0),
    logBytes: each(bytes),
  };
};

test('of an event in a run of its own, for five sockets', async () => {
  const { logBytes, ...units } = await unitsOf(5, (nth) =>
    everybodyHears(`e-${nth}`, () => room.backendSays(body(`e-${nth}`))),
  );
  expect(units).toEqual({
    invocations: 1,
    readUnits: measured.readUnitsPerEvent + measured.readUnitsPerRun,
    writeUnits: measured.writeUnitsPerEvent + measured.writeUnitsPerRun,
    // The publisher's own request is not the gateway's.
    sqsRequests: measured.sqsPerRun,
    posts: sockets,
  });
  // Ids and times are of different lengths.
  expect(Math.abs(logBytes / measured.logBytesPerRun - 1)).toBeLessThan(0.1);
});

test('of a ping', async () => {
  const [device] = devices;
  const { logBytes, ...units } = await unitsOf(5, async () => {
    device?.send({ type: 'ping' });
    await device?.hearsUntil('pong');
  });
  expect(units).toEqual({
    invocations: 1,
    readUnits: measured.readUnitsPerPing,
    writeUnits: 0,
    sqsRequests: 0,
    posts: 0,
  });
  expect(logBytes).toBe(0);
});

test("of a device's publication: one request to the queue, and what a ping reads", async () => {
  const { readUnits, sqsRequests } = await unitsOf(5, (nth) =>
    everybodyHears(
      `d-${nth}`,
      async () =>
        devices[0]?.publishes({
          type: 'order.status_changed',
          id: `d-${nth}`,
          data: { order_id: `d-${nth}`, status: 'ready' },
        }),
      'order.status_changed',
    ),
  );
  expect({ readUnits, sqsRequests }).toEqual({
    readUnits: measured.readUnitsPerPing + measured.readUnitsPerEvent + measured.readUnitsPerRun,
    sqsRequests: measured.sqsPerEvent + measured.sqsPerRun,
  });
});
