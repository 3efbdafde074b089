import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Redelivery } from '../../lambdas/ports.ts';
import { parseRedelivery, redeliveryTexts } from '../../lambdas/sqs/redelivery-message.ts';

const seq = fc.integer({ min: 1 });
const key = fc.record({ connectionId: fc.base64String({ minLength: 16, maxLength: 16 }), connectedAtMs: fc.nat() });
const anyRedelivery: fc.Arbitrary<Redelivery> = fc.record({
  step: fc.integer({ min: 1, max: 3 }),
  restaurants: fc.array(
    fc.record({
      restaurantId: fc.stringMatching(/^[a-z0-9-]{1,64}$/),
      epoch: fc.uuid(),
      seqs: fc.array(seq, { maxLength: 20 }),
      missed: fc.array(
        fc.record({ fromSeq: fc.oneof(seq, fc.constant('closing' as const)), connections: fc.array(key) }),
      ),
    }),
  ),
});

describe('a message of the redelivery queue', () => {
  test('says when it is read what it was written of', () => {
    fc.assert(
      fc.property(anyRedelivery, (redelivery) => {
        expect(redeliveryTexts(redelivery).map(parseRedelivery)).toEqual([redelivery]);
      }),
    );
  });

  const connections = (count: number, from = 0) =>
    Array.from({ length: count }, (_, nth) => ({
      connectionId: `${String(from + nth).padStart(15, 'A')}=`,
      connectedAtMs: 1_800_000_000_000 + nth,
    }));
  const restaurant = (restaurantId: string, all: ReturnType<typeof connections>) => ({
    restaurantId,
    epoch: 'fcc40690-0000-4000-8000-000000000000',
    seqs: [1, 2],
    missed: [
      { fromSeq: 1, connections: all.slice(0, all.length / 2) },
      { fromSeq: 2, connections: all.slice(all.length / 2) },
    ],
  });

  test.each([
    { why: 'a restaurant of 5,000', restaurants: [restaurant('r-1', connections(5_000))], messages: 1 },
    { why: 'a restaurant of 20,000', restaurants: [restaurant('r-1', connections(20_000))], messages: 4 },
    {
      why: 'ten restaurants of 2,000',
      restaurants: Array.from({ length: 10 }, (_, nth) => restaurant(`r-${nth}`, connections(2_000, nth * 2_000))),
      messages: 4,
    },
  ])('is as large as SQS takes, and all of $why is in some', ({ restaurants, messages }) => {
    const texts = redeliveryTexts({ step: 1, restaurants });
    expect(texts).toHaveLength(messages);
    for (const text of texts) expect(Buffer.byteLength(text)).toBeLessThan(256 * 1024);
    const ids = (all: readonly Redelivery['restaurants'][number][]) =>
      all
        .flatMap(({ restaurantId, missed }) =>
          missed.flatMap((one) =>
            one.connections.map(({ connectionId }) => `${restaurantId} ${one.fromSeq} ${connectionId}`),
          ),
        )
        .sort();
    expect(ids(texts.flatMap((text) => parseRedelivery(text).restaurants))).toEqual(ids(restaurants));
  });

  test.each(['', 'null', '{}', '{"v":2,"step":1,"restaurants":[]}', '{"v":1,"step":1,"restaurants":[{}]}'])(
    'is none: %s',
    (text) => {
      expect(() => parseRedelivery(text)).toThrow();
    },
  );
});
