/** Trails that are longer than memory, in a table that makes its records when it is asked for them. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { restaurantTrail, unverifiedTrail } from '../../lambdas/dynamodb/audit-trail.ts';
import { inOrderOfTime, maxHeld, merged } from '../../lambdas/dynamodb/record-order.ts';
import type { StoredAuditRecord } from '../../lambdas/security/audit-columns.ts';
import { allOf } from '../harness/all-of.ts';
import { runs } from '../harness/runs.ts';

const startMs = Date.UTC(2026, 11, 1, 12);
const hourMs = 60 * 60 * 1000;
const minuteMs = 60_000;
const shards = 16;
const iso = (ms: number) => new Date(ms).toISOString();

type Asked = Readonly<Record<'pk' | 'from' | 'to', string>>;

const recordAt = (beganAtMs: number, timeMs: number, connectionId: string, kind = 'attempt'): StoredAuditRecord => ({
  sk: `${iso(beganAtMs)}#${connectionId}#${kind}`,
  event: 'token_invalid',
  severity: 'WARN',
  detail: 'signature_bad',
  time: iso(timeMs),
  connection_id: connectionId,
  source_ip: '203.0.113.7',
});

/** A table whose keys of the first day each hold so many records, one a millisecond in turn; and what it was asked and gave. */
const tableOf = (recordsOfKey: number) => {
  const asked: Asked[] = [];
  let given = 0;
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'eu-central-1' }));
  client.middlewareStack.add(
    () => async (command) => {
      const { ExpressionAttributeValues, Limit, ExclusiveStartKey } = Object(command.input);
      const { ':pk': pk, ':from': from, ':to': to } = ExpressionAttributeValues;
      if (ExclusiveStartKey === undefined) asked.push({ pk, from, to });
      const shard = Number(/^U#2026-12-01#(\d+)$/.exec(pk)?.[1] ?? Number.NaN);
      const first = ExclusiveStartKey?.nth ?? 0;
      const end = Number.isNaN(shard) ? first : Math.min(recordsOfKey, first + Limit);
      const Items: StoredAuditRecord[] = [];
      for (let nth = first; nth < end; nth++) {
        const atMs = startMs + nth * shards + shard;
        Items.push(recordAt(atMs, atMs + 3_000, `c-${shard}-${nth}`));
      }
      given += Items.length;
      const LastEvaluatedKey = end < recordsOfKey && !Number.isNaN(shard) ? { nth: end } : undefined;
      return { response: {}, output: { $metadata: {}, Items, LastEvaluatedKey } };
    },
    { step: 'initialize', priority: 'high' },
  );
  return { table: { client, tableName: 'audit' }, asked, given: () => given };
};

describe('a trail', () => {
  test('of a million records is read with a fixed number of them in memory, and is in order', async () => {
    // A million where properties are tried in full, else a fifth of it.
    const each = runs(62_500);
    const { table, given } = tableOf(each);
    let taken = 0;
    let mostHeld = 0;
    let before = '';
    let isOrdered = true;
    for await (const { time } of unverifiedTrail(table)({ fromMs: startMs, toMs: startMs + hourMs })) {
      taken += 1;
      isOrdered &&= before <= time;
      before = time;
      mostHeld = Math.max(mostHeld, given() - taken);
    }
    expect([taken, isOrdered]).toEqual([each * shards, true]);
    // Three seconds of records, and a page of each key.
    expect(mostHeld).toBeLessThan(3_000 + 2 + shards * 500);
    expect(mostHeld).toBeLessThan(maxHeld);
  });

  test.each([
    { why: 'what came of everybody', lagMs: 15 * minuteMs, read: unverifiedTrail, keys: shards },
    {
      why: 'what came of the sessions of a restaurant, which last two hours',
      lagMs: 2 * hourMs + 10 * minuteMs,
      read: (table: Parameters<typeof unverifiedTrail>[0]) => (period: { fromMs: number; toMs: number }) =>
        restaurantTrail(table)('r-17', period),
      keys: 1,
    },
  ])('of an hour is asked for that hour, and for $why', async ({ lagMs, read, keys }) => {
    const { table, asked } = tableOf(0);
    await allOf(read(table)({ fromMs: startMs, toMs: startMs + hourMs }));
    expect(asked).toHaveLength(keys);
    for (const { from, to } of asked) expect([from, to]).toEqual([iso(startMs - lagMs), `${iso(startMs + hourMs)}~`]);
  });

  test('of an hour after midnight is looked for on both days', async () => {
    const { table, asked } = tableOf(0);
    const midnightMs = Date.UTC(2026, 11, 2);
    await allOf(restaurantTrail(table)('r-17', { fromMs: midnightMs, toMs: midnightMs + hourMs }));
    expect(asked.map(({ pk }) => pk)).toEqual(['R#r-17#2026-12-01', 'R#r-17#2026-12-02']);
  });

  test('has the records of its period alone, whenever their connections began', async () => {
    const { table } = tableOf(1_000);
    const trail = await allOf(unverifiedTrail(table)({ fromMs: startMs + 5_000, toMs: startMs + 5_999 }));
    expect(trail.map(({ time }) => time)).toEqual(Array.from({ length: 1_000 }, (_, ms) => iso(startMs + 5_000 + ms)));
  });
});

async function* streamOf(records: readonly StoredAuditRecord[]) {
  yield* records;
}

const bySk = (a: StoredAuditRecord, b: StoredAuditRecord): number => (a.sk < b.sk ? -1 : 1);

describe('records in the order of their connections', () => {
  const records = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 })), { maxLength: 60 })
    .map((times) => times.map(([began, later], nth) => recordAt(startMs + began, startMs + began + later, `c-${nth}`)));

  test('come by time, however many keys they come from', async () => {
    await fc.assert(
      fc.asyncProperty(records, fc.integer({ min: 1, max: 4 }), async (all, keys) => {
        const ofKeys = Array.from({ length: keys }, (_, key) =>
          streamOf(all.filter((_record, nth) => nth % keys === key).toSorted(bySk)),
        );
        const ordered = await allOf(inOrderOfTime(merged(ofKeys)));
        expect(ordered.toSorted(bySk)).toEqual(all.toSorted(bySk));
        expect(ordered.map(({ time }) => time)).toEqual(all.map(({ time }) => time).toSorted());
      }),
    );
  });

  test('of one moment keep it', async () => {
    const ofOneMoment = ['a', 'b', 'c'].map((id) => recordAt(startMs, startMs + 9, id));
    expect(await allOf(inOrderOfTime(streamOf(ofOneMoment)))).toEqual(ofOneMoment);
  });

  test('all come, near their time, where more would have to be held than may be', async () => {
    const late = Array.from({ length: 10 }, (_, nth) => recordAt(startMs + nth, startMs + hourMs - nth, `c-${nth}`));
    const ordered = await allOf(inOrderOfTime(streamOf(late), 3));
    expect(ordered.toSorted(bySk)).toEqual(late);
    expect(ordered[0]).toBe(late[2]);
  });
});
