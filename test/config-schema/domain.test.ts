/** The domain in a stage's file: what is filled in, what a preset gives, and what is refused with the key's name. */
import { describe, expect, test } from '@jest/globals';
import { ConfigError } from '../../config-schema/config-error.ts';
import { parseConfig } from '../../config-schema/parse-config.ts';
import { StageConfig } from '../../config-schema/stage-config.ts';
import restaurant from '../../presets/restaurant/domain.json' with { type: 'json' };
import { dataJudge } from '../../protocol/data-judge.ts';
import { domainOf } from '../../protocol/domain.ts';
import { messageTypes } from '../../protocol/message-types.ts';
import { clientMessages } from '../../protocol/schemas/client.ts';
import { serverMessages } from '../../protocol/schemas/server.ts';
import { connectionTypes, restaurantDomain, roles } from '../restaurant-domain.ts';

const stage = (config: object) => parseConfig(StageConfig, 'config/test.json', JSON.stringify(config));
const errorOf = (config: object): ConfigError => {
  try {
    stage(config);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

const trip = {
  title: 'A trip has begun',
  from: ['van'],
  audience: ['office'],
  data: { type: 'object', properties: { trip_id: { type: 'string' } }, required: ['trip_id'] },
  example: { trip_id: 't-1' },
};
/** No word of the restaurant's. */
const own = {
  connectionTypes: { van: {}, office: { hearsBackends: true } },
  defaultConnectionType: 'van',
  roles: {
    boss: { connectionTypes: ['office'], everyRestaurant: true },
    driver: { connectionTypes: ['van', 'office'] },
  },
  events: { 'trip.begun': trip },
};

describe('a stage that says nothing of its domain', () => {
  test.each([
    { why: 'nothing at all', config: {} },
    { why: 'that it extends the preset', config: { extends: 'restaurant' } },
    { why: 'what the preset says', config: { extends: 'restaurant', defaultConnectionType: 'pos' } },
  ])('has the preset: it says $why', ({ config }) => {
    const { connectionTypes: types, defaultConnectionType, roles: its, events, demoUsers } = stage(config);
    expect({ connectionTypes: types, defaultConnectionType, roles: its, events, demoUsers }).toMatchObject(restaurant);
    expect(Object.keys(events)).toEqual(Object.keys(restaurant.events));
  });

  test('has flags that are off where the preset does not say', () => {
    expect(stage({}).connectionTypes['customer']).toEqual({
      title: 'Customer display',
      hearsBackends: false,
      seesPublishers: false,
      asksWho: false,
    });
    expect(stage({}).roles['manager']?.everyRestaurant).toBe(false);
  });
});

describe('a stage with a domain of its own', () => {
  test('has that and nothing of the preset', () => {
    const domain = domainOf(stage(own));
    expect(domain.connectionTypes).toEqual(['van', 'office']);
    expect(domain.roles).toEqual(['boss', 'driver']);
    expect(domain.events.map(({ type }) => type)).toEqual(['trip.begun']);
    expect(domain.defaultAudience).toEqual(['office']);
    expect(domain.eventOf('order.created')).toBeUndefined();
  });

  test('has one demo user for each role of one restaurant, by its name, or those it says', () => {
    expect(stage(own).demoUsers).toEqual({ driver: 'driver' });
    expect(stage({ ...own, demoUsers: { ann: 'driver', bob: 'driver' } }).demoUsers).toEqual({
      ann: 'driver',
      bob: 'driver',
    });
  });

  test('may have no event: then only backends publish', () => {
    expect(stage({ ...own, events: {} }).events).toEqual({});
  });

  test.each([300, 500])('may have %d events', (count) => {
    const events = Object.fromEntries(Array.from({ length: count }, (_, nth) => [`trip.number_${nth}`, trip]));
    const domain = domainOf(stage({ ...own, events }));
    expect(domain.events).toHaveLength(count);
    const last = domain.eventOf(`trip.number_${count - 1}`);
    expect(last && dataJudge()(last, { trip_id: 1 })).toBe('trip_id');
  });
});

describe('a stage that extends the preset', () => {
  const rider = {
    connectionTypes: { rider: { title: 'Rider', hearsBackends: true } },
    roles: { courier: { connectionTypes: ['rider'] } },
  };

  test('has its own entries after those of the preset', () => {
    const domain = domainOf(
      stage({
        extends: 'restaurant',
        ...rider,
        events: { 'ride.begun': { ...trip, from: ['rider'], audience: ['pos', 'rider'] } },
      }),
    );
    expect(domain.connectionTypes).toEqual([...connectionTypes, 'rider']);
    expect(domain.roles).toEqual([...roles, 'courier']);
    expect(domain.narrowerRole('courier', 'employee')).toBe('courier');
    expect(domain.mayPublish('rider', 'ride.begun')).toBe(true);
    expect(domain.mayPublish('pos', 'order.created')).toBe(true);
  });

  test("has an entry of its own instead of the preset's of that name, as a whole, in its place", () => {
    const domain = domainOf(
      stage({
        extends: 'restaurant',
        events: { 'order.created': { ...trip, from: ['kitchen'], audience: ['pos'] } },
        roles: { manager: { connectionTypes: ['kitchen'] } },
      }),
    );
    expect(domain.events.map(({ type }) => type)).toEqual(restaurantDomain.events.map(({ type }) => type));
    expect(domain.roles).toEqual(roles);
    expect(domain.mayPublish('pos', 'order.created')).toBe(false);
    expect(domain.eventOf('order_created')).toBeUndefined();
    expect(domain.mayConnectAs('manager', 'pos')).toBe(false);
  });

  test('has no entry that it takes out', () => {
    const domain = domainOf(stage({ extends: 'restaurant', events: { 'payment.completed': null } }));
    expect(domain.eventOf('payment.completed')).toBeUndefined();
    expect(domain.eventOf('payment_processed')).toBeUndefined();
    expect(domain.eventOf('order.created')).toBeDefined();
  });

  test('keeps the demo users of the preset while their roles are there', () => {
    expect(stage({ extends: 'restaurant', ...rider }).demoUsers).toEqual(restaurant.demoUsers);
    const { employee: _, customer_display: __, ...others } = stage({}).roles;
    const fewer = stage({ extends: 'restaurant', roles: { employee: null, customer_display: null } });
    expect(Object.keys(fewer.roles)).toEqual(Object.keys(others));
    expect(fewer.demoUsers).toEqual({ restaurant_owner: 'restaurant_owner', manager: 'manager' });
  });
});

const types = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, {}]));
const legacy = (said: object) => ({
  ...own,
  events: { 'trip.begun': { ...trip, legacy: { type: 'begin', ...said } } },
});
const event = (said: object) => ({ ...own, events: { 'trip.begun': { ...trip, ...said } } });
const data = (said: object) => event({ data: { ...trip.data, ...said } });

/** An object with lists of lists in it. */
const nested = (lists: number) => ({ of: JSON.parse('['.repeat(lists) + ']'.repeat(lists)) });
const deepSchema = (lists: number) => JSON.parse(`${'{"type":"array","items":'.repeat(lists)}{}${'}'.repeat(lists)}`);

test('an example may be as deep as the data of an event', () => {
  const { events } = stage(event({ data: { type: 'object' }, example: nested(31) }));
  expect(events['trip.begun']?.example).toEqual(nested(31));
});

describe('is refused by its key, in one sentence', () => {
  test.each<{ why: string; config: object; key: string; says: RegExp }>([
    {
      why: 'a preset that is none',
      config: { extends: 'hotel' },
      key: 'extends',
      says: /^must be "restaurant", got "hotel"/,
    },
    ...(['connectionTypes', 'defaultConnectionType', 'roles', 'events'] as const).map((key) => {
      const { [key]: _, ...rest } = own;
      return {
        why: `a domain of one's own without ${key}`,
        config: rest,
        key,
        says: /^must be there beside the other three/,
      };
    }),
    {
      why: 'a list of types',
      config: { ...own, connectionTypes: ['van'] },
      key: 'connectionTypes',
      says: /^must be an object with an entry for each name/,
    },
    ...['Van', 'van-1', '1van', '', 'v'.repeat(17), 'constructor', 'prototype', '__proto__', 'toString'].map(
      (name) => ({
        why: `a connection type called ${name}`,
        config: { ...own, connectionTypes: JSON.parse(`{"van":{},"office":{},${JSON.stringify(name)}:{}}`) },
        key: `connectionTypes.${name}`,
        says: /^must be called by 1 to 16 of a-z/,
      }),
    ),
    ...['Boss', 'none', 'unreadable', '__proto__', 'constructor', 'b'.repeat(33)].map((name) => ({
      why: `a role called ${name}`,
      config: {
        ...own,
        roles: JSON.parse(
          `{"driver":{"connectionTypes":["van","office"]},${JSON.stringify(name)}:{"connectionTypes":["van"]}}`,
        ),
      },
      key: `roles.${name}`,
      says: /^must be called by 1 to 32 of a-z/,
    })),
    ...['trip', 'Trip.begun', 'trip.begun.a.b.c', 'who', '__proto__'].map((name) => ({
      why: `an event called ${name}`,
      config: { ...own, events: JSON.parse(`{${JSON.stringify(name)}:${JSON.stringify(trip)}}`) },
      key: `events.${name}`,
      says: /^must be called by two to four lower-case words/,
    })),
    {
      why: 'a demo user whom the gateway has for itself',
      config: { ...own, demoUsers: { rival: 'driver' } },
      key: 'demoUsers.rival',
      says: /^must be called by/,
    },
    {
      why: 'eleven connection types',
      config: { ...own, connectionTypes: types('van', 'office', ...'abcdefghi') },
      key: 'connectionTypes',
      says: /^must have 10 entries at most/,
    },
    {
      why: 'eleven with those of the preset',
      config: { extends: 'restaurant', connectionTypes: types(...'abcdef') },
      key: 'connectionTypes',
      says: /^must have 10 entries at most, the preset's among them, got 11/,
    },
    {
      why: '501 events',
      config: { ...own, events: Object.fromEntries(Array.from({ length: 501 }, (_, nth) => [`trip.n${nth}`, trip])) },
      key: 'events',
      says: /^must have 500 entries at most/,
    },
    {
      why: 'a key that is none',
      config: { ...own, connectionTypes: { ...own.connectionTypes, office: { hears: true } } },
      key: 'connectionTypes.office.hears',
      says: /^is no known key/,
    },
    {
      why: 'a flag that is none',
      config: { ...own, connectionTypes: { ...own.connectionTypes, office: { asksWho: 'yes' } } },
      key: 'connectionTypes.office.asksWho',
      says: /^must be true or false/,
    },
    {
      why: 'a default type that is none',
      config: { ...own, defaultConnectionType: 'pos' },
      key: 'defaultConnectionType',
      says: /^must be one of the connection types, van, office, got "pos"/,
    },
    {
      why: 'a type that no role may be',
      config: { ...own, connectionTypes: { ...own.connectionTypes, bike: {} } },
      key: 'connectionTypes.bike',
      says: /^must be one that some role may connect as/,
    },
    {
      why: 'a role that may do nothing',
      config: { ...own, roles: { ...own.roles, guest: { connectionTypes: [] } } },
      key: 'roles.guest.connectionTypes',
      says: /^must have one connection type at least: the role may do nothing/,
    },
    {
      why: 'a role of a type that is none',
      config: { ...own, roles: { ...own.roles, guest: { connectionTypes: ['van', 'bike'] } } },
      key: 'roles.guest.connectionTypes.1',
      says: /^must be one of the connection types, van, office, got "bike"/,
    },
    {
      why: 'a role of a type twice',
      config: { ...own, roles: { ...own.roles, guest: { connectionTypes: ['van', 'van'] } } },
      key: 'roles.guest.connectionTypes.1',
      says: /^must differ from those before it/,
    },
    {
      why: 'an event that nobody may send',
      config: event({ from: [] }),
      key: 'events.trip.begun.from',
      says: /nobody may send it/,
    },
    {
      why: 'an event that nobody hears',
      config: event({ audience: [] }),
      key: 'events.trip.begun.audience',
      says: /nobody hears it/,
    },
    {
      why: 'an event from a type that is none',
      config: event({ from: ['pos'] }),
      key: 'events.trip.begun.from.0',
      says: /^must be one of the connection types/,
    },
    {
      why: 'an event for a type that is none',
      config: event({ audience: ['office', 'pos'] }),
      key: 'events.trip.begun.audience.1',
      says: /^must be one of the connection types/,
    },
    {
      why: 'an event without a schema',
      config: event({ data: null }),
      key: 'events.trip.begun.data',
      says: /^must be a JSON Schema/,
    },
    {
      why: 'data that is no object',
      config: event({ data: { type: 'array' } }),
      key: 'events.trip.begun.data.type',
      says: /^must be "object": the data of an event is one, got "array"/,
    },
    {
      why: 'data of two types',
      config: event({ data: { type: ['object', 'null'] } }),
      key: 'events.trip.begun.data.type',
      says: /^must be "object"/,
    },
    {
      why: 'a keyword outside the subset',
      config: data({ properties: { trip_id: { type: 'string', format: 'uuid' } } }),
      key: 'events.trip.begun.data.properties.trip_id.format',
      says: /got "uuid"/,
    },
    {
      why: 'a schema that recurses',
      config: data({
        $defs: { a: { type: 'array', items: { $ref: '#/$defs/a' } } },
        properties: { trip_id: { $ref: '#/$defs/a' } },
      }),
      key: 'events.trip.begun.data.$defs.a.items.$ref',
      says: /./,
    },
    {
      why: 'an example that does not fit',
      config: event({ example: { trip_id: 17 } }),
      key: 'events.trip.begun.example.trip_id',
      says: /^must fit the event's own schema, .* type, got 17/,
    },
    {
      why: 'an example that lacks a field',
      config: event({ example: {} }),
      key: 'events.trip.begun.example.trip_id',
      says: /^must fit the event's own schema, .* required, got nothing/,
    },
    {
      why: 'an example that no device could publish, being nested 33 levels deep',
      config: event({ data: { type: 'object' }, example: nested(32) }),
      key: 'events.trip.begun.example',
      says: /^must be nested 32 levels deep at most/,
    },
    {
      why: 'a schema so deep that nothing can show it',
      config: data({ properties: { trip_id: deepSchema(3000) } }),
      key: ['events.trip.begun.data.properties.trip_id', ...Array(99).fill('items')].join('.'),
      says: /^is more than 100 schemas deep, got /,
    },
    {
      why: 'unknown fields that are dropped of a schema without names',
      config: event({ data: { type: 'object' }, unknownFields: 'drop' }),
      key: 'events.trip.begun.unknownFields',
      says: /nothing would be left/,
    },
    {
      why: 'unknown fields that are kept in another word',
      config: event({ unknownFields: 'keep' }),
      key: 'events.trip.begun.unknownFields',
      says: /^must be "drop"/,
    },
    ...[...messageTypes].map((type) => ({
      why: `a legacy spelling that is ${type}`,
      config: legacy({ type }),
      key: 'events.trip.begun.legacy.type',
      says: /^must be no message of the protocol/,
    })),
    {
      why: 'a legacy spelling that is another event',
      config: { ...own, events: { 'trip.begun': { ...trip, legacy: { type: 'trip.ended' } }, 'trip.ended': trip } },
      key: 'events.trip.begun.legacy.type',
      says: /^must be no spelling of another event, as it is of trip\.ended/,
    },
    {
      why: 'a legacy spelling that another event has',
      config: {
        ...own,
        events: {
          'trip.begun': { ...trip, legacy: { type: 'trip' } },
          'trip.ended': { ...trip, legacy: { type: 'trip' } },
        },
      },
      key: 'events.trip.ended.legacy.type',
      says: /as it is of trip\.begun/,
    },
    ...['type', 'id', 'token', 'timestamp', 'restaurant_id', 'data'].flatMap((field) =>
      ['object', 'beside'].map((name) => ({
        why: `a legacy ${name} that is ${field}`,
        config: legacy({ [name]: field }),
        key: `events.trip.begun.legacy.${name}`,
        says: /^must be no field of every message/,
      })),
    ),
    {
      why: 'a legacy object beside itself',
      config: legacy({ object: 'trip', beside: 'trip' }),
      key: 'events.trip.begun.legacy.beside',
      says: /^must differ from object/,
    },
    ...(['connectionTypes', 'roles', 'events'] as const).map((key) => ({
      why: `${key} of which something is taken out that is not there`,
      config: { extends: 'restaurant', [key]: { ...(key === 'events' ? { 'no.such': null } : { none_such: null }) } },
      key: `${key}.${key === 'events' ? 'no.such' : 'none_such'}`,
      says: /^must be an entry: the preset has none of this name to take out/,
    })),
    {
      why: 'an entry taken out of nothing',
      config: { ...own, connectionTypes: { ...own.connectionTypes, bike: null } },
      key: 'connectionTypes.bike',
      says: /^must be an entry: there is none of a preset to take out/,
    },
    {
      why: 'a type taken out that roles of the preset have',
      config: { extends: 'restaurant', connectionTypes: { customer: null } },
      key: 'roles.platform_owner.connectionTypes.3',
      says: /^must be one of the connection types/,
    },
    {
      why: 'a demo user of a role that is none',
      config: { ...own, demoUsers: { ann: 'chef' } },
      key: 'demoUsers.ann',
      says: /^must be one of driver, got "chef"/,
    },
    {
      why: 'a demo user of every restaurant',
      config: { ...own, demoUsers: { ann: 'boss' } },
      key: 'demoUsers.ann',
      says: /^must be one of driver/,
    },
    ...['boss', 'manager'].map((role) => ({
      why: `a claim that makes a ${role} of everybody`,
      config: {
        ...own,
        issuers: [
          {
            alias: 'shop',
            issuer: 'https://id.example.com',
            audience: 'vans',
            idTokens: 'other_audience',
            membershipClaim: { path: ['groups'], shape: 'ids', role },
          },
        ],
      },
      key: 'issuers.0.membershipClaim.role',
      says: /^must be one of driver, got/,
    })),
  ])('$why', ({ config, key, says }) => {
    const error = errorOf(config);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', file: 'config/test.json', key });
    const start = `config/test.json: ${key} `;
    expect(error.message.startsWith(start)).toBe(true);
    expect(error.message.slice(start.length)).toMatch(says);
    expect(error.message).not.toContain('\n');
  });
});

test('the types of the protocol are those of its messages', () => {
  const names = [...Object.keys(clientMessages(restaurantDomain)), ...Object.keys(serverMessages(restaurantDomain))];
  const own = names.filter((name) => !name.startsWith('publish_') && name !== 'restaurant_event');
  // The other spelling of `authenticate`.
  expect([...messageTypes].sort()).toEqual([...own, 'reauth'].sort());
});
