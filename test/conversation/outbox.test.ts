/** What devices do reaches the backend: the real function on the streams of a running gateway, to a bus. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import type { EntryRefusal } from '../../local/faults.ts';
import { generousLimits } from '../memory/world.ts';
import { openGatewayFixture } from './gateway-fixture.ts';
import { kindsOf, left, ofRestaurant, order, seqsOf } from './left-for-backend.ts';
import { openRestaurantFixture } from './restaurant-fixture.ts';
import { until } from './until.ts';

/** Asked for each entry of the bus. */
let refuse: (detail: string) => EntryRefusal | undefined = () => undefined;
const fixture = await openGatewayFixture(
  { faults: { busEntry: ({ Detail }) => refuse(String(Detail)) } },
  { budgets: generousLimits },
  { outbox: 'bus' },
);
afterAll(() => fixture.close());
afterEach(() => {
  refuse = () => undefined;
});

describe('a bus gets', () => {
  test("a session's begin, its event with the number that devices hear, and its end, each once", async () => {
    const room = openRestaurantFixture(fixture, 'r-bus');
    const till = await room.enter('cashier', 'pos');
    const eventId = await till.publishes(order('a'));
    const heard = (await till.hearsUntil('order.created')).at(-1);
    await till.leave();
    const envelopes = await left(fixture, 'r-bus', 3);
    expect([...kindsOf(envelopes)].sort()).toEqual([
      'maitred.events order.created',
      'maitred.sessions session.began',
      'maitred.sessions session.ended',
    ]);
    const detailOf = (type: string) => envelopes.find((one) => one['detail-type'] === type)?.detail;
    expect(detailOf('order.created')).toMatchObject({
      v: 1,
      restaurant_id: 'r-bus',
      epoch: heard?.['epoch'],
      seq: heard?.['seq'],
      prev_seq: 0,
      id: eventId,
      data: heard?.['data'],
      publisher: { user_id: 'u-cashier', connection_type: 'pos' },
      timestamp: heard?.['timestamp'],
    });
    for (const type of ['session.began', 'session.ended'])
      expect(detailOf(type)).toMatchObject({
        connection_id: till.connectionId,
        user_id: 'u-cashier',
        connection_type: 'pos',
      });
  });

  test('the text of what a backend published, where its value does not give it', async () => {
    const room = openRestaurantFixture(fixture, 'r-text');
    const data = '{ "price": 12.50, "ean":9007199254740993 }';
    const display = await room.enter('chef', 'kitchen');
    await room.backendSays(`{"v":1,"type":"menu.updated","id":"m-1","data":${data}}`);
    await display.hearsUntil('menu.updated');
    const envelopes = await left(fixture, 'r-text', 2);
    const event = envelopes.find(({ source }) => source === 'maitred.events');
    expect(event?.detail).toMatchObject({ seq: 1, data: { price: 12.5 }, data_text: data });
    expect(event?.detail).not.toHaveProperty('publisher');
    await display.leave();
  });

  test('all but the one entry that it refuses for what it is, and the others are not held up', async () => {
    refuse = (detail) =>
      detail.includes('"poison"') ? { ErrorCode: 'MalformedDetail', ErrorMessage: 'no' } : undefined;
    const room = openRestaurantFixture(fixture, 'r-poison');
    const till = await room.enter('cashier', 'pos');
    for (const id of ['before', 'poison', 'after']) await till.publishes(order(id));
    await until(
      async () => seqsOf(ofRestaurant(fixture, 'r-poison')),
      (seqs) => seqs.includes(3),
    );
    expect(seqsOf(ofRestaurant(fixture, 'r-poison'))).toEqual([1, 3]);
    expect(fixture.logLines().filter((line) => line.includes('"outbox_set_aside"'))).toHaveLength(1);
    await till.leave();
  });

  test('what it refused for a while when that is over', async () => {
    let refusals = 0;
    refuse = (detail) => {
      if (!detail.includes('"r-busy"') || refusals === 5) return undefined;
      refusals += 1;
      return { ErrorCode: 'ThrottlingException', ErrorMessage: 'no' };
    };
    const room = openRestaurantFixture(fixture, 'r-busy');
    const till = await room.enter('cashier', 'pos');
    for (const id of ['a', 'b']) await till.publishes(order(id));
    const envelopes = await left(fixture, 'r-busy', 3);
    expect(refusals).toBe(5);
    expect([...seqsOf(envelopes)].sort()).toEqual([1, 2]);
    await till.leave();
  });
});
