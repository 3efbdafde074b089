/** The table of what devices publish: what each entry must be, and that nobody gets anything whom it does not name. */
import { describe, expect, test } from '@jest/globals';
import { eventData } from '../../protocol/schemas/event-data.ts';
import type { ConnectionType } from '../../protocol/identifiers.ts';
import { isEventType } from '../../protocol/restaurant-events.ts';
import { publicationName } from '../../protocol/schemas/client.ts';
import { objectsOf } from './schema-values.ts';
import {
  connectionTypes,
  defaultAudience,
  deviceEventEntries,
  parseClientMessage,
  restaurantDomain,
} from '../restaurant-domain.ts';

type Share = Readonly<{ publishes: readonly string[]; hears: readonly string[]; default: boolean }>;

/** As somebody decided it. `default`: it hears what backends publish without an audience. */
const decided: Readonly<Partial<Record<ConnectionType, Share>>> = {
  pos: {
    publishes: ['order.created', 'order.status_changed', 'payment.completed'],
    hears: ['order.created', 'order.status_changed', 'order.preparation_time', 'payment.completed'],
    default: true,
  },
  kitchen: {
    publishes: ['order.status_changed', 'order.preparation_time'],
    hears: ['order.created', 'order.status_changed', 'order.preparation_time'],
    default: true,
  },
  management: {
    publishes: ['order.created', 'order.status_changed'],
    hears: ['order.created', 'order.status_changed', 'order.preparation_time', 'payment.completed'],
    default: true,
  },
  customer: { publishes: [], hears: ['order.status_changed'], default: false },
  platform: { publishes: [], hears: [], default: true },
};
const undecided: Share = { publishes: [], hears: [], default: false };

test.each(connectionTypes)('%s publishes and hears what was decided for it, and nothing by default', (type) => {
  const types = deviceEventEntries.map(([event]) => event);
  expect({
    publishes: types.filter((event) => restaurantDomain.mayPublish(type, event)),
    hears: deviceEventEntries.filter(([, { audience }]) => audience.includes(type)).map(([event]) => event),
    default: defaultAudience.includes(type),
  }).toEqual(decided[type] ?? undecided);
});

describe.each([...deviceEventEntries])('%s', (type, event) => {
  test('is a type that an event may have, and goes to somebody from somebody', () => {
    expect(isEventType(type)).toBe(true);
    expect(event.from.length).toBeGreaterThan(0);
    expect(event.audience.length).toBeGreaterThan(0);
  });

  test('is published with its example and with every alternative of its fields', () => {
    for (const data of [event.example, ...objectsOf(eventData(event).whole)])
      expect(parseClientMessage(JSON.stringify({ type, id: 'm-1', data }))).toEqual({
        kind: 'publish',
        id: 'm-1',
        restaurantId: undefined,
        event: type,
        data: JSON.stringify(data),
      });
  });

  test('is called by its name and its legacy name alike', () => {
    for (const spelling of [type, event.legacy?.type ?? type])
      expect(restaurantDomain.eventOf(spelling)?.type).toBe(type);
  });

  test('has the field that legacy messages put beside the others', () => {
    const { beside } = event.legacy ?? {};
    if (beside !== undefined) expect(Object.keys(eventData(event).fields ?? {})).toContain(beside);
  });
});

test('no two events have one name, in whatever spelling or in the document', () => {
  const spellings = deviceEventEntries.flatMap(([type, { legacy }]) => [type, ...(legacy ? [legacy.type] : [])]);
  expect(spellings).toEqual([...new Set(spellings)]);
  const names = deviceEventEntries.map(([type]) => publicationName(type));
  expect(names).toEqual([...new Set(names)]);
});

test('no event has the name of another message', () => {
  for (const type of ['authenticate', 'reauth', 'ping', 'replay'])
    expect(restaurantDomain.eventOf(type)).toBeUndefined();
});
