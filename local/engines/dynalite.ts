import { createRequire } from 'node:module';

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
  };
};

type StoreOptions = { path?: string; createTableMs: number; deleteTableMs: number; updateTableMs: number };

type Checks = { readonly types: unknown; readonly custom?: unknown };

type Callback = (error: unknown, output?: Record<string, unknown>) => void;

type Action = (store: DynaliteStore, input: Record<string, unknown>, done: Callback) => void;

export type DynaliteOperation = { readonly run: Action; readonly checks: Checks };

const load = createRequire(import.meta.url);

export const createStore: (options: StoreOptions) => DynaliteStore = load('dynalite/db').create;

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
