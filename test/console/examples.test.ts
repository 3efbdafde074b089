import { describe, expect, test } from '@jest/globals';
import { exampleOf, idsIn } from '../../console/examples.ts';
import type { DemoEvent } from '../../console/rows.ts';

const event = (type: DemoEvent['type'], example: DemoEvent['example']): DemoEvent => ({
  type,
  title: '',
  from: [],
  audience: [],
  example,
});
const begun = event('trip.begun', { trip_id: 't-7', from: 'depot' });
const ended = event('trip.ended', { trip_id: 't-7', driver_id: 'd-1' });
const events = [begun, ended];
const half = () => 0.5;

describe('the example of an event', () => {
  test('that begins something is about something new, and says all else as it stands', () => {
    expect(exampleOf(begun, events, new Map(), half)).toEqual({ trip_id: 't-5500', from: 'depot' });
    expect(exampleOf(begun, events, new Map([['trip_id', 't-1']]), half)['trip_id']).toBe('t-5500');
  });

  test('that comes later is about what was spoken of last', () => {
    const newest = new Map([['trip_id', 't-1234']]);
    // The driver is named here first.
    expect(exampleOf(ended, events, newest, half)).toEqual({ trip_id: 't-1234', driver_id: 'd-5500' });
  });

  test('is about something new where nothing was spoken of', () => {
    expect(exampleOf(ended, events, new Map(), half)['trip_id']).toBe('t-5500');
  });

  test.each([
    { id: 'o-42', like: /^o-\d{4}$/ },
    { id: 'soup', like: /^soup-\d{4}$/ },
    { id: '7', like: /^\d{4}$/ },
    {
      id: '0b9f5c1e-52a4-4d0e-9d3c-1f7b8a6e2c40',
      like: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-9[0-9a-f]{3}-[0-9a-f]{12}$/,
    },
  ])('gets an id that looks like $id', ({ id, like }) => {
    const one = event('a.b', { id });
    const made = exampleOf(one, [one], new Map(), Math.random)['id'];
    expect(made).toMatch(like);
    expect(made).not.toBe(id);
  });

  test('gets a number where an id is one', () => {
    const one = event('a.b', { orderId: 42 });
    for (const random of [0, 0.999_999_999])
      expect(exampleOf(one, [one], new Map(), () => random)['orderId']).toBeGreaterThanOrEqual(1);
  });
});

describe('what an event names', () => {
  test.each([
    {
      data: { id: 'a', order_id: 1, tripId: 'b' },
      ids: [
        ['id', 'a'],
        ['order_id', 1],
        ['tripId', 'b'],
      ],
    },
    { data: { paid: true, idle: 'x', valid: 'y', hybrid: 'z', ID: 'w' }, ids: [] },
    { data: { order_id: { nested: 1 }, at: null }, ids: [] },
    { data: ['id'], ids: [] },
    { data: undefined, ids: [] },
  ])('in $data: $ids', ({ data, ids }) => {
    expect(idsIn(data)).toEqual(ids);
  });
});
