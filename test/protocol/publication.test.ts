import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { limits } from '../../protocol/limits.ts';
import { isEventType } from '../../protocol/restaurant-events.ts';
import { parseClientMessage } from '../restaurant-domain.ts';

const said = (message: object) => parseClientMessage(JSON.stringify(message));
/** So many objects within one another. */
const nested = (levels: number): object => JSON.parse(`${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`);
const publishedBy = (text: string) => {
  const message = parseClientMessage(text);
  if (message.kind !== 'publish') throw new Error(`was ${JSON.stringify(message)}`);
  return message;
};

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
    const { data: published, ...read } = publishedBy(JSON.stringify(message));
    expect(read).toMatchObject({ kind: 'publish', event });
    expect(JSON.parse(published)).toEqual(data);
  });

  test.each([...orderIds(), ...fields()])('$why: $kind', ({ message, kind }) => {
    expect(said({ id: 'm-1', ...message })).toMatchObject({ kind, id: 'm-1' });
  });

  test('for no restaurant in particular is for its own', () => {
    const order = { type: 'order.created', data: { order_id: 7 } };
    expect(said({ ...order, restaurant_id: '' })).toMatchObject({ kind: 'publish', restaurantId: undefined });
    expect(said({ ...order, restaurant_id: null })).toMatchObject({ kind: 'publish', restaurantId: undefined });
    expect(said({ ...order, restaurant_id: 'r-99' })).toMatchObject({ kind: 'publish', restaurantId: 'r-99' });
    expect(said({ ...order, restaurant_id: 17 })).toMatchObject({ kind: 'publish', restaurantId: '17' });
    expect(said({ ...order, restaurant_id: 1.5 })).toMatchObject({ kind: 'unusable', field: 'restaurant_id' });
  });

  test('under an id that cannot be kept is not published without one', () => {
    for (const id of [7, '', 'a b', 'i'.repeat(129), {}])
      expect(said({ type: 'order.created', data: { order_id: 7 }, id })).toEqual({
        kind: 'unusable',
        id: undefined,
        field: 'id',
      });
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

describe('what is published', () => {
  test('is the same value, whatever the device put into it', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (order) => {
        const data = { ...order, order_id: 'o-1' };
        const text = JSON.stringify({ type: 'order.created', data });
        fc.pre(!/\\ud[89a-f]/.test(text));
        expect(JSON.parse(publishedBy(text).data)).toEqual(JSON.parse(JSON.stringify(data)));
      }),
    );
  });

  const written = '{ "order_id":7,"10":1, "2":2,"n":1.0,"big":9007199254740993,"__proto__":{"\\u00e9":"é 🍕 \ufffe"}}';
  test.each([
    { why: 'in data', message: `{"type":"order.created","id":"m","data":${written}}`, data: written },
    { why: 'in the legacy object', message: `{"type":"order_created","order":${written} }`, data: written },
    { why: 'in both', message: `{"type":"order_created","data":{"order":${written}},"id":"m"}`, data: written },
    {
      why: "at top level, less what is the message's",
      message: '{"type":"order_created", "order_id" : 7 ,"id":"m","n": 1.0}',
      data: '{"order_id" : 7,"n": 1.0}',
    },
    {
      why: 'with the order beside it',
      message: '{"type":"order_created","order_id": 7.0,"data":{"n": 1.0, "2":1e2}}',
      data: '{"n": 1.0,"2":1e2,"order_id": 7.0}',
    },
    {
      why: 'with the order beside one that is null',
      message: '{"type":"order_created","order_id":7,"data":{"order_id":null,"n":1.0}}',
      data: '{"order_id":7,"n":1.0}',
    },
    {
      why: 'less fields that the event does not have',
      message: '{"type":"order.status_changed","data":{"status":"\\u0072eady", "n":1.0, "order_id":7}}',
      data: '{"status":"\\u0072eady","order_id":7}',
    },
  ])('is the text of its publisher: $why', ({ message, data }) => {
    expect(publishedBy(message).data).toBe(data);
  });
});

describe('what two receivers may read differently', () => {
  const data = (text: string) => `{"type":"order.created","id":"m-1","data":{"order_id":7,"x":${text}}}`;
  test.each([
    { why: 'a key twice', frame: data('{"a":1,"a":1}'), problem: 'duplicate_key', field: 'data' },
    {
      why: 'a key twice, once as an escape',
      frame: data('{"a":1,"\\u0061":2}'),
      problem: 'duplicate_key',
      field: 'data',
    },
    { why: 'half a character', frame: data('"\\ud800"'), problem: 'lone_surrogate', field: 'data' },
    { why: 'a number beyond a double', frame: data('1e400'), problem: 'number_too_large', field: 'data' },
    { why: '4,000 levels', frame: data('['.repeat(4_000) + ']'.repeat(4_000)), problem: 'too_deep', field: 'data' },
    {
      why: 'a field of the message twice',
      frame: '{"type":"order.created","id":"m-1","data":{"order_id":7},"data":{"order_id":8}}',
      problem: 'duplicate_key',
      field: 'data',
    },
    {
      why: 'two tokens',
      frame: '{"type":"authenticate","token":"a","token":"b","id":"m-1"}',
      problem: 'duplicate_key',
      field: 'token',
    },
    {
      why: 'two types, one of them a ping',
      frame: '{"type":"ping","type":"authenticate","id":"m-1"}',
      problem: 'duplicate_key',
      field: 'type',
    },
  ])('is no message: $why', ({ frame, problem, field }) => {
    expect(parseClientMessage(frame)).toEqual({ kind: 'malformed', problem, id: 'm-1', field });
  });
});
