/** The reading of a stream, over one that is made by hand, and a function that answers as it is told. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { StreamSourceBlueprint } from '../../../local/blueprint/event-sources.ts';
import type { TableStream } from '../../../local/engines/table-streams.ts';
import { createFaults, type Faults } from '../../../local/faults.ts';
import type { Outcome } from '../../../local/sandbox/sandbox.ts';
import { type StreamSource, startStreamSource } from '../../../local/stream-sources.ts';
import { recordOf, type StreamRecord } from '../../../local/streams/record.ts';

const blueprint: StreamSourceBlueprint = {
  name: 'reader',
  streamArn: 'stream',
  functionName: 'f',
  batchSize: 3,
  windowMs: 0,
  reportsItemFailures: true,
  patterns: [],
};

const nowMs = Date.UTC(2026, 11, 1);
const dayMs = 24 * 60 * 60 * 1000;
const recordNumbered = (n: number, atMs = nowMs): StreamRecord => {
  const after = { pk: { S: n % 2 === 0 ? 'even' : 'odd' } };
  const change = { before: undefined, after, byService: false };
  const made = recordOf(
    { arn: 'stream', region: 'r', viewType: 'NEW_IMAGE', keyNames: ['pk'] },
    change,
    String(100 + n),
    atMs,
  );
  if (made === undefined) throw new Error('no record');
  return made;
};
const numberOf = ({ dynamodb }: StreamRecord): number => Number(dynamodb.SequenceNumber) - 100;

type HandMade = TableStream & {
  readonly add: (...records: readonly StreamRecord[]) => void;
  readonly passed: number[];
};

const handMade = (): HandMade => {
  let records: readonly StreamRecord[] = [];
  let waiting = Promise.withResolvers<void>();
  const passed: number[] = [];
  const wake = (): void => {
    waiting.resolve();
    waiting = Promise.withResolvers();
  };
  return {
    arn: 'stream',
    write: async () => {},
    read: async (_, limit) => records.slice(0, limit),
    next: () => waiting.promise,
    wake,
    pass: async (_, sequenceNumber) => {
      passed.push(Number(sequenceNumber) - 100);
      records = records.filter(({ dynamodb }) => dynamodb.SequenceNumber > sequenceNumber);
    },
    passed,
    add: (...added) => {
      records = [...records, ...added];
      wake();
    },
  };
};

let source: StreamSource | undefined;
afterEach(() => source?.close());

const failing = (...numbers: readonly number[]): Outcome => ({
  kind: 'returned',
  value: { batchItemFailures: numbers.map((n) => ({ itemIdentifier: String(100 + n) })) },
});
const threw: Outcome = { kind: 'threw', errorType: 'E', errorMessage: '' };

/** Runs until so many batches came; the answers are those that are given, and then that all is well. */
const batchesOf = async (
  stream: TableStream,
  count: number,
  answers: readonly Outcome[] = [],
  { faults = {}, ...changed }: Partial<StreamSourceBlueprint> & { faults?: Partial<Faults> } = {},
): Promise<number[][]> => {
  const batches: number[][] = [];
  const all = Promise.withResolvers<void>();
  source = startStreamSource({
    source: { ...blueprint, ...changed },
    stream,
    invoke: async ({ Records }) => {
      batches.push(Records.map(numberOf));
      if (batches.length === count) all.resolve();
      return answers[batches.length - 1] ?? failing();
    },
    faults: createFaults(faults),
    now: () => nowMs,
  });
  await all.promise;
  return batches;
};

const numbered = (...numbers: readonly number[]) => numbers.map((n) => recordNumbered(n));

describe('a batch', () => {
  test('has as many records as it may, in their order, and the next has those behind it', async () => {
    const stream = handMade();
    stream.add(...numbered(1, 2, 3, 4, 5));
    expect(await batchesOf(stream, 2)).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
  });

  test('that failed comes again as it was, whatever has come since, and nothing passes it', async () => {
    const stream = handMade();
    stream.add(...numbered(1, 2));
    const running = batchesOf(stream, 4, [threw, threw]);
    stream.add(...numbered(3, 4, 5));
    expect(await running).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
      [3, 4, 5],
    ]);
  });

  test('of which some failed comes again from the lowest of them', async () => {
    const stream = handMade();
    stream.add(...numbered(1, 2, 3, 4));
    expect(await batchesOf(stream, 4, [failing(3, 2), failing(2)])).toEqual([[1, 2, 3], [2, 3], [2, 3], [4]]);
    expect(stream.passed[0]).toBe(1);
  });

  test('whose answer names a record that is not in it comes again as a whole', async () => {
    const stream = handMade();
    stream.add(...numbered(1, 2, 3));
    expect(await batchesOf(stream, 2, [failing(2, 17)])).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  test('is passed before the next one is handed over', async () => {
    const stream = handMade();
    stream.add(...numbered(1, 2, 3, 4));
    const order: string[] = [];
    const { pass } = stream;
    const watched: TableStream = {
      ...stream,
      pass: async (...what) => {
        await delay(5);
        await pass(...what);
        order.push('passed');
      },
    };
    const all = Promise.withResolvers<void>();
    source = startStreamSource({
      source: blueprint,
      stream: watched,
      invoke: async ({ Records }) => {
        order.push(`handed ${Records.map(numberOf)}`);
        if (order.length > 2) all.resolve();
        return failing();
      },
      faults: createFaults(),
      now: () => nowMs,
    });
    await all.promise;
    expect(order).toEqual(['handed 1,2,3', 'passed', 'handed 4']);
  });

  test('with a window waits for more, and no longer than that', async () => {
    const stream = handMade();
    stream.add(...numbered(1));
    const running = batchesOf(stream, 2, [], { windowMs: 60 });
    await delay(5);
    stream.add(...numbered(2, 3, 4));
    expect(await running).toEqual([[1, 2, 3], [4]]);
  });
});

describe('a record', () => {
  test('that no filter takes is passed without a run', async () => {
    const stream = handMade();
    stream.add(...numbered(1, 2, 3, 4, 5, 6, 7, 8));
    const patterns = [{ dynamodb: { Keys: { pk: { S: ['even'] } } } }];
    expect(await batchesOf(stream, 2, [failing(4)], { patterns })).toEqual([
      [2, 4, 6],
      [4, 6],
    ]);
    expect(stream.passed[0]).toBe(3);
  });

  test('that is a day old is gone, as where it is deployed', async () => {
    const stream = handMade();
    stream.add(recordNumbered(1, nowMs - dayMs - 1_000), ...numbered(2));
    expect(await batchesOf(stream, 1)).toEqual([[2]]);
  });

  test('comes when it is written, to a reader that waits', async () => {
    const stream = handMade();
    const running = batchesOf(stream, 2);
    await delay(5);
    stream.add(...numbered(1));
    await delay(5);
    stream.add(...numbered(2));
    expect(await running).toEqual([[1], [2]]);
  });

  test.each<{ why: string; streamRecords: Faults['streamRecords'] }>([
    { why: 'twice', streamRecords: 'twice' },
    { why: 'late', streamRecords: { afterMs: 10 } },
  ])('can come $why', async ({ streamRecords }) => {
    const stream = handMade();
    stream.add(...numbered(1));
    const count = streamRecords === 'twice' ? 2 : 1;
    expect(await batchesOf(stream, count, [], { faults: { streamRecords } })).toEqual(Array(count).fill([1]));
  });
});

test.each<{ step: 'read' | 'pass'; batches: number[][] }>([
  { step: 'read', batches: [[1, 2]] },
  {
    step: 'pass',
    batches: [
      [1, 2],
      [1, 2],
    ],
  },
])(
  'a stream whose $step fails, as on a full disk, is tried again, and nothing of it is lost',
  async ({ step, batches }) => {
    const stream = handMade();
    stream.add(...numbered(1, 2));
    let failures = 1;
    const flaky =
      <Args extends readonly unknown[], Result>(act: (...args: Args) => Promise<Result>) =>
      async (...args: Args): Promise<Result> => {
        failures -= 1;
        if (failures >= 0) throw new Error('no space left on device');
        return act(...args);
      };
    const watched = step === 'read' ? { ...stream, read: flaky(stream.read) } : { ...stream, pass: flaky(stream.pass) };
    expect(await batchesOf(watched, batches.length)).toEqual(batches);
  },
);

test('what was in the hands of a function when the source was closed is not passed', async () => {
  const stream = handMade();
  stream.add(...numbered(1));
  const held = Promise.withResolvers<Outcome>();
  const handed = Promise.withResolvers<void>();
  source = startStreamSource({
    source: blueprint,
    stream,
    invoke: () => {
      handed.resolve();
      return held.promise;
    },
    faults: createFaults(),
    now: () => nowMs,
  });
  await handed.promise;
  source.close();
  held.resolve(failing());
  await delay(5);
  expect(stream.passed).toEqual([]);
});
