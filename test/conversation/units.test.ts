/** The units that docs/cost.md and docs/performance.md count with are those that the gateway's meter shows. */
import { randomBytes, randomUUID } from 'node:crypto';
import { jsonText } from '../protocol/json/json-text.ts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connections } from '../../lambdas/dynamodb/connections.ts';
import { streams } from '../../lambdas/dynamodb/streams.ts';
import { emptyStream, nextEvent } from '../../lambdas/events/numbering.ts';
import type { ConnectionType } from '../../protocol/identifiers.ts';
import { measured } from '../../cost/units.ts';
import { hello } from '../../bin/smoke/messages.ts';
import { type GatewayFixture, openGatewayFixture } from './gateway-fixture.ts';
import { type Device, openRestaurantFixture, type RestaurantFixture } from './restaurant-fixture.ts';
import { until } from './until.ts';
import { advanced } from '../restaurant-domain.ts';

const sockets = 5;
let fixture: GatewayFixture;
let devices: readonly Device[];
let room: RestaurantFixture;
/** From the handshake to the timer, each. */
let entering: ReturnType<typeof usedBy>;

beforeAll(async () => {
  fixture = await openGatewayFixture({}, { authTimeoutSeconds: 10 });
  room = openRestaurantFixture(fixture, 'r-units');
  fixture.gateway.meter.reset();
  // One after another: timers that are due together share a run.
  const entered: Device[] = [];
  while (entered.length < sockets) entered.push(await room.enter('chef', 'kitchen'));
  devices = entered;
  await timersRun(sockets);
  await settled(4);
  entering = usedBy(sockets, 0);
  // The first event of a restaurant makes its head, and what serves it for the first time looks twice.
  await everybodyHears('first', () => room.backendSays(body('first')));
  for (const device of devices) {
    device.send({ type: 'ping' });
    await device.hearsUntil('pong');
  }
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

const timers = (): number => fixture.gateway.meter.invocations['AuthTimeoutFunction'] ?? 0;

/** The timers of handshakes come a while after the deadline, and would be counted with what is measured. */
const timersRun = async (count: number): Promise<void> => {
  await until(
    async () => timers(),
    (run) => run === count,
  );
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

/** Stores events as they are numbered, so many for one type each time; an event of 3.5 KB is about one read unit. */
const storesEvents = async (restaurantId: string, audiences: readonly (readonly [number, ConnectionType])[]) => {
  const { gateway, memberships } = fixture;
  const table = streams({ client: memberships.client, tableName: gateway.tables.events }, 60 * 60 * 1000);
  let head = emptyStream(`epoch of ${restaurantId}`);
  const stored: Promise<unknown>[] = [];
  for (const audience of audiences.flatMap(([times, type]) => Array.from({ length: times }, () => type))) {
    const id = `e-${head.headSeq + 1}`;
    const data = jsonText({ text: 'x'.repeat(3_500) });
    const event = nextEvent(
      head,
      { restaurantId, messageId: id, sentAtMs: 0, id, type: 'menu.updated', data, audience: [audience] },
      Date.now(),
    );
    stored.push(table.append(restaurantId, { event, messageId: id }));
    head = advanced(head, event);
    if (stored.length % 50 === 0) await Promise.all(stored);
  }
  await Promise.all(stored);
  await table.advance(restaurantId, undefined, head);
};

/** What the functions and the event source used, for each of so many times. */
const unitsOf = async (times: number, work: (nth: number) => Promise<unknown>) => {
  const { meter } = fixture.gateway;
  meter.reset();
  const linesBefore = fixture.logLines().length;
  for (let nth = 1; nth <= times; nth++) await work(nth);
  await settled(4);
  return usedBy(times, linesBefore);
};

/** What the meter has, and the log since it had so many lines, for each of so many times. */
const usedBy = (times: number, linesBefore: number) => {
  const { meter } = fixture.gateway;
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
    readUnits: measured.readUnitsPerEvent + measured.readUnitsPerTurn,
    writeUnits: measured.writeUnitsPerEvent + measured.writeUnitsPerTurn,
    // The publisher's own request is not the gateway's.
    sqsRequests: measured.sqsPerRun,
    posts: sockets,
  });
  // Ids and times are of different lengths.
  expect(Math.abs(logBytes / (measured.logBytesPerTurn + measured.logBytesPerRun) - 1)).toBeLessThan(0.1);
});

test('of a renewal', async () => {
  const [device] = devices;
  const { logBytes, ...units } = await unitsOf(3, async () => {
    const token = await fixture.token('chef');
    device?.send(hello({ url: '', token, restaurantId: room.restaurantId, connectionType: 'kitchen' }));
    await device?.hearsUntil('auth_success');
  });
  expect(units).toEqual({
    invocations: 1,
    readUnits: measured.readUnitsPerRenewal,
    writeUnits: measured.writeUnitsPerRenewal,
    sqsRequests: 0,
    posts: 0,
  });
  expect(Math.abs(logBytes / measured.logBytesPerRenewal - 1)).toBeLessThan(0.1);
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
    readUnits: measured.readUnitsPerPing + measured.readUnitsPerEvent + measured.readUnitsPerTurn,
    sqsRequests: measured.sqsPerEvent + measured.sqsPerRun,
  });
});

test.each<{ why: string; stored: readonly (readonly [number, ConnectionType])[]; hears: number; units: number }>([
  { why: 'behind which are 2,000 events for others reads none of them', stored: [[2_000, 'pos']], hears: 0, units: 0 },
  {
    why: 'of one event among 2,000 for others reads that one',
    stored: [
      [1_000, 'pos'],
      [1, 'customer'],
      [1_000, 'pos'],
    ],
    hears: 1,
    units: 1,
  },
])('of a replay at a customer display: one $why', async ({ why, stored, hears, units }) => {
  const restaurantId = `r-${why.length}`;
  const timersBefore = timers();
  const display = await openRestaurantFixture(fixture, restaurantId).enter('chef', 'customer');
  await storesEvents(restaurantId, stored);
  await timersRun(timersBefore + 1);
  // What serves a session for the first time looks twice.
  display.send({ type: 'ping' });
  await display.hearsUntil('pong');
  const replay = async (): Promise<void> => {
    display.send({ type: 'replay', after: 0 });
    const [answer] = await display.hearsUntil('replayed');
    expect(answer).toMatchObject({ gap: false, more: false });
    expect(answer?.['events']).toHaveLength(hears);
  };
  const uses: number[] = [];
  for (let nth = 0; nth < 3; nth++) uses.push((await unitsOf(1, replay)).readUnits);
  // Of three the one beside which nothing else went on. Its head is read consistently, that of a ping is not.
  expect(Math.min(...uses)).toBe(measured.readUnitsPerPing + 0.5 + units);
});

/** Sessions as a kitchen's tablet has one: users by UUID, and a user agent of a hundred characters. */
const seatsDevices = async (restaurantId: string, count: number) => {
  const port = connections({ client: fixture.memberships.client, tableName: fixture.gateway.tables.connections });
  for (let nth = 0; nth < count; nth++) {
    const connectedAtMs = Date.now();
    const handshake = {
      connectionId: randomBytes(11).toString('base64'),
      connectedAtMs,
      authDeadlineMs: connectedAtMs + 5_000,
      sourceIp: '203.0.113.7',
      userAgent: 'a'.repeat(100),
      passMember: 'm'.repeat(22),
      hints: {},
    };
    const session = {
      issuer: 'demo',
      userId: randomUUID(),
      restaurantId,
      connectionType: 'kitchen',
      role: 'employee',
      membershipSource: 'table',
      sessionExpiresAtMs: connectedAtMs + 3_600_000,
      tokenIssuedAtMs: connectedAtMs,
      loggedInAtMs: connectedAtMs,
      grantedAtMs: connectedAtMs,
      batch: true,
      deviceId: `kitchen-${nth}`,
    } as const;
    const ownerId = 'r'.repeat(16);
    await port.open(handshake);
    const lease = { ownerId, arrivedAtMs: connectedAtMs, leaseExpiresAtMs: connectedAtMs + 4_000 };
    await port.acquireLease(handshake, lease);
    await port.grant(handshake, ownerId, session);
    await port.activate(handshake, ownerId, session);
  }
};

test.each([
  { sessions: 10, units: measured.readUnitsPerWhoOf10 },
  { sessions: 100, units: measured.readUnitsPerWhoOf100 },
])('of a question who is there, at a restaurant of $sessions sessions', async ({ sessions, units }) => {
  const restaurantId = `r-who-${sessions}`;
  const timersBefore = timers();
  const office = await openRestaurantFixture(fixture, restaurantId).enter('manager', 'management');
  await seatsDevices(restaurantId, sessions - 1);
  await timersRun(timersBefore + 1);
  // What serves a session for the first time looks twice.
  office.send({ type: 'ping' });
  await office.hearsUntil('pong');
  const { readUnits, writeUnits, invocations } = await unitsOf(3, async () => {
    office.send({ type: 'who' });
    const [answer] = await office.hearsUntil('present');
    expect(answer).toMatchObject({ more: false });
    expect(answer?.['sessions']).toHaveLength(sessions);
  });
  expect({ readUnits, writeUnits, invocations }).toEqual({ readUnits: units, writeUnits: 0, invocations: 1 });
});

test('of a connection, from its handshake to its end', async () => {
  const ended = async (): Promise<number> => fixture.gateway.meter.invocations['DisconnectFunction'] ?? 0;
  const leaving = await unitsOf(sockets, async (nth) => {
    await devices[nth - 1]?.leave();
    await until(ended, (count) => count === nth);
  });
  // What the first of all makes once is not each one's: the key of passes, the head of the restaurant.
  const both = (unit: 'readUnits' | 'writeUnits'): number => Math.floor(2 * entering[unit]) / 2 + leaving[unit];
  expect({ readUnits: both('readUnits'), writeUnits: both('writeUnits') }).toEqual({
    readUnits: measured.readUnitsPerConnection,
    writeUnits: measured.writeUnitsPerConnection,
  });
  // On a busy machine two timers may share a run, its receive and its delete.
  expect(Math.ceil(entering.invocations + leaving.invocations)).toBe(measured.invocationsPerConnection);
  expect(entering.sqsRequests + leaving.sqsRequests).toBeLessThanOrEqual(measured.sqsPerConnection);
  const logBytes = entering.logBytes + leaving.logBytes;
  expect([logBytes, Math.abs(logBytes / measured.logBytesPerConnection - 1) < 0.1]).toEqual([logBytes, true]);
});
