/** What an update must not do to a deployed stage: the rule on changed templates, then on today's. */
import { describe, expect, test } from '@jest/globals';
import { templates } from '../lib/templates.ts';
import { configurationOf, templateOf } from './fixtures.ts';
import { lastingTypes, refusedChanges, type Template } from './template-changes.ts';

const state = templateOf('default', 'state');
const gateway = templateOf('full', 'gateway');
const monitoring = templateOf('full', 'monitoring');

const connections = 'Connections827CEF2F';
const audit = 'Audit3D8ADE0A';
const users = 'UserPoolDAD9161D';
const devices = 'UserPoolDevices4B5CBC43';
const eventQueue = 'EventQueue7D2669DD';

const without = ({ Resources }: Template, id: string): Template => {
  const { [id]: _, ...others } = Resources;
  return { Resources: others };
};

const withProperties = ({ Resources }: Template, id: string, changed: object): Template => {
  const resource = Resources[id];
  if (resource === undefined) throw new Error(`the baseline has no ${id}`);
  return { Resources: { ...Resources, [id]: { ...resource, Properties: { ...resource.Properties, ...changed } } } };
};

const key = (AttributeName: string, KeyType = 'HASH') => ({ AttributeName, KeyType });
const attribute = (AttributeName: string, AttributeType = 'S') => ({ AttributeName, AttributeType });
const index = (IndexName: string, keys: readonly object[], ProjectionType = 'ALL') => ({
  IndexName,
  KeySchema: keys,
  Projection: { ProjectionType },
});
const live = index('live', [key('live_restaurant_id'), key('connection_id', 'RANGE')]);
const indexes = (...all: readonly object[]) => ({ GlobalSecondaryIndexes: all });

describe('an update is refused', () => {
  test.each<{ why: string; before: Template; now: Template; says: readonly string[] }>([
    {
      why: 'the key of a table is another one',
      before: state,
      now: withProperties(state, audit, { KeySchema: [key('pk'), key('time', 'RANGE')] }),
      says: [`${audit} would be replaced for its KeySchema, and lose its items`],
    },
    {
      why: 'the key of a table has another type',
      before: state,
      now: withProperties(state, audit, { AttributeDefinitions: [attribute('pk'), attribute('sk', 'N')] }),
      says: [`${audit} has keys of sk, whose type cannot be changed`],
    },
    {
      why: 'an index projects less',
      before: state,
      now: withProperties(state, connections, indexes(index('live', live.KeySchema, 'KEYS_ONLY'))),
      says: [`${connections} cannot change the projection of its index live`],
    },
    {
      why: 'an index has other keys',
      before: state,
      now: withProperties(state, connections, indexes(index('live', [key('live_restaurant_id')]))),
      says: [`${connections} cannot change the keys of its index live`],
    },
    {
      why: 'a table gets two indexes at once',
      before: state,
      now: withProperties(state, audit, indexes(index('by_user', [key('user_id')]), index('by_event', [key('event')]))),
      says: [`${audit} can change one index in a release, not by_user and by_event`],
    },
    {
      why: 'an index makes place for another one at once',
      before: state,
      now: withProperties(state, connections, indexes(index('alive', live.KeySchema))),
      says: [`${connections} can change one index in a release, not alive and live`],
    },
    {
      why: 'a table has another id in the template',
      before: state,
      now: without(state, audit),
      says: [`${audit} is gone, and with it its items`],
    },
    {
      why: 'a table is named',
      before: state,
      now: withProperties(state, audit, { TableName: 'audit' }),
      says: [`${audit} would be replaced for its TableName, and lose its items`],
    },
    {
      why: 'a queue is no longer one that keeps the order',
      before: gateway,
      now: withProperties(gateway, eventQueue, { FifoQueue: false }),
      says: [`${eventQueue} would be replaced for its FifoQueue, and lose its messages`],
    },
    {
      why: 'the users sign in by something else',
      before: state,
      now: withProperties(state, users, { AliasAttributes: ['phone_number'] }),
      says: [`${users} would be replaced for its AliasAttributes, and lose its users`],
    },
    {
      why: 'the devices get a secret',
      before: state,
      now: withProperties(state, devices, { GenerateSecret: true }),
      says: [`${devices} would be replaced for its GenerateSecret, and lose the sign-ins of devices`],
    },
    {
      why: 'the API is made anew',
      before: gateway,
      now: without(gateway, 'DoorApiD32F8731'),
      says: ['DoorApiD32F8731 is gone, and with it the address devices know'],
    },
  ])('where $why', ({ before, now, says }) => {
    expect(refusedChanges(before, now)).toEqual(says);
  });
});

describe('an update is not refused', () => {
  test.each<{ why: string; before: Template; now: Template }>([
    { why: 'where nothing changes', before: state, now: state },
    {
      why: 'for one new index of each of two tables',
      before: state,
      now: withProperties(
        withProperties(state, audit, indexes(index('by_user', [key('user_id')]))),
        connections,
        indexes(live, index('by_user', [key('user_id')])),
      ),
    },
    {
      why: 'for a new table',
      before: without(state, audit),
      now: state,
    },
    {
      why: 'for what CloudFormation changes in place',
      before: gateway,
      now: withProperties(gateway, eventQueue, { VisibilityTimeout: 120 }),
    },
    {
      why: 'for what keeps nothing',
      before: gateway,
      now: without(gateway, 'MessageFunction477FF9F9'),
    },
  ])('$why', ({ before, now }) => {
    expect(refusedChanges(before, now)).toEqual([]);
  });
});

test('every type that lasts is in a template of the baseline', () => {
  const types = new Set(
    [state, gateway, monitoring].flatMap(({ Resources }) => Object.values(Resources).map(({ Type }) => Type)),
  );
  expect(lastingTypes.filter((type) => !types.has(type))).toEqual([]);
});

describe.each(['default', 'full'] as const)('a stage of v0.1.0 with the configuration %s', (name) => {
  const now = templates(configurationOf(name), name);

  test.each(['state', 'gateway', 'monitoring'] as const)('can be updated to what is here: %s', (stack) => {
    // As it is in the file: the CDK's own objects are of another realm, and equal to nothing of this one.
    const { Resources } = JSON.parse(JSON.stringify(now[stack].toJSON()));
    expect(refusedChanges(templateOf(name, stack), { Resources })).toEqual([]);
  });
});
