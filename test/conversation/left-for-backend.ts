/** What left for the backend, as a test looks at it. */
import type { GatewayFixture } from './gateway-fixture.ts';
import { until } from './until.ts';

export type Envelope = Readonly<{
  source: string;
  'detail-type': string;
  detail: Readonly<Record<string, unknown>>;
}>;

export const order = (id: string) => ({ type: 'order.created', id, data: { order_id: id, items: [], total: 1 } });

export const ofRestaurant = (fixture: GatewayFixture, restaurantId: string): readonly Envelope[] =>
  fixture.gateway.outbox.records().filter(({ detail }) => detail['restaurant_id'] === restaurantId);

/** A restaurant's records, when there are so many of them, repeats not counted. */
export const left = async (
  fixture: GatewayFixture,
  restaurantId: string,
  count: number,
): Promise<readonly Envelope[]> =>
  until(
    async () => ofRestaurant(fixture, restaurantId),
    (found) => new Set(found.map(({ detail }) => detail['id'])).size >= count,
  );

export const kindsOf = (envelopes: readonly Envelope[]) =>
  envelopes.map((one) => `${one.source} ${one['detail-type']}`);

/** The numbers of the events, in the order in which each first came. */
export const seqsOf = (envelopes: readonly Envelope[]): readonly unknown[] => [
  ...new Set(envelopes.filter(({ source }) => source === 'maitred.events').map(({ detail }) => detail['seq'])),
];
