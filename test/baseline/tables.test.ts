/** Today's functions read the memberships, events and counters that v0.1.0 wrote. What must be made of it is written here, apart from the items. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Membership } from '../../lambdas/access/membership.ts';
import type { RestaurantEvent, StreamHead } from '../../protocol/restaurant-events.ts';
import type { DynamodbStorage } from '../contract/dynamodb-storage.ts';
import { filledStorage, textIn, writtenAtMs } from './filled-storage.ts';
import { itemsOf } from './fixtures.ts';
import { scannedBefore } from '../../protocol/json/json-text.ts';

const t = writtenAtMs;
const minuteMs = 60_000;

let storage: DynamodbStorage;
beforeAll(async () => {
  storage = await filledStorage();
});
afterAll(() => storage.close());

describe('a membership', () => {
  const member = (userId: string, role: string, more: Partial<Membership> = {}): Membership => ({
    restaurantId: 'r-17',
    issuer: 'demo',
    userId,
    role,
    ...more,
  });
  const revoked = { revokedBeforeMs: t - 1_000 };
  const expected: Readonly<Record<string, Membership>> = {
    'a member': member('u-1', 'employee'),
    'a member narrowed to two connection types': member('u-2', 'restaurant_owner', {
      connectionTypes: ['management', 'pos'],
    }),
    'a member whose earlier tokens are revoked': member('u-3', 'manager', revoked),
    'narrowed and revoked': member('u-4', 'customer_display', { connectionTypes: ['customer'], ...revoked }),
    'an owner of the platform': member('u-9', 'platform_owner', { restaurantId: '*' }),
  };

  test.each([...itemsOf('memberships')])('is found: %s', async (what, item) => {
    const user = { issuer: textIn(item, 'issuer'), userId: textIn(item, 'user_id') };
    const { here, everywhere } = await storage.findMemberships('r-17', user);
    expect(here ?? everywhere).toEqual(expected[what]);
  });

  test('is listed with the others of its restaurant', async () => {
    const members = Object.values(expected).filter(({ restaurantId }) => restaurantId === 'r-17');
    expect(await storage.listMembers('r-17')).toEqual(members);
  });
});

describe('the events of a restaurant', () => {
  const epoch = 'fcc40690-5a0c-4b7e-9a53-0d0f2b1f6a11';
  const messageIdOf = (seq: number) => `219f8380-5770-4cc2-8c3e-5c715e145f5${seq - 1}`;
  const head: StreamHead = {
    epoch,
    headSeq: 3,
    headSeqOf: { pos: 2, kitchen: 2, management: 3, customer: 3, platform: 2 },
  };
  const events: readonly RestaurantEvent[] = [
    {
      id: 'evt_zcAsh2DFtX92TDrkCTubkC',
      seq: 1,
      type: 'order.status_changed',
      data: scannedBefore('{"order_id":17,"status":"ready"}'),
      audience: ['pos', 'kitchen', 'management', 'customer'],
      prevSeqOf: { pos: 0, kitchen: 0, management: 0, customer: 0 },
      publisher: { userId: 'u-1', connectionType: 'kitchen' },
      occurredAtMs: t + 2_001,
    },
    {
      id: 'order-19',
      seq: 2,
      type: 'order.created',
      data: scannedBefore('{"order_id":19}'),
      audience: ['pos', 'kitchen', 'management', 'platform'],
      prevSeqOf: { pos: 1, kitchen: 1, management: 1, platform: 0 },
      occurredAtMs: t + 2_002,
    },
    {
      id: 'menu-4',
      seq: 3,
      type: 'menu.updated',
      data: scannedBefore('{"dish":"soup"}'),
      audience: ['management', 'customer'],
      prevSeqOf: { management: 2, customer: 1 },
      occurredAtMs: t + 2_003,
    },
  ];

  test('have come as far as they had', async () => {
    expect(await storage.streams.readHead('r-17')).toEqual(head);
  });

  test.each(events)('are read one by one: $id', async (event) => {
    expect(await storage.streams.readEvent('r-17', event.seq)).toEqual({ event, messageId: messageIdOf(event.seq) });
  });

  test('are replayed', async () => {
    const page = await storage.streams.readPage('r-17', { after: 0, upTo: 3, limit: 10, nowMs: t + minuteMs });
    expect(page).toEqual({ events, readThrough: 3, units: 1 });
  });

  test('are known by their ids, and go on from their head', async () => {
    const begun = await storage.streams.begin('r-17', [...events.map(({ id }) => id), 'new'], t + minuteMs);
    expect(begun).toEqual({
      head,
      numbered: new Map(events.map(({ id, seq }) => [id, { seq, messageId: messageIdOf(seq), content: undefined }])),
    });
    expect(await storage.streams.advance('r-17', begun.head, { ...head, headSeq: 4 })).toBe('advanced');
  });
});

describe('the counters of an address', () => {
  const address = '203.0.113.7';
  const blockedUntilMs = t + 60_500;

  test('of a minute go on', async () => {
    expect(await storage.addressCounters.countConnect(address, t + 900)).toEqual({
      connects: 3,
      connectsInSlot: 1,
      blockedUntilMs,
    });
    expect(await storage.addressCounters.refusalsOf(address, t)).toBe(3);
    expect(await storage.addressCounters.countRefusal(address, t + 900)).toEqual({
      refusals: 4,
      isAggregateDue: true,
      windowStartMs: t,
    });
  });

  test('of a later minute say that it is blocked', async () => {
    expect(await storage.addressCounters.countConnect(address, t + minuteMs)).toEqual({
      connects: 1,
      connectsInSlot: 1,
      blockedUntilMs,
    });
  });

  test.each([
    { address, failures: 32, blockedUntilMs },
    { address: '2001:db8:0:1::/64', failures: 2, blockedUntilMs: 0 },
  ])('of its hostility go on in their window: $address', async ({ address: counted, ...expected }) => {
    expect(await storage.addressCounters.countHostileFailure(counted, t + minuteMs)).toEqual({
      ...expected,
      // That release did not write when it was blocked: it may be made longer at once.
      blockedAtMs: 0,
      windowStartMs: t + 400,
    });
  });
});
