import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseClientMessage } from '../../protocol/client-messages.ts';
import { limits } from '../../protocol/limits.ts';
import { isEventType } from '../../protocol/restaurant-events.ts';

const said = (message: object) => parseClientMessage(JSON.stringify(message));
const nested = (depth: number): object => JSON.parse(`${'{"a":'.repeat(depth)}{}${'}'.repeat(depth)}`);

describe('what a device says', () => {
  const status = { order_id: 7, status: 'ready' };
  const minutes = { order_id: 7, estimated_time: 12 };

  test.each<{ why: string; message: object; event: string; data: object }>([
    {
      why: 'an order in data',
      message: { type: 'order.created', data: { order_id: 7, items: ['soup'] } },
      event: 'order.created',
      data: { order_id: 7, items: ['soup'] },
    },
    {
      why: 'an order at top level, without what belongs to the message',
      message: {
        type: 'order.created',
        order_id: 7,
        items: [],
        id: 'm',
        token: 't',
        timestamp: 1,
        client_type: 'till',
        client_version: '1',
        restaurant_id: 'r-17',
        user_id: 'u-1',
        connection_type: 'pos',
      },
      event: 'order.created',
      data: { order_id: 7, items: [] },
    },
    {
      why: 'a legacy order',
      message: { type: 'order_created', order: { order_id: 7, total: 3 } },
      event: 'order.created',
      data: { order_id: 7, total: 3 },
    },
    {
      why: 'a legacy order whose id is beside it',
      message: { type: 'order_created', order_id: 7, order: { total: 3 } },
      event: 'order.created',
      data: { order_id: 7, total: 3 },
    },
    {
      why: 'a legacy order in data',
      message: { type: 'order_created', data: { order: { order_id: 7, total: 3 } } },
      event: 'order.created',
      data: { order_id: 7, total: 3 },
    },
    {
      why: 'a legacy order in data whose id is beside both',
      message: { type: 'order_created', order_id: 7, data: { order: { total: 3 } } },
      event: 'order.created',
      data: { order_id: 7, total: 3 },
    },
    {
      why: 'an order in data that has an object of the legacy name, too',
      message: { type: 'order.created', data: { order_id: 7, order: { total: 3 } } },
      event: 'order.created',
      data: { order_id: 7, order: { total: 3 } },
    },
    {
      why: 'a status in data whose order is beside it',
      message: { type: 'order.status_changed', order_id: 7, data: { status: 'ready' } },
      event: 'order.status_changed',
      data: status,
    },
    {
      why: 'a legacy payment',
      message: { type: 'payment_processed', payment: { order_id: 'o-7', cents: 990 } },
      event: 'payment.completed',
      data: { order_id: 'o-7', cents: 990 },
    },
    {
      why: 'a status, of which only its fields are kept',
      message: { type: 'order.status_changed', data: { ...status, note: 'hot' } },
      event: 'order.status_changed',
      data: status,
    },
    {
      why: 'a legacy status at top level',
      message: { type: 'order_status_update', ...status },
      event: 'order.status_changed',
      data: status,
    },
    {
      why: 'a preparation time',
      message: { type: 'order.preparation_time', data: minutes },
      event: 'order.preparation_time',
      data: minutes,
    },
    {
      why: 'a legacy preparation time at top level',
      message: { type: 'preparation_time_update', ...minutes },
      event: 'order.preparation_time',
      data: minutes,
    },
    {
      why: 'a payment as deep as may be',
      message: { type: 'payment.completed', data: { order_id: 7, deep: nested(limits.maxEventDataDepth - 1) } },
      event: 'payment.completed',
      data: { order_id: 7, deep: nested(limits.maxEventDataDepth - 1) },
    },
  ])('$why is to be published', ({ message, event, data }) => {
    expect(said(message)).toMatchObject({ kind: 'publish', event });
    expect(said(message)).toHaveProperty('data', data);
  });

  test.each([...orderIds(), ...fields()])('$why: $kind', ({ message, kind }) => {
    expect(said({ id: 'm-1', ...message })).toMatchObject({ kind, id: 'm-1' });
  });

  test('for no restaurant in particular is for its own', () => {
    const order = { type: 'order.created', data: { order_id: 7 } };
    expect(said({ ...order, restaurant_id: '' })).toMatchObject({ kind: 'publish', restaurantId: undefined });
    expect(said({ ...order, restaurant_id: null })).toMatchObject({ kind: 'publish', restaurantId: undefined });
    expect(said({ ...order, restaurant_id: 'r-99' })).toMatchObject({ kind: 'publish', restaurantId: 'r-99' });
    expect(said({ ...order, restaurant_id: 17 })).toMatchObject({ kind: 'unusable' });
  });

  test('under an id that cannot be kept is not published without one', () => {
    for (const id of [7, '', 'a b', 'i'.repeat(129), {}])
      expect(said({ type: 'order.created', data: { order_id: 7 }, id })).toEqual({ kind: 'unusable', id: undefined });
  });
});

function orderIds() {
  const usable: readonly unknown[] = [1, Number.MAX_SAFE_INTEGER, 'o', 'o 7', 'o'.repeat(128)];
  const not: readonly unknown[] = [0, -1, 1.5, 2 ** 53, '', 'ö', 'o\n', 'o'.repeat(129), null, true, [], {}];
  return [...usable.map((id) => [id, 'publish'] as const), ...not.map((id) => [id, 'unusable'] as const)].map(
    ([order_id, kind]) => ({
      why: `the order id ${JSON.stringify(order_id).slice(0, 20)}`,
      message: { type: 'order.created', data: { order_id } },
      kind,
    }),
  );
}

function fields() {
  const time = (estimated_time: unknown) => ({ type: 'order.preparation_time', data: { order_id: 7, estimated_time } });
  const status = (text: unknown) => ({ type: 'order.status_changed', data: { order_id: 7, status: text } });
  return [
    { why: 'no minutes', message: time(undefined), kind: 'unusable' },
    { why: '0 minutes', message: time(0), kind: 'unusable' },
    { why: '0.9 minutes', message: time(0.9), kind: 'unusable' },
    { why: '1 minute', message: time(1), kind: 'publish' },
    { why: '300 minutes', message: time(300), kind: 'publish' },
    { why: '301 minutes', message: time(301), kind: 'unusable' },
    { why: 'minutes as text', message: time('12'), kind: 'unusable' },
    { why: 'no status', message: status(undefined), kind: 'unusable' },
    { why: 'a status there is not', message: status('burnt'), kind: 'unusable' },
    { why: 'a status every object has', message: status('toString'), kind: 'unusable' },
    { why: 'a status in capitals', message: status('READY'), kind: 'unusable' },
    {
      why: 'a status, no order',
      message: { type: 'order.status_changed', data: { status: 'ready' } },
      kind: 'unusable',
    },
    { why: 'data that is a list', message: { type: 'order.created', data: [] }, kind: 'unusable' },
    { why: 'data that is text', message: { type: 'order.created', data: 'o-7' }, kind: 'unusable' },
    { why: 'a list, the id beside it', message: { type: 'order.created', order_id: 7, data: [] }, kind: 'unusable' },
    { why: 'text, the id beside it', message: { type: 'order.created', order_id: 7, data: 'soup' }, kind: 'unusable' },
    { why: 'a legacy order that is a number', message: { type: 'order_created', order: 7 }, kind: 'unusable' },
    {
      why: 'data too deep',
      message: { type: 'order.created', data: { order_id: 7, deep: nested(limits.maxEventDataDepth) } },
      kind: 'unusable',
    },
    { why: 'a type only backends publish', message: { type: 'menu.updated', data: { order_id: 7 } }, kind: 'other' },
    { why: 'a type every object has', message: { type: 'constructor', data: { order_id: 7 } }, kind: 'other' },
  ];
}

test.each([
  { type: 'order.created', is: true },
  { type: 'inventory.low_stock', is: true },
  { type: 'a.b.c.d', is: true },
  { type: `${'a'.repeat(32)}.b`, is: true },
  { type: 'a.b.c.d.e', is: false },
  { type: `${'a'.repeat(33)}.b`, is: false },
  { type: 'ping', is: false },
  { type: 'a.', is: false },
  { type: '.a', is: false },
  { type: 'a..b', is: false },
  { type: 'A.b', is: false },
  { type: '1.b', is: false },
  { type: 'a.b\n', is: false },
  { type: '', is: false },
])('$type as the type of an event: $is', ({ type, is }) => {
  expect(isEventType(type)).toBe(is);
});

test('what is published is JSON that the next reader reads the same, whatever the device put into it', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (order) => {
      const message = said({ type: 'order.created', data: { ...order, order_id: 'o-1' } });
      if (message.kind !== 'publish') throw new Error(`was ${message.kind}`);
      expect(JSON.parse(JSON.stringify(message.data))).toEqual(message.data);
      expect(message.data['order_id']).toBe('o-1');
    }),
  );
});
