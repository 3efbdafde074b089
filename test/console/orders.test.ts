import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { actionsOn, afterEvent, type Delivery, deliveriesText, type Orders, orderText } from '../../console/orders.ts';

const none: Orders = new Map();
const placed = afterEvent(none, { type: 'order.created', data: { order_id: 7, dish: 'Soup' } });

describe('orders', () => {
  test.each([
    {
      why: 'its status',
      type: 'order.status_changed',
      data: { order_id: '7', status: 'ready' },
      says: 'Soup (7) · ready',
    },
    {
      why: 'its time',
      type: 'order.preparation_time',
      data: { order_id: 7, estimated_time: 9 },
      says: 'Soup (7) · pending · 9 min',
    },
    { why: 'its payment', type: 'payment.completed', data: { order_id: 7 }, says: 'Soup (7) · pending · paid' },
    {
      why: 'no unknown status',
      type: 'order.status_changed',
      data: { order_id: 7, status: 'x' },
      says: 'Soup (7) · pending',
    },
    {
      why: 'no time in words',
      type: 'order.preparation_time',
      data: { order_id: 7, estimated_time: '9' },
      says: 'Soup (7) · pending',
    },
    {
      why: 'nothing of another type',
      type: 'menu.updated',
      data: { order_id: 7, status: 'ready' },
      says: 'Soup (7) · pending',
    },
  ])('take from an event $why', ({ type, data, says }) => {
    expect([...afterEvent(placed, { type, data }).values()].map(orderText)).toEqual([says]);
  });

  test('that were placed before this device came appear with their first change', () => {
    const orders = afterEvent(none, { type: 'order.status_changed', data: { order_id: 'a', status: 'ready' } });
    expect([...orders.values()].map(orderText)).toEqual(['Order (a) · ready']);
  });

  test('survive any data', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('order.created', 'order.status_changed', 'payment.completed'),
        fc.jsonValue(),
        (type, data) => {
          for (const order of afterEvent(placed, { type, data }).values())
            expect(typeof orderText(order)).toBe('string');
        },
      ),
    );
  });

  test.each([
    { device: 'kitchen', status: 'pending', labels: ['Start'] },
    { device: 'kitchen', status: 'preparing', labels: ['Ready', '15 minutes'] },
    { device: 'kitchen', status: 'ready', labels: [] },
    { device: 'pos', status: 'pending', labels: ['Paid'] },
    { device: 'pos', status: 'ready', labels: ['Served', 'Paid'] },
    { device: 'pos', status: 'cancelled', labels: [] },
    { device: 'management', status: 'ready', labels: ['Cancel'] },
    { device: 'management', status: 'completed', labels: [] },
    { device: 'customer', status: 'ready', labels: [] },
  ] as const)('that are $status offer $labels on a device of type $device', ({ device, status, labels }) => {
    const order = { id: '7', dish: 'Soup', status, minutes: undefined, isPaid: false };
    expect(actionsOn(order, device).map(({ label }) => label)).toEqual(labels);
  });
});

test.each<{ why: string; deliveries: [string, Delivery][]; says: string }>([
  { why: 'nothing waited', deliveries: [], says: '' },
  { why: 'one waits', deliveries: [['order 7', 'waits']], says: 'Waiting for the connection: order 7.' },
  { why: 'one was accepted', deliveries: [['order 7', 'accepted']], says: 'Accepted: order 7.' },
  {
    why: 'some wait and some do not any more',
    deliveries: [
      ['order 7', 'accepted'],
      ['order 8', 'waits'],
      ['Paid of order 7', 'waits'],
    ],
    says: 'Waiting for the connection: order 8, Paid of order 7. Accepted: order 7.',
  },
])('what was published without a connection is told when $why', ({ deliveries, says }) => {
  expect(deliveriesText(new Map(deliveries))).toBe(says);
});
