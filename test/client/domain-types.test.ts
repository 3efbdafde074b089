/** What the compiler knows of a stage's domain, asked once for several stages: by `Register`, and without it the preset's. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { registeredTypes } from '../../bin/types/domain-types.ts';
import { parseConfig } from '../../config-schema/parse-config.ts';
import { StageConfig } from '../../config-schema/stage-config.ts';

const root = join(import.meta.dirname, '../..');
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

/** What is written above each application. */
const heading = `
import { connect, type ConnectionType, type DataOf, type DeviceEventData, type Role } from '@maitred/client';
import { usePublish, useRestaurantEvent } from '@maitred/client/react';
declare module '@maitred/client' {
  interface RestaurantEventData { 'menu.updated': { version: number } }
}
const as = (connectionType: ConnectionType) => connect({ url: '', restaurantId: '', connectionType, getToken: () => '' });
declare const client: ReturnType<typeof as>;
client.on('menu.updated', ({ data }) => data.version.toFixed());
client.on('nobody.knows', ({ data }) => { const unknown: unknown = data; return unknown; });
// @ts-expect-error what backends publish, no device may
client.publish('menu.updated', { version: 1 });
const publish = usePublish();
type Same<One, Other> = (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false;
const same = <One, Other>(_: Same<One, Other>): void => {};
`;

const restaurant = `
same<ConnectionType, 'pos' | 'kitchen' | 'management' | 'customer' | 'platform'>(true);
same<Role, 'platform_owner' | 'restaurant_owner' | 'manager' | 'employee' | 'customer_display'>(true);
same<keyof DeviceEventData, 'order.created' | 'order.status_changed' | 'order.preparation_time' | 'payment.completed'>(true);
as('pos');
client.publish('order.created', { order_id: 7, table: 4 });
useRestaurantEvent('order.status_changed', ({ data }) => data.status === 'ready');
// @ts-expect-error it is no vehicle
as('vehicle');
// @ts-expect-error nor is this
client.publish('vehicle.position', {});
// @ts-expect-error a status nobody knows
client.publish('order.status_changed', { order_id: 1, status: 'burnt' });
// @ts-expect-error it would be dropped
client.publish('order.status_changed', { order_id: 1, status: 'ready', minutes: 5 });
`;

const fleet = `
same<ConnectionType, 'vehicle' | 'dispatcher' | 'workshop' | 'wallboard'>(true);
as('wallboard');
client.publish('log.written', { text: 'The gate was repaired.' });
client.publish('vehicle.status_changed', { status: 'broken', vehicle_id: 'HH-KV204', can_move: true });
publish('trip.completed', { trip_id: 'T-1' });
client.on('vehicle.position', ({ data }) => data.position.lat.toFixed() + (data.heading ?? 0).toFixed());
client.on('trip.assigned', ({ data }) => data.stops.flatMap(({ parcels }) => parcels ?? []).map(({ code }) => code.length));
useRestaurantEvent('vehicle.status_changed', ({ data }) => (data.status === 'standing' ? data.why : undefined));
const driver: Role = 'driver';
// @ts-expect-error it is no restaurant
as('pos');
// @ts-expect-error nor is this
client.publish('order.created', { order_id: 1 });
// @ts-expect-error what a restaurant hears is unknown here
client.on('order.created', ({ data }) => data.order_id);
// @ts-expect-error a slip of the pen
client.publish('log.writen', { text: '' });
// @ts-expect-error a field of another branch
client.publish('vehicle.status_changed', { status: 'broken', vehicle_id: 'HH-KV204', why: 'traffic' });
// @ts-expect-error a field is missing
client.publish('trip.answered', { answer: 'refused', trip_id: 'T-1' });
// @ts-expect-error a field that is dropped
client.publish('vehicle.position', { vehicle_id: 'HH-KV204', position: { lat: 1, lon: 1 }, speed: 5 });
// @ts-expect-error nothing there may be a number
client.on('log.written', ({ data }) => data.text.toFixed());
// @ts-expect-error nobody's role
const chef: Role = 'chef';
void [driver, chef];
`;

const extended = `
same<ConnectionType, 'pos' | 'kitchen' | 'management' | 'customer' | 'platform' | 'rider'>(true);
as('rider');
client.publish('ride.begun', { order_id: 'o-42', minutes: 12 });
client.publish('order.created', { order_id: 'o-42' });
// @ts-expect-error the stage took it out
client.publish('payment.completed', { order_id: 'o-42' });
// @ts-expect-error minutes are a number
client.publish('ride.begun', { order_id: 'o-42', minutes: '12' });
`;

const many = `
same<keyof DeviceEventData extends \`\${string}.\${string}\` ? true : false, true>(true);
${Array.from({ length: 300 }, (_, nth) => `client.publish('sensor.read_${nth}', { of_${nth}: { celsius: ${nth} } });`).join('\n')}
client.on('sensor.read_299', ({ data }) => data.of_299.celsius.toFixed());
// @ts-expect-error the field of another
client.publish('sensor.read_299', { of_298: { celsius: 1 } });
// @ts-expect-error one too far
client.publish('sensor.read_300', {});
const data: DataOf<'sensor.read_7'> = { of_7: { celsius: 7 } };
void data;
`;

/** Names that would meet: of two events, of an event and what is declared anyway, and of one and what TypeScript declares. */
const meeting = `
client.publish('a.b', { list: [1] });
client.publish('a.b_', { list: ['1'] });
client.publish('connection.type', { list: [true] });
client.publish('readonly.array', { list: [null] });
client.publish('device.events', { list: [{}] });
// @ts-expect-error the list of the other
client.publish('a.b', { list: ['1'] });
as('constructors');
`;

/** An application that took what the SDK said before for the events of its backends, and says more of a device's. */
const before = `
declare module '@maitred/client' {
  interface RestaurantEventData { 'order.created': DeviceEventData['order.created'] & { table: number } }
}
client.on('order.created', ({ data }) => data.table.toFixed());
`;

const eventOf = (data: object, from: readonly string[]) => ({
  title: 'It happened',
  from,
  audience: from,
  data,
  example: {},
});
const objectOf = (properties: object) => ({
  type: 'object',
  properties,
  additionalProperties: false,
  required: Object.keys(properties),
});

const ownDomain = (type: string, events: object) => ({
  connectionTypes: { [type]: {} },
  defaultConnectionType: type,
  roles: { all: { connectionTypes: [type] } },
  events,
});

const sensors = ownDomain(
  'sensor',
  Object.fromEntries(
    Array.from({ length: 300 }, (_, nth) => [
      `sensor.read_${nth}`,
      {
        ...eventOf(
          {
            ...objectOf({ [`of_${nth}`]: { $ref: '#/$defs/degrees' } }),
            $defs: { degrees: objectOf({ celsius: { type: 'number' } }) },
          },
          ['sensor'],
        ),
        example: { [`of_${nth}`]: { celsius: 1 } },
      },
    ]),
  ),
);

const lists = {
  'a.b': { type: 'number' },
  'a.b_': { type: 'string' },
  'connection.type': { type: 'boolean' },
  'readonly.array': { type: 'null' },
  'device.events': { type: 'object' },
};
const meetingNames = ownDomain(
  'constructors',
  Object.fromEntries(
    Object.entries(lists).map(([type, items]) => [
      type,
      { ...eventOf(objectOf({ list: { type: 'array', items } }), ['constructors']), example: { list: [] } },
    ]),
  ),
);

const riders = {
  extends: 'restaurant',
  connectionTypes: { rider: { title: "Rider's phone */" } },
  roles: { employee: { connectionTypes: ['pos', 'kitchen', 'customer', 'rider'] } },
  events: {
    'ride.begun': {
      ...eventOf(
        {
          type: 'object',
          properties: { order_id: { type: 'string' }, minutes: { type: 'integer' } },
          required: ['order_id'],
        },
        ['rider'],
      ),
      title: 'A rider is */ on\nthe way',
      example: { order_id: 'o-42' },
    },
    'payment.completed': null,
  },
};

/** An application of each kind of stage; without a configuration nothing is registered. */
const applications: readonly Readonly<{ name: string; code: string; config?: object }>[] = [
  { name: 'restaurant', code: restaurant },
  { name: 'before', code: before },
  { name: 'plain', code: restaurant, config: {} },
  { name: 'fleet', code: fleet, config: JSON.parse(readFileSync(join(root, 'examples/fleet/config.json'), 'utf8')) },
  { name: 'extended', code: extended, config: riders },
  { name: 'meeting', code: meeting, config: meetingNames },
  { name: 'many', code: many, config: sensors },
];

const source = (path: string) => [join(root, 'client/src', path)];
const compilerOptions = {
  ...{ strict: true, exactOptionalPropertyTypes: true, noEmit: true, target: 'es2022', lib: ['es2022'], types: [] },
  ...{ module: 'preserve', moduleResolution: 'bundler', allowImportingTsExtensions: true, composite: false },
  paths: { '@maitred/client': source('index.ts'), '@maitred/client/react': source('react.ts') },
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'maitred-domains-'));
  for (const { name, code, config } of applications) {
    mkdirSync(join(folder, name));
    const write = (file: string, text: string) => writeFileSync(join(folder, name, file), text);
    write('app.ts', `${heading}${code}`);
    write('tsconfig.json', JSON.stringify({ compilerOptions }));
    if (config !== undefined)
      write('maitred.d.ts', registeredTypes(parseConfig(StageConfig, name, JSON.stringify(config))));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('each application compiles with the domain of its stage, and what it says wrongly does not', () => {
  const names = applications.map(({ name }) => name);
  const { stdout, status } = spawnSync(process.execPath, [tsc, '--build', ...names], { cwd: folder, encoding: 'utf8' });
  expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
});
