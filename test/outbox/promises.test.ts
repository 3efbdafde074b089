/** What the outbox promises, under crashes at every call, refusals of some of a call, targets that are down, and redrives. */
import { describe, expect, test } from '@jest/globals';
import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { changeOf } from '../../lambdas/dynamodb/stream-records.ts';
import type { Envelope } from '../../lambdas/outbox/envelope.ts';
import { outbox } from '../../lambdas/routes/outbox.ts';
import { runs } from '../harness/runs.ts';
import { readShard } from './lambda-stream.ts';
import { eventRecord, numbered } from './records.ts';
import { type Fault, idOf, world } from './world.ts';

/** What the table has: events, some that the target takes from nobody, some that nobody can read, and items that are no events. */
type Kind = 'good' | 'told' | 'untold' | 'unreadable' | 'other';
type Written = Readonly<{ restaurant: number; kind: Kind }>;
type Row = Written & Readonly<{ record: DynamoDBRecord; key: string }>;

const rowsOf = (written: readonly Written[]): readonly Row[] => {
  const seqs = new Map<number, number>();
  return written.map(({ restaurant, kind }, nth) => {
    const seq = (seqs.get(restaurant) ?? 0) + Number(kind !== 'other');
    seqs.set(restaurant, seq);
    const record = eventRecord(`r-${restaurant}`, numbered(seq, { type: `kind.${kind}` }), {
      epoch: `e-${restaurant}`,
      sequenceNumber: String(nth + 1).padStart(5, '0'),
    });
    return { restaurant, kind, key: `e-${restaurant}.${seq}`, record: damaged(record, kind) };
  });
};

const damaged = (record: DynamoDBRecord, kind: Kind): DynamoDBRecord => {
  if (kind === 'other') return { ...record, eventName: 'REMOVE' };
  return kind === 'unreadable'
    ? { ...record, dynamodb: { ...record.dynamodb, NewImage: { seq: { S: 'one' } } } }
    : record;
};

const kinds = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Kind>('good') },
  { weight: 2, arbitrary: fc.constantFrom<Kind>('told', 'untold', 'unreadable', 'other') },
);
const tables = fc.array(fc.record({ restaurant: fc.nat(2), kind: kinds }), { minLength: 1, maxLength: 40 });
const faults = fc.array(
  fc.oneof(
    fc.constantFrom<Fault>('none', 'crash before', 'crash after', 'down', 'answer lost'),
    fc.record({
      partly: fc.uniqueArray(fc.nat(9), { minLength: 1, maxLength: 3 }),
      code: fc.constantFrom('InternalFailure', 'ThrottlingException', 'AccessDeniedException'),
    }),
  ),
  { maxLength: 25 },
);
const isPoison = ({ detailType }: Envelope) => {
  if (detailType === 'kind.told') return 'told';
  return detailType === 'kind.untold' ? 'untold' : 'no';
};

/** What was taken, each once, in the order in which it first came. */
const firsts = (took: readonly Envelope[], restaurant?: number): readonly string[] => [
  ...new Set(
    took
      .filter(({ restaurantId }) => restaurant === undefined || restaurantId === `r-${restaurant}`)
      .map(({ key }) => key),
  ),
];
const restaurants = [0, 1, 2];

describe.each([
  { target: 'a queue', isOrdered: true },
  { target: 'a bus', isOrdered: false },
])('to $target', ({ isOrdered }) => {
  test('everything is handed over or set aside, whatever fails and whenever a run dies', async () => {
    const batchSizes = fc.integer({ min: 1, max: 20 });
    await fc.assert(
      fc.asyncProperty(tables, faults, faults, batchSizes, async (written, puts, asides, batchSize) => {
        const rows = rowsOf(written);
        const here = world({ isOrdered, faults: puts, asideFaults: asides, isPoison });
        const records = rows.map(({ record }) => record);
        await readShard({ records, batchSize }, (Records) => here.run({ Records }), { maxRuns: 500 });

        const good = rows.filter(({ kind }) => kind === 'good');
        const bad = rows.filter(({ kind }) => kind !== 'good' && kind !== 'other');
        expect([...here.aside.keys()].sort()).toEqual(bad.map(({ record }) => idOf(record)).sort());
        expect([...firsts(here.took)].sort()).toEqual(good.map(({ key }) => key).sort());
        if (!isOrdered) return;
        for (const one of restaurants)
          expect(firsts(here.took, one)).toEqual(
            good.filter(({ restaurant }) => restaurant === one).map(({ key }) => key),
          );
      }),
      { numRuns: runs(4_000) },
    );
  });

  const good = (count: number) =>
    rowsOf(Array.from({ length: count }, (_, nth) => ({ restaurant: nth % 3, kind: 'good' })));
  const recordsOf = (rows: readonly Row[]) => rows.map(({ record }) => record);
  const hourMs = 3_600_000;

  test.each([
    { why: 'an hour', forMs: hourMs },
    { why: 'all but an hour of the day that the stream keeps', forMs: 23 * hourMs },
  ])('a target that is down for $why holds everything back, and gets it then', async ({ forMs }) => {
    let begunMs: number | undefined;
    const here = world({
      isOrdered,
      isDown: (atMs) => {
        begunMs ??= atMs;
        return atMs - begunMs < forMs;
      },
    });
    const rows = good(30);
    const tries = await readShard({ records: recordsOf(rows), batchSize: 10 }, (Records) => here.run({ Records }), {
      waits: here.elapse,
    });
    expect(tries).toBeGreaterThan(50);
    expect(here.aside.size).toBe(0);
    expect(here.took.map(({ key }) => key)).toEqual(rows.map(({ key }) => key));
    expect(new Set(here.failures)).toEqual(new Set(['ServiceUnavailable']));
  });

  test.each(['AccessDeniedException', 'ThrottlingException', 'InternalFailure', 'of no known word'])(
    'one entry of ten that is refused as %s is set aside never, however often',
    async (code) => {
      const rows = good(10);
      const refusals = Array.from({ length: 400 }, (): Fault => ({ partly: [0], code }));
      const here = world({ isOrdered, faults: refusals });
      await readShard({ records: recordsOf(rows), batchSize: 10 }, (Records) => here.run({ Records }));
      expect(here.aside.size).toBe(0);
      expect([...firsts(here.took)].sort()).toEqual(rows.map(({ key }) => key).sort());
    },
  );

  test('one entry of ten that is refused for a moment is handed over again by itself, in the same run', async () => {
    const rows = rowsOf(Array.from({ length: 10 }, (_, restaurant) => ({ restaurant, kind: 'good' })));
    const here = world({ isOrdered, faults: [{ partly: [3], code: 'InternalFailure' }] });
    expect(await here.run({ Records: recordsOf(rows) })).toEqual({ batchItemFailures: [] });
    expect(here.calls.map((call) => call.map(({ key }) => key))).toEqual([rows.map(({ key }) => key), ['e-3.1']]);
  });

  test('while the dead-letter queue is down what is to be set aside waits, and all behind it', async () => {
    const rows = rowsOf([
      { restaurant: 0, kind: 'good' },
      { restaurant: 1, kind: 'told' },
      { restaurant: 2, kind: 'good' },
    ]);
    const here = world({ isOrdered, isPoison, asideFaults: ['down'] });
    expect(await here.run({ Records: recordsOf(rows) })).toEqual({ batchItemFailures: [{ itemIdentifier: '00002' }] });
    expect(here.aside.size).toBe(0);
    expect(await here.run({ Records: recordsOf(rows).slice(1) })).toEqual({ batchItemFailures: [] });
    expect([...here.aside.values()].map(({ why }) => why)).toEqual(['MalformedDetail']);
  });

  test('while the dead-letter queue is down a record that cannot be read is offered to it once a run', async () => {
    const rows = rowsOf([{ restaurant: 0, kind: 'good' }]);
    const unreadable = recordsOf(rows).map((record) => ({ ...record, dynamodb: { ...record.dynamodb, NewImage: {} } }));
    const here = world({ isOrdered, asideFaults: ['down', 'down', 'down'] });
    for (const offered of [1, 2, 3]) {
      expect(await here.run({ Records: unreadable })).toEqual({ batchItemFailures: [{ itemIdentifier: '00001' }] });
      expect(here.asideCalls()).toBe(offered);
    }
  });

  test('a run without time begins no call, and names the first record that it has not served', async () => {
    let leftMs = 30_000;
    const here = world({
      isOrdered,
      timeLeftMs: () => {
        leftMs -= 9_000;
        return leftMs;
      },
    });
    const { batchItemFailures } = await here.run({ Records: recordsOf(good(30)) });
    const handed = here.took.length;
    expect(handed).toBeGreaterThan(0);
    expect(batchItemFailures).toEqual([{ itemIdentifier: String(handed + 1).padStart(5, '0') }]);
    expect(here.failures).toEqual([]);
    expect(here.ran).toMatchObject([{ handedOver: handed, heldBack: 30 - handed }]);
  });

  test('what was set aside is handed over when the target takes it, and then the target has all that the table has', async () => {
    const rows = rowsOf([
      { restaurant: 0, kind: 'good' },
      { restaurant: 0, kind: 'told' },
      { restaurant: 1, kind: 'untold' },
      { restaurant: 0, kind: 'good' },
    ]);
    const before = world({ isOrdered, isPoison });
    await before.run({ Records: recordsOf(rows) });
    expect(before.aside.size).toBe(2);
    const after = world({ isOrdered });
    for (const { letter } of before.aside.values())
      expect(await after.run({ Records: [JSON.parse(letter.body)] })).toEqual({ batchItemFailures: [] });
    expect([...firsts([...before.took, ...after.took])].sort()).toEqual(rows.map(({ key }) => key).sort());
  });
});

test('a queue gets no two events of a restaurant in one call, since the second would overtake the first where that one fails', async () => {
  const rows = rowsOf([0, 0, 1, 2, 1].map((restaurant) => ({ restaurant, kind: 'good' })));
  const here = world({ isOrdered: true });
  await here.run({ Records: rows.map(({ record }) => record) });
  expect(here.calls.map((call) => call.map(({ key }) => key))).toEqual([
    ['e-0.1'],
    ['e-0.2', 'e-1.1', 'e-2.1'],
    ['e-1.2'],
  ]);
});

test('a call has what fits into it, and what is larger goes alone', async () => {
  const rows = rowsOf(Array.from({ length: 4 }, () => ({ restaurant: 0, kind: 'good' })));
  const here = world({ isOrdered: false, maxBytes: 600 });
  await here.run({ Records: rows.map(({ record }) => record) });
  expect(here.calls.map(({ length }) => length)).toEqual([2, 2]);
  const tight = world({ isOrdered: false, maxBytes: 10 });
  await tight.run({ Records: rows.map(({ record }) => record) });
  expect(tight.calls.map(({ length }) => length)).toEqual([1, 1, 1, 1]);
});

describe('an event without an epoch, of a version before', () => {
  const record = eventRecord('r-17', numbered(7), { sequenceNumber: '1' });

  test('is of the numbering that its head names, which is read once a run', async () => {
    const here = world({ isOrdered: true, heads: new Map([['r-17', 'of the head']]) });
    expect(await here.run({ Records: [record, eventRecord('r-17', numbered(8), { sequenceNumber: '2' })] })).toEqual({
      batchItemFailures: [],
    });
    expect(here.took.map(({ key }) => key)).toEqual(['of the head.7', 'of the head.8']);
  });

  test('waits for its head, and is set aside when that is long overdue', async () => {
    const here = world({ isOrdered: true });
    expect(await here.run({ Records: [record] })).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
    expect(here.failures).toEqual(['HeadNotThereYet']);
    here.elapse(16 * 60_000);
    expect(await here.run({ Records: [record] })).toEqual({ batchItemFailures: [] });
    expect([...here.aside.values()].map(({ why }) => why)).toEqual(['epoch_unknown']);
  });

  test('waits while its head cannot be read', async () => {
    const { ports, took, aside } = world({ isOrdered: true });
    const readHead = async () => {
      throw new Error('simulated');
    };
    expect(await outbox({ ...ports, readHead })({ Records: [record] })).toEqual({
      batchItemFailures: [{ itemIdentifier: '1' }],
    });
    expect([took.length, aside.size]).toEqual([0, 0]);
  });
});

test('what the target takes from nobody is not even offered to it', async () => {
  const large = eventRecord('r-17', numbered(1, { id: 'x'.repeat(10_001) }), { epoch: 'e', sequenceNumber: '1' });
  const here = world({ isOrdered: true });
  expect(await here.run({ Records: [large] })).toEqual({ batchItemFailures: [] });
  expect(here.calls).toEqual([]);
  expect([...here.aside.values()]).toMatchObject([
    { why: 'too_large', letter: { restaurantId: 'r-17', publisher: 'u-1' } },
  ]);
  expect(changeOf(JSON.parse([...here.aside.values()][0]?.letter.body ?? ''))).toMatchObject({
    kind: 'event',
    epoch: 'e',
  });
});
