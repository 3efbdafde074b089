import { describe, expect, test } from '@jest/globals';
import { type Delivery, publicationName, waitingText } from '../../console/deliveries.ts';
import { refusalWording } from '../../console/wording.ts';

describe('what was published without a connection', () => {
  test.each<{ deliveries: readonly (readonly [string, Delivery])[]; says: string }>([
    { deliveries: [], says: '' },
    { deliveries: [['order o-1', 'waits']], says: 'Waiting for the connection: order o-1.' },
    {
      deliveries: [
        ['a', 'accepted'],
        ['b', 'waits'],
        ['c', 'accepted'],
      ],
      says: 'Waiting for the connection: b. Accepted: a, c.',
    },
    { deliveries: [['a', 'accepted']], says: 'Accepted: a.' },
  ])('is said so: "$says"', ({ deliveries, says }) => {
    expect(waitingText(new Map(deliveries))).toBe(says);
  });

  test('is called by its type and what it names first', () => {
    expect(
      publicationName('trip.begun', [
        ['trip_id', 't-1'],
        ['driver_id', 'd-1'],
      ]),
    ).toBe('trip.begun t-1');
    expect(publicationName('trip.begun', [])).toBe('trip.begun');
  });
});

describe('a refusal', () => {
  test.each([
    {
      error: { reason: 'malformed_message', field: 'order_id' },
      says: 'Not sent: malformed_message. To blame: order_id.',
    },
    { error: { reason: 'timeout', field: undefined }, says: 'Not sent: timeout.' },
  ])('says "$says"', ({ error, says }) => {
    expect(refusalWording(error)).toBe(says);
  });
});
