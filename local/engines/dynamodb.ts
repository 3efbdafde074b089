import { mkdirSync, readdirSync } from 'node:fs';
import type { TableBlueprint } from '../blueprint/tables.ts';
import { StartError } from '../start-error.ts';
import { checked, createStore, type DynaliteStore, operations } from './dynalite.ts';
import { type Answer, type Engine, type Input, mustCall, refusal } from './engine.ts';
import { openStream, type ReadStream, type TableStream, withStreams } from './table-streams.ts';

export type DynamodbEngine = Engine & {
  /** `DeleteItem` as DynamoDB itself does it where an item's time to live is over: its stream record says so. */
  readonly expire: (input: Input) => Promise<Answer>;
  /** Those that somebody reads, by their ARN. */
  readonly streams: ReadonlyMap<string, TableStream>;
};

/**
 * DynamoDB in this process, in memory or on disk. It has no transactions, ignores `ReturnValuesOnConditionCheckFailure`, and leaves
 * deletion by time to live to `time-to-live.ts`. Throws `StartError` when the folder cannot be used.
 *
 * @param dir where tables are kept; absent means in memory
 * @param read streams with the names of those who read them
 */
export const openDynamodb = async (dir?: string, read: readonly ReadStream[] = []): Promise<DynamodbEngine> => {
  const store = await openStore(dir);
  const streams = new Map(
    await Promise.all(read.map(async (one) => [one.tableName, await openStream(store.db, one)] as const)),
  );
  const watched = withStreams(store, streams, false);
  const watchedExpiry = withStreams(store, streams, true);
  const call = (on: DynaliteStore, action: string, input: Input): Promise<Answer> =>
    new Promise((resolve) => {
      const operation = operations.get(action);
      if (operation === undefined)
        return resolve(refusal(400, 'com.amazon.coral.service#UnknownOperationException', `no ${action} locally`));
      try {
        operation.run(on, checked(on, operation.checks, { ...input }), (error, output) =>
          resolve(error ? answerOf(error) : { status: 200, body: output ?? {} }),
        );
      } catch (error) {
        resolve(answerOf(error));
      }
    });
  return {
    call: (action, input) => call(watched, action, input),
    expire: (input) => call(watchedExpiry, 'DeleteItem', input),
    streams: new Map([...streams.values()].map((stream) => [stream.arn, stream])),
    close: () => store.db.close(),
  };
};

/**
 * Makes the tables that are not there yet and yields the names of those it made. Throws `StartError` (`DATA_INCOMPATIBLE`)
 * when a kept table has other keys or indexes than the template.
 */
export const createTables = async (engine: Engine, tables: readonly TableBlueprint[]): Promise<ReadonlySet<string>> => {
  const made = await Promise.all(tables.map(async (table) => ((await createTable(engine, table)) ? [table.name] : [])));
  return new Set(made.flat());
};

const createTable = async (engine: Engine, table: TableBlueprint): Promise<boolean> => {
  const { name, TimeToLiveSpecification: _, StreamSpecification: __, stream: ___, ...keys } = table;
  const kept = await engine.call('DescribeTable', { TableName: name });
  if (kept.status === 200) {
    if (shapeOf(kept.body['Table']) === shapeOf(keys)) return false;
    throw new StartError('DATA_INCOMPATIBLE', `The kept table ${name} has other keys or indexes than the app's.`);
  }
  await mustCall(engine, 'CreateTable', { TableName: name, BillingMode: 'PAY_PER_REQUEST', ...keys });
  while (!isActive(await mustCall(engine, 'DescribeTable', { TableName: name }))) await new Promise(setImmediate);
  return true;
};

const isActive = (description: Answer['body']): boolean =>
  /"TableStatus":"ACTIVE"/.test(JSON.stringify(description)) && !JSON.stringify(description).includes('"CREATING"');

/** Keys and indexes of a table in an order of its own, to compare what is kept with what is wanted. */
const shapeOf = (table: unknown): string => {
  const { KeySchema, GlobalSecondaryIndexes = [], LocalSecondaryIndexes = [] } = table as TableBlueprint;
  const indexes = [...GlobalSecondaryIndexes, ...LocalSecondaryIndexes].map((index) =>
    JSON.stringify([index.IndexName, index.KeySchema, index.Projection.ProjectionType]),
  );
  return JSON.stringify([KeySchema, indexes.sort()]);
};

/** What dynalite did not expect comes without a status and must not look like an answer of DynamoDB's. */
const answerOf = (error: unknown): Answer => {
  const { statusCode, body } = error as { statusCode?: number; body?: Answer['body'] };
  if (statusCode !== undefined && body !== undefined) return { status: statusCode, body };
  return refusal(500, 'com.amazonaws.dynamodb.v20120810#InternalServerError', String(error));
};

const openStore = async (dir: string | undefined): Promise<DynaliteStore> => {
  // Tables are usable at once instead of after the half second that dynalite imitates.
  const options = { createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 };
  if (dir === undefined) return createStore(options);
  try {
    mkdirSync(dir, { recursive: true });
  } catch (cause) {
    throw new StartError('DATA_UNWRITABLE', `The data folder ${dir} cannot be written to.`, { cause });
  }
  const files = readdirSync(dir);
  // Without this file LevelDB would begin a new database beside the old one's data.
  if (files.length > 0 && !files.includes('CURRENT')) throw damaged(dir);
  const store = createStore({ ...options, path: dir });
  try {
    await store.db.open();
  } catch (cause) {
    throw storeError(dir, cause);
  }
  return store;
};

const storeError = (dir: string, error: unknown): StartError => {
  const cause = (error as { cause?: { code?: string; message?: string } }).cause;
  if (cause?.code === 'LEVEL_LOCKED')
    return new StartError('DATA_IN_USE', `The data folder ${dir} is in use by another gateway.`, { cause: error });
  if (/permission denied|read-only/i.test(cause?.message ?? ''))
    return new StartError('DATA_UNWRITABLE', `The data folder ${dir} cannot be written to.`, { cause: error });
  return damaged(dir, { cause: error });
};

const damaged = (dir: string, options?: ErrorOptions): StartError =>
  new StartError('DATA_CORRUPT', `The data folder ${dir} is damaged or holds something else.`, options);
