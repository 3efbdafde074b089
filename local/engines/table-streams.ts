/**
 * Streams of tables. A record is written with the item that it is about, as one batch of the store: there is none without the
 * other, whatever ends this process.
 */
import { type Change, recordOf, type StreamBlueprint, type StreamRecord } from '../streams/record.ts';
import { type DynaliteStore, type DynaliteWrite, type ItemDb, storeKeyOf } from './dynalite.ts';

/** A stream, and the names of those who read it: a record is kept until all of them have passed it. */
export type ReadStream = {
  readonly tableName: string;
  readonly stream: StreamBlueprint;
  readonly readers: readonly string[];
};

export type TableStream = {
  readonly arn: string;
  /** Makes a write, together with the record of what it changes. Writes of a table are made one after another. */
  readonly write: (operation: DynaliteWrite, change: Change) => Promise<void>;
  /** The next records behind those that a reader has passed, in their order. */
  readonly read: (reader: string, limit: number) => Promise<readonly StreamRecord[]>;
  /** Settled when a record is added, or the stream is woken. To be asked for before `read`, or what comes meanwhile is missed. */
  readonly next: () => Promise<void>;
  readonly wake: () => void;
  /** The reader is done with everything up to this number, and never gets it again. */
  readonly pass: (reader: string, sequenceNumber: string) => Promise<void>;
};

/** All have as many digits, so that they are in order as texts, too; DynamoDB's have twenty-one and more. */
const sequenceNumberOf = (n: bigint): string => String(10n ** 20n + n);
const beforeAll = sequenceNumberOf(0n);

/** Behind every key that begins with the prefix and digits. */
const behindDigits = ':';

/** Opens the stream of a table with what is kept of it, in the store that its items are in. */
export const openStream = async (
  db: Pick<DynaliteStore['db'], 'batch' | 'iterator'>,
  { tableName, stream, readers }: ReadStream,
  now: () => number = Date.now,
): Promise<TableStream> => {
  const recordKey = (sequenceNumber: string): string => `stream-${tableName}~${sequenceNumber}`;
  const readerKey = (reader: string): string => `stream-reader-${tableName}~${reader}`;
  const positions = new Map(readers.map((reader) => [reader, beforeAll]));
  for (const [reader] of positions) {
    const key = readerKey(reader);
    const [[, kept] = []] = await db.iterator<string>({ gte: key, lte: key }).all();
    if (kept !== undefined) positions.set(reader, kept);
  }
  const [[lastKey = ''] = []] = await db
    .iterator<StreamRecord>({ gt: recordKey(''), lt: recordKey(behindDigits), limit: 1, reverse: true })
    .all();
  let last = BigInt([...positions.values(), lastKey.split('~').at(-1) ?? ''].sort().at(-1) ?? beforeAll);
  let queue: Promise<unknown> = Promise.resolve();
  let waiting = Promise.withResolvers<void>();

  const wake = (): void => {
    waiting.resolve();
    waiting = Promise.withResolvers();
  };

  const writeNow = async (operation: DynaliteWrite, change: Change): Promise<void> => {
    const record = recordOf(stream, change, String(last + 1n), now());
    if (record === undefined) return db.batch([operation]);
    last += 1n;
    await db.batch([operation, { type: 'put', key: recordKey(String(last)), value: record }]);
    wake();
  };

  return {
    arn: stream.arn,
    write: (operation, change) => {
      const written = queue.then(() => writeNow(operation, change));
      queue = written.catch(() => {});
      return written;
    },
    read: async (reader, limit) => {
      const after = positions.get(reader) ?? beforeAll;
      const entries = await db
        .iterator<StreamRecord>({ gt: recordKey(after), lt: recordKey(behindDigits), limit })
        .all();
      return entries.map(([, record]) => record);
    },
    next: () => waiting.promise,
    wake,
    pass: async (reader, sequenceNumber) => {
      const passedBefore = lowestOf(positions);
      positions.set(reader, sequenceNumber);
      const passed = lowestOf(positions);
      const over = await db.iterator<StreamRecord>({ gt: recordKey(passedBefore), lte: recordKey(passed) }).all();
      await db.batch([
        { type: 'put', key: readerKey(reader), value: sequenceNumber },
        ...over.map(([key]) => ({ type: 'del', key }) as const),
      ]);
    },
  };
};

const lowestOf = (positions: ReadonlyMap<string, string>): string => [...positions.values()].sort()[0] ?? beforeAll;

/**
 * The store as actions see it: what they write to a table with a stream is written with its record. dynalite gets the item under
 * the key's lock before it writes it, which is the image before.
 */
export const withStreams = (
  store: DynaliteStore,
  streams: ReadonlyMap<string, TableStream>,
  byService: boolean,
): DynaliteStore => ({
  ...store,
  getItemDb: (tableName) => {
    const items = store.getItemDb(tableName);
    const stream = streams.get(tableName);
    return stream === undefined ? items : watched(items, tableName, stream, byService);
  },
});

const watched = (items: ItemDb, tableName: string, stream: TableStream, byService: boolean): ItemDb => {
  let before: Change['before'];
  return {
    ...items,
    get: (key, done) =>
      items.get(key, (error, item) => {
        before = error ? undefined : item;
        done(error, item);
      }),
    put: (key, item, done) => {
      const operation = { type: 'put', key: storeKeyOf(tableName, key), value: item } as const;
      stream.write(operation, { before, after: item, byService }).then(() => setImmediate(done, null), done);
    },
    del: (key, done) => {
      const operation = { type: 'del', key: storeKeyOf(tableName, key) } as const;
      stream.write(operation, { before, after: undefined, byService }).then(() => setImmediate(done, null), done);
    },
  };
};
