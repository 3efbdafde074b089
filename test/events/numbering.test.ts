import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { emptyStream, nextEvent } from '../../lambdas/events/numbering.ts';
import type { Publication } from '../../lambdas/events/publication.ts';
import type { ConnectionType } from '../../protocol/identifiers.ts';
import type { RestaurantEvent, StreamHead } from '../../protocol/restaurant-events.ts';
import { jsonText } from '../protocol/json/json-text.ts';
import { advanced, connectionTypes } from '../restaurant-domain.ts';

const publication = (
  id: string,
  audience: readonly ConnectionType[],
  fields: Partial<Publication> = {},
): Publication => ({
  restaurantId: 'r-17',
  messageId: `message-${id}`,
  sentAtMs: 1,
  id,
  type: 'order.created',
  data: jsonText({ order_id: id }),
  audience,
  ...fields,
});

/** Numbers one audience after another. */
const numbered = (audiences: readonly (readonly ConnectionType[])[]) => {
  let head: StreamHead = emptyStream('epoch-1');
  const events: RestaurantEvent[] = [];
  for (const [i, audience] of audiences.entries()) {
    const event = nextEvent(head, publication(`id-${i}`, audience), 1_000 + i);
    head = advanced(head, event);
    events.push(event);
  }
  return { head, events };
};

describe('the next event', () => {
  test('is the first one where none was before', () => {
    const event = nextEvent(emptyStream('epoch-1'), publication('a', ['pos', 'kitchen']), 77);
    expect(event).toEqual({
      id: 'a',
      seq: 1,
      type: 'order.created',
      data: '{"order_id":"a"}',
      audience: ['pos', 'kitchen'],
      prevSeqOf: { pos: 0, kitchen: 0 },
      occurredAtMs: 77,
    });
  });

  test('has the publisher of its publication, and no other', () => {
    const publisher = { userId: 'u-1', connectionType: 'pos' } as const;
    const head = emptyStream('epoch-1');
    expect(nextEvent(head, publication('a', ['pos'], { publisher }), 0).publisher).toEqual(publisher);
    expect(nextEvent(head, publication('a', ['pos']), 0)).not.toHaveProperty('publisher');
  });

  test('tells each of its audience the one before it that they saw, and nobody else anything', () => {
    const { head, events } = numbered([['pos', 'kitchen'], ['pos'], ['customer'], ['pos', 'kitchen', 'customer']]);
    expect(events.map(({ prevSeqOf }) => prevSeqOf)).toEqual([
      { pos: 0, kitchen: 0 },
      { pos: 1 },
      { customer: 0 },
      { pos: 2, kitchen: 1, customer: 3 },
    ]);
    expect(head).toEqual({ epoch: 'epoch-1', headSeq: 4, headSeqOf: { pos: 4, kitchen: 4, customer: 4 } });
  });
});

test('whatever the audiences, each connection type can walk back from its head over all it may see', () => {
  const audience = fc.subarray([...connectionTypes], { minLength: 1 });
  fc.assert(
    fc.property(fc.array(audience, { maxLength: 40 }), (audiences) => {
      const { head, events } = numbered(audiences);
      expect(head.headSeq).toBe(events.length);
      for (const type of connectionTypes) {
        const walked: number[] = [];
        for (let seq = head.headSeqOf[type] ?? 0; seq > 0; seq = events[seq - 1]?.prevSeqOf[type] ?? 0)
          walked.unshift(seq);
        expect(walked).toEqual(audiences.flatMap((of, i) => (of.includes(type) ? [i + 1] : [])));
      }
    }),
  );
});
