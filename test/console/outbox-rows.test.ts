import { describe, expect, test } from '@jest/globals';
import { outboxCaption, outboxRows } from '../../console/outbox-rows.ts';
import type { OutboxRow } from '../../console/rows.ts';

const record = (over: Partial<OutboxRow>): OutboxRow => ({
  at: '2026-11-27T10:00:00.000Z',
  source: 'maitred.events',
  'detail-type': 'trip.begun',
  detail: { v: 1, stage: 'local', restaurant_id: 'r-1', seq: 4, data: { trip_id: 't-1' } },
  target: 'bus',
  ...over,
});
const cells = (over: Partial<OutboxRow>) => outboxRows({ records: [record(over)] })[0]?.slice(1);

describe('what left for the backend', () => {
  test.each<{ why: string; over: Partial<OutboxRow>; says: readonly string[] }>([
    {
      why: 'an event, with its number and data',
      over: {},
      says: ['maitred.events', 'trip.begun', 'r-1 #4', 'bus', '', '{"trip_id":"t-1"}'],
    },
    {
      why: 'a session, with who it is of',
      over: {
        source: 'maitred.sessions',
        'detail-type': 'session.began',
        detail: { v: 1, stage: 'local', id: 'x', connection_id: 'c', restaurant_id: 'r-1', user_id: 'u' },
      },
      says: ['maitred.sessions', 'session.began', 'r-1', 'bus', '', '{"user_id":"u"}'],
    },
    {
      why: 'with what the webhook answered',
      over: { webhook: { status: 200, ms: 12, attempts: 1 } },
      says: ['maitred.events', 'trip.begun', 'r-1 #4', 'bus', '200 after 12 ms', '{"trip_id":"t-1"}'],
    },
    {
      why: 'with a webhook that does not answer',
      over: { webhook: { ms: 5000, attempts: 3 } },
      says: ['maitred.events', 'trip.begun', 'r-1 #4', 'bus', 'no answer after 5.0 s, 3 tries', '{"trip_id":"t-1"}'],
    },
    {
      why: 'in a form that is not known',
      over: { detail: 'what' },
      says: ['maitred.events', 'trip.begun', '', 'bus', '', '"what"'],
    },
  ])('is a row: $why', ({ over, says }) => {
    expect(cells(over)).toEqual(says);
  });

  test('is cut where it is long', () => {
    expect(cells({ detail: { data: { text: 'x'.repeat(500) } } })?.[5]).toHaveLength(202);
  });

  test('is shown newest first', () => {
    const rows = outboxRows({ records: [record({ target: 'first' }), record({ target: 'second' })] });
    expect(rows.map((one) => one[4])).toEqual(['second', 'first']);
  });

  test.each([
    { records: [], says: /^Nothing yet\.$/ },
    { records: [record({})], says: /^1 record, newest first\. npm start -- --webhook URL posts/ },
    {
      records: [record({}), record({ webhook: { status: 200, ms: 1, attempts: 1 } })],
      says: /^2 records, newest first$/,
    },
  ])('is counted', ({ records, says }) => {
    expect(outboxCaption({ records })).toMatch(says);
  });
});
