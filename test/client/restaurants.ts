/** A test file's gateway, with a restaurant and a line of its own for each test; and what is asked of every device. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type GatewayFixture, openGatewayFixture } from '../conversation/gateway-fixture.ts';
import { type Line, openLine } from './line.ts';
import { type Device, openRestaurant, type Restaurant } from './restaurant.ts';

/** Opened before the tests of the file that calls this, and closed after them. Nothing of it is there while the file is loaded. */
export const openRestaurants = (): Readonly<{ fixture: GatewayFixture; restaurant: Restaurant; line: Line }> => {
  const at = {} as { fixture: GatewayFixture; restaurant: Restaurant; line: Line };
  let restaurants = 0;
  beforeAll(async () => {
    at.fixture = await openGatewayFixture();
  }, 60_000);
  beforeEach(async () => {
    at.restaurant = openRestaurant(() => at.fixture, `r-sdk-${++restaurants}`);
    at.line = await openLine(at.fixture.gateway.url);
  });
  afterEach(async () => {
    at.restaurant.close();
    await at.line.close();
    Object.assign(at.fixture.gateway.faults, { queueMessages: 'once', throttledPosts: 0 });
  });
  afterAll(() => at.fixture?.close());
  return at;
};

/** The last test of a file. */
export const testThatNothingLeaked = (at: Readonly<{ fixture: GatewayFixture }>): void =>
  test('no token is in a log line, a table or a queue, and no function fails', () => {
    expect(at.fixture.leaks()).toEqual([]);
    expect(at.fixture.failures()).toEqual([]);
  });

export const counted = (to: number, from = 1) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
export const orderIds = ({ events }: Device) => events.map(({ data }) => (data as { order_id: unknown }).order_id);
export const reasons = ({ gaps }: Device) => gaps.map(({ reason }) => reason);
export const replaysOf = (device: Device) => device.frames('sent').filter((type) => type === 'replay').length;

/** A device that begins at the restaurant's present and heard everything since, each event once, in order, without being told of a hole. */
export const expectWhole = (device: Device, count: number) => {
  expect(device.seqs()).toEqual(counted(count));
  expect(reasons(device)).toEqual(['start']);
  expect(device.errors).toEqual([]);
};
