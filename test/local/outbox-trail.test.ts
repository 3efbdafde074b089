import { expect, test } from '@jest/globals';
import { createOutboxTrail } from '../../local/outbox-trail.ts';

const record = (n: number) => ({ source: 's', 'detail-type': 't', detail: { n }, target: 'bus' as const });

test('the last two hundred that left are kept, the newest last, each with what became of it', () => {
  const trail = createOutboxTrail(() => 0);
  const told = Array.from({ length: 205 }, (_, n) => trail.left(record(n)));
  told[0]?.({ ms: 1, attempts: 1 });
  told[204]?.({ status: 200, ms: 2, attempts: 3 });
  const records = trail.records();
  expect(records).toHaveLength(200);
  expect(records[0]).toEqual({ at: '1970-01-01T00:00:00.000Z', ...record(5) });
  expect(records.at(-1)).toMatchObject({ detail: { n: 204 }, webhook: { status: 200, ms: 2, attempts: 3 } });
});

test('whoever subscribes is told of each that leaves, until the subscription ends', () => {
  const trail = createOutboxTrail(() => 0);
  const seen: unknown[] = [];
  const end = trail.subscribe(({ detail }) => seen.push(detail));
  trail.left(record(1));
  end();
  trail.left(record(2));
  expect(seen).toEqual([{ n: 1 }]);
});
