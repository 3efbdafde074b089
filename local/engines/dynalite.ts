import { createRequire } from 'node:module';
import type { Item } from '../streams/item.ts';
import { rememberParses } from './expression-cache.ts';

/**
 * The parts of dynalite 4.0.0 that `dynamodb.ts` runs, with types: the package has none.
 *
 * dynalite's own HTTP handler throws out of a callback what it did not expect, which would end this process, and it
 * closes its store only together with a listening server. Its parts have neither trouble.
 */
export type DynaliteStore = {
  readonly db: {
    open(): Promise<void>;
    close(): Promise<void>;
    /** What it stores as it is. */
    readonly supports: { readonly encodings: Readonly<Record<string, boolean>> };
    values: (range: unknown) => ValueIterator;
    /** All of it is written, or nothing. Values are written as JSON. */
    batch(operations: readonly DynaliteWrite[]): Promise<void>;
    /** Whole entries in the order of their keys. `all` closes it. */
    iterator<Value>(range: KeyRange): { all(): Promise<[string, Value][]> };
  };
  readonly getTable: GetTable;
  /** Made anew for each action, which locks a key, gets its item, and then puts or deletes it. */
  readonly getItemDb: (table: string) => ItemDb;
};

export type DynaliteWrite =
  | { readonly type: 'put'; readonly key: string; readonly value: unknown }
  | { readonly type: 'del'; readonly key: string };

type KeyRange = {
  readonly gt?: string;
  readonly gte?: string;
  readonly lt?: string;
  readonly lte?: string;
  readonly limit?: number;
  readonly reverse?: boolean;
};

type Done = (error: unknown) => void;

/** The items of a table by keys that dynalite makes. */
export type ItemDb = {
  readonly get: (key: string, done: (error: unknown, item?: Item) => void) => void;
  readonly put: (key: string, item: Item, done: Done) => void;
  readonly del: (key: string, done: Done) => void;
};

/** The key that an item of a table has in the whole store. */
export const storeKeyOf = (table: string, key: string): string => `item-${table}~${key}`;

/** What dynalite's streams read from. `return` is called when a stream is destroyed, at its end or before. */
type ValueIterator = { next(): Promise<unknown>; close(): Promise<void>; return?(): Promise<void> };

type Table = { readonly TableStatus: string };

type TableCallback = (error: unknown, table?: Table) => void;

/** With a status to check as its second parameter for actions on tables, without one for actions on items. */
type GetTable = (name: string, ...rest: [TableCallback] | [boolean, TableCallback]) => void;

type StoreOptions = { path?: string; createTableMs: number; deleteTableMs: number; updateTableMs: number };

type Checks = { readonly types: unknown; readonly custom?: unknown };

type Callback = (error: unknown, output?: Record<string, unknown>) => void;

type Action = (store: DynaliteStore, input: Record<string, unknown>, done: Callback) => void;

export type DynaliteOperation = { readonly run: Action; readonly checks: Checks };

const load = createRequire(import.meta.url);

/**
 * What dynalite keeps in memory are texts, JSON under keys of ASCII. As buffers, which is the default, each small item holds the 64 KB that
 * Node cut it from, and is decoded at each read.
 */
const level: { MemoryLevel: new (options: object) => object } = load('memory-level');
level.MemoryLevel = class extends level.MemoryLevel {
  constructor(options: object) {
    super({ ...options, storeEncoding: 'utf8' });
  }
};

const create: (options: StoreOptions) => DynaliteStore = load('dynalite/db').create;

for (const parser of ['condition', 'projection', 'update']) rememberParses(load(`dynalite/db/${parser}Parser`));

/**
 * A store that reads the description of an active table once for all actions on items: dynalite takes it out of its
 * database, and apart, for each of them. That holds as long as no operation below changes a table or deletes it.
 *
 * It closes each iterator, too. dynalite opens one for every Query and Scan and closes none, which keeps the iterator with
 * what it has read ahead for ever: on disk about 45 KB a Query.
 */
export const createStore = (options: StoreOptions): DynaliteStore => {
  const store = create(options);
  closeIterators(store.db);
  const active = new Map<string, Table>();
  const getTable: GetTable = (name, ...rest) => {
    const [done] = rest;
    if (typeof done !== 'function') return store.getTable(name, ...rest);
    const known = active.get(name);
    if (known !== undefined) return done(null, known);
    store.getTable(name, (error, table) => {
      if (table?.TableStatus === 'ACTIVE') active.set(name, table);
      done(error, table);
    });
  };
  return { ...store, getTable };
};

const closeIterators = (db: DynaliteStore['db']): void => {
  const values = db.values.bind(db);
  db.values = (range) => {
    const iterator = values(range);
    return {
      next: async () => {
        const value = await iterator.next();
        if (value === undefined) await iterator.close();
        return value;
      },
      close: () => iterator.close(),
      return: () => iterator.close(),
    };
  };
};

const validations: {
  checkTypes(input: unknown, types: unknown): Record<string, unknown>;
  checkValidations(input: unknown, types: unknown, custom: unknown, store: DynaliteStore): void;
} = load('dynalite/validations');

/** Fills in and checks an input as DynamoDB does; throws dynalite's errors, which carry `statusCode` and `body`. */
export const checked = (store: DynaliteStore, { types, custom }: Checks, input: unknown): Record<string, unknown> => {
  const typed = validations.checkTypes(input, types);
  validations.checkValidations(typed, types, custom, store);
  return typed;
};

const names = [
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DescribeTable',
  'DescribeTimeToLive',
  'GetItem',
  'ListTables',
  'PutItem',
  'Query',
  'Scan',
  'UpdateItem',
] as const;

const fileOf = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

export const operations: ReadonlyMap<string, DynaliteOperation> = new Map(
  names.map((name) => [
    name,
    { run: load(`dynalite/actions/${fileOf(name)}`), checks: load(`dynalite/validations/${fileOf(name)}`) },
  ]),
);
