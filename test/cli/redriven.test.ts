import { describe, expect, test } from '@jest/globals';
import { redriven } from '../../bin/redriven.ts';
import { nobodyIsOwn } from '../../lambdas/events/verified-publisher.ts';
import { publicationOf, restaurantDomain } from '../restaurant-domain.ts';

const letter = (body: string, restaurant: string | undefined = 'r-17') => ({ messageId: 'm-1', restaurant, body });

describe('a dead letter that is sent back', () => {
  test.each([
    { why: 'its own id', body: '{"v":1,"id":"order-1","type":"a.b","data":{}}', id: 'order-1' },
    { why: 'that of its first message, where it has none', body: '{"v":1,"type":"a.b","data":{}}', id: 'evt_m-1' },
    {
      why: 'that of its first message, where it is null',
      body: '{"v":1,"id":null,"type":"a.b","data":{}}',
      id: 'evt_m-1',
    },
  ])('is the event it was: $why', ({ body, id }) => {
    const before = publicationOf({ ...letter(body), attributes: { MessageGroupId: 'r-17' } }, nobodyIsOwn);
    const back = redriven(restaurantDomain, letter(body));
    if (typeof back === 'string' || typeof before === 'string') throw new Error('it was not to be put aside');
    const after = publicationOf(
      { messageId: 'm-2', body: back.body, attributes: { MessageGroupId: back.restaurantId } },
      nobodyIsOwn,
    );
    expect(after).toEqual({ ...before, messageId: 'm-2', id });
    expect(back.restaurantId).toBe('r-17');
  });

  test('has its data to the letter', () => {
    const data = '{ "ref": 1234567890123456789, "qty": 1.0, "10": 1, "2": 2 }';
    expect(redriven(restaurantDomain, letter(`{"v":1,"type":"a.b","data":${data}}`))).toMatchObject({
      body: `{"v":1,"type":"a.b","data":${data},"id":"evt_m-1"}`,
    });
  });

  test.each([
    { why: 'no JSON', body: '{', restaurant: 'r-17', says: 'not_json' },
    { why: 'of a later version', body: '{"v":2}', restaurant: 'r-17', says: 'version_unknown' },
    { why: 'of no restaurant', body: '{"v":1,"type":"a.b","data":{}}', restaurant: 'r 17', says: 'restaurant_invalid' },
  ])('is not, where it would be put aside again: it is $why', ({ body, restaurant, says }) => {
    expect(redriven(restaurantDomain, letter(body, restaurant))).toBe(says);
  });

  test('is not, where v0.1.0 did not keep its restaurant', () => {
    const back = redriven(restaurantDomain, {
      messageId: 'm-1',
      restaurant: undefined,
      body: '{"v":1,"type":"a.b","data":{}}',
    });
    expect(back).toBe('nobody knows its restaurant: say --restaurant');
  });
});
