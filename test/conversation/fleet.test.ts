/** What is particular to the domain of examples/fleet: no name of the restaurant, data with deep schemas, a type that may only hear. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fleet } from './cast.ts';
import { restaurantOfVisitor } from './demo-visitor.ts';
import { type GatewayFixture, openGatewayFixture } from './gateway-fixture.ts';
import { type Device, type Frame, openRestaurantFixture } from './restaurant-fixture.ts';
import { hello } from '../../bin/smoke/messages.ts';

const { domain } = fleet();
const types = Object.keys(domain.connectionTypes);
const events = Object.entries(domain.events);

let fixture: GatewayFixture;
/** By connection type. */
const devices = new Map<string, Device>();
beforeAll(async () => {
  fixture = await openGatewayFixture({}, domain);
  const depot = openRestaurantFixture(fixture, restaurantOfVisitor);
  const users = { vehicle: 'driver', dispatcher: 'desk', workshop: 'mechanic', wallboard: 'board' };
  for (const [type, user] of Object.entries(users))
    devices.set(type, await depot.enter(user, type, {}, { isMember: true }));
}, 60_000);
afterAll(() => fixture?.close());

const device = (type: string): Device => {
  const found = devices.get(type);
  if (found === undefined) throw new Error(`nobody is a ${type}`);
  return found;
};
const answerTo = async (from: string, message: object): Promise<Frame> => {
  device(from).send(message);
  return device(from).hears();
};

test('it has eleven events, and of four connection types one that may only hear', () => {
  expect(events).toHaveLength(11);
  expect(types).toEqual(['vehicle', 'dispatcher', 'workshop', 'wallboard']);
  expect(types.filter((type) => !events.some(([, { from }]) => from.includes(type)))).toEqual(['wallboard']);
  expect(events.filter(([, { legacy }]) => legacy !== undefined)).toEqual([]);
});

test('whoever does not say what they are is a vehicle, and nobody is a till', async () => {
  const first = { url: fixture.gateway.url, restaurantId: restaurantOfVisitor, connectionType: 'pos' };
  const enter = async (fields: object) => {
    const client = await fixture.connect();
    client.send(hello({ ...first, token: await fixture.token('driver') }, { ...fields }));
    const answer = JSON.parse(await client.next());
    client.drop();
    return answer;
  };
  expect(await enter({ connection_type: undefined })).toMatchObject({
    type: 'auth_success',
    connection_type: 'vehicle',
    role: 'driver',
  });
  expect(await enter({})).toMatchObject({ type: 'auth_error', reason: 'access_denied' });
});

test('the example of each event is accepted from whom it may come, and heard by those whom it is for and nobody else', async () => {
  for (const [type, { from, audience, example }] of events) {
    const [sender = ''] = from;
    await device(sender).publishes({ type, id: `example-${type}`, data: example });
    for (const hearer of audience) {
      const seesPublishers = domain.connectionTypes[hearer]?.seesPublishers === true;
      expect([hearer, await device(hearer).hears()]).toMatchObject([hearer, { type, data: example }]);
      expect([hearer, seesPublishers]).toEqual([hearer, ['vehicle', 'dispatcher'].includes(hearer)]);
    }
  }
  for (const type of types) expect([type, (await answerTo(type, { type: 'ping' }))['type']]).toEqual([type, 'pong']);
});

test('what only hears may send none of them', async () => {
  for (const [type, { example }] of events)
    expect(await answerTo('wallboard', { type, id: 'w-1', data: example })).toMatchObject({
      type: 'error',
      reason: 'forbidden',
      id: 'w-1',
    });
});

test('a backend that names no audience is heard by vehicles and dispatchers', async () => {
  await openRestaurantFixture(fixture, restaurantOfVisitor).backendSays('{"v":1,"type":"depot.closed","data":{}}');
  for (const type of ['vehicle', 'dispatcher'])
    expect(await device(type).hears()).toMatchObject({ type: 'depot.closed' });
  for (const type of ['workshop', 'wallboard'])
    expect([type, (await answerTo(type, { type: 'ping' }))['type']]).toEqual([type, 'pong']);
});

test('fields that a position does not name are dropped, and what a pattern takes is delivered as it was written', async () => {
  const position = { lat: 53.5, lon: -179.5 };
  await device('vehicle').publishes({
    type: 'vehicle.position',
    id: 'p-1',
    data: { vehicle_id: 'B-42', position, driver: 'somebody' },
  });
  for (const type of ['dispatcher', 'wallboard'])
    expect((await device(type).hears())['data']).toEqual({ vehicle_id: 'B-42', position });
});

const at = { lat: 53.5, lon: 9.9 };
const vehicle_id = 'HH-KV204';
const stop = (fields: object) => ({ trip_id: 'T-1', vehicle_id, stops: [{ name: 'a', position: at, ...fields }] });

describe('data is refused before it is accepted, with the name of its field', () => {
  test.each([
    {
      why: 'a pattern',
      from: 'vehicle',
      type: 'vehicle.position',
      data: { vehicle_id: 'hh 1', position: at },
      field: 'vehicle_id',
    },
    {
      why: 'a bound within a definition',
      from: 'vehicle',
      type: 'vehicle.position',
      data: { vehicle_id, position: { lat: 91, lon: 0 } },
      field: 'position',
    },
    {
      why: 'an exclusive bound',
      from: 'vehicle',
      type: 'vehicle.position',
      data: { vehicle_id, position: at, heading: 360 },
      field: 'heading',
    },
    {
      why: 'a field that is missing',
      from: 'vehicle',
      type: 'vehicle.position',
      data: { vehicle_id },
      field: 'position',
    },
    {
      why: 'no branch of a choice',
      from: 'vehicle',
      type: 'vehicle.status_changed',
      data: { status: 'flying', vehicle_id },
      field: 'status',
    },
    {
      why: 'a field of another branch',
      from: 'vehicle',
      type: 'vehicle.status_changed',
      data: { status: 'driving', vehicle_id, can_move: true },
      field: 'can_move',
    },
    {
      why: 'a branch of a choice within a field',
      from: 'vehicle',
      type: 'parcel.handed_over',
      data: { code: '8F3K2L', proof: { kind: 'pin', pin: 'x' } },
      field: 'proof',
    },
    {
      why: 'a list that is empty',
      from: 'vehicle',
      type: 'fault.reported',
      data: { vehicle_id, codes: [] },
      field: 'codes',
    },
    {
      why: 'an item three levels down',
      from: 'dispatcher',
      type: 'trip.assigned',
      data: stop({ parcels: [{ code: '8F3K2L', grams: 0 }] }),
      field: 'stops',
    },
    {
      why: 'a field that is not named where none may be',
      from: 'dispatcher',
      type: 'trip.assigned',
      data: stop({ colour: 'red' }),
      field: 'stops',
    },
    {
      why: 'a number between two steps',
      from: 'workshop',
      type: 'repair.finished',
      data: { vehicle_id, minutes: 42 },
      field: 'minutes',
    },
  ])('$why: $field', async ({ from, type, data, field }) => {
    expect(await answerTo(from, { type, id: 'r-1', data })).toMatchObject({
      type: 'error',
      reason: 'malformed_message',
      id: 'r-1',
      field,
    });
  });
});
