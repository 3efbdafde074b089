import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import {
  BatchGetCommand,
  type BatchGetCommandInput,
  BatchWriteCommand,
  type BatchWriteCommandInput,
  type BatchWriteCommandOutput,
  type DynamoDBDocumentClient,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
} from '@aws-sdk/lib-dynamodb';

/** One table and the client that reaches it. */
export type Table = Readonly<{ client: DynamoDBDocumentClient; tableName: string }>;

/**
 * How a document client writes and reads items. Of numbers beyond what a double holds it reads the nearest: by default one of them in an
 * attribute of somebody else's makes the whole answer unreadable.
 */
export const itemTranslation = {
  marshallOptions: { removeUndefinedValues: true },
  unmarshallOptions: { wrapNumbers: (text: string) => Number(text) },
};

/** The document client leaves a note in the options it was given that it wants single values. */
const ofWholeItem = { ...itemTranslation.unmarshallOptions, convertWithoutMapWrapper: false };

/** An item as the document client hands it over. */
export type Item = Readonly<Record<string, unknown>>;

/** `throttled` where the table, or this key of it, takes no more writes now, after the client's own tries; every other failure is thrown. */
export const unlessThrottled = async <T>(write: Promise<T>): Promise<T | 'throttled'> => {
  try {
    return await write;
  } catch (error) {
    if (isThrottled(error)) return 'throttled';
    throw error;
  }
};

/** Whether a failure says that the table takes no more now. */
export const isThrottled = (error: unknown): boolean => error instanceof Error && throttled.has(error.name);

const throttled: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'UnprocessedKeysError',
]);

/** A counter of an item; one that was never counted is 0. */
export const numberIn = (item: Item, name: string): number => {
  const value = item[name];
  return typeof value === 'number' ? value : 0;
};

/**
 * Where the condition of the write did not hold, the item that stood in its way: of a write that asks for it (`ALL_OLD`), where there is
 * one and the engine gives it. It is as consistent as the condition. Every other failure is thrown.
 */
export const orInTheWay = async <T>(write: Promise<T>): Promise<T | Readonly<{ inTheWay: Item | undefined }>> => {
  try {
    return await write;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { inTheWay: error.Item && unmarshall(error.Item, ofWholeItem) };
  }
};

/** `refused` where the condition of the write did not hold; every other failure is thrown. */
export const conditionally = async <T>(write: Promise<T>): Promise<T | 'refused'> => {
  try {
    return await write;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return 'refused';
    throw error;
  }
};

/** Items by their table. */
export type Found = Readonly<Record<string, readonly Item[] | undefined>>;

/** A table that takes no more for a moment leaves keys unprocessed: how long each of their next tries waits. */
const pausesMs = [25, 50, 100, 200];

export const pauseFor = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The table goes on answering with less than it was asked: another way to say that it is throttled. */
export class UnprocessedKeysError extends Error {
  readonly code = 'KEYS_UNPROCESSED';
  override readonly name = 'UnprocessedKeysError';
  /** The tables that did, and what was found of all of them. */
  readonly tables: readonly string[];
  readonly found: Found;

  constructor(tables: readonly string[], found: Found) {
    super(`the table ${tables[0]} left keys unprocessed`);
    this.tables = tables;
    this.found = found;
  }
}

/**
 * The items of those keys that are there, in one request, and in some more for keys that were left unprocessed, which the SDK
 * takes for an answer. Throws when some still are after that; each request ends with its invocation, like every other.
 *
 * @param optional a table nobody waits for: where it alone left keys, that is thrown at once, with what was found
 */
export const readAll = async (
  client: DynamoDBDocumentClient,
  keys: NonNullable<BatchGetCommandInput['RequestItems']>,
  pause = pauseFor,
  optional?: string,
): Promise<Found> => {
  const found: Record<string, Item[]> = {};
  let RequestItems = keys;
  for (let tries = 0; ; tries += 1) {
    const { Responses = {}, UnprocessedKeys = {} } = await client.send(new BatchGetCommand({ RequestItems }));
    for (const [table, items] of Object.entries(Responses)) found[table] = [...(found[table] ?? []), ...items];
    const tables = Object.keys(UnprocessedKeys);
    if (tables.length === 0) return found;
    const pauseMs = pausesMs[tries];
    const isWaitedFor = tables.some((table) => table !== optional);
    if (pauseMs === undefined || !isWaitedFor) throw new UnprocessedKeysError(tables, found);
    await pause(pauseMs);
    RequestItems = UnprocessedKeys;
  }
};

/** What one request may write. */
const maxWrites = 25;

/**
 * Deletes the items of those keys and yields how many keys they were. Throws when a table leaves keys unprocessed that often; those before
 * them are deleted then.
 */
export const deleteAll = async (
  { client, tableName }: Table,
  keys: readonly Item[],
  pause = pauseFor,
): Promise<number> => {
  for (let done = 0; done < keys.length; done += maxWrites) {
    let left: NonNullable<BatchWriteCommandInput['RequestItems']>[string] | undefined = keys
      .slice(done, done + maxWrites)
      .map((Key) => ({ DeleteRequest: { Key } }));
    for (let tries = 0; left !== undefined && left.length > 0; tries += 1) {
      if (tries > pausesMs.length) throw new Error(`the table ${tableName} left keys unprocessed`);
      if (tries > 0) await pause(pausesMs[tries - 1] ?? 0);
      const { UnprocessedItems }: BatchWriteCommandOutput = await client.send(
        new BatchWriteCommand({ RequestItems: { [tableName]: left } }),
      );
      left = UnprocessedItems?.[tableName];
    }
  }
  return keys.length;
};

/** Every item a query finds, page by page. */
export const queryAll = async (client: DynamoDBDocumentClient, query: QueryCommandInput): Promise<readonly Item[]> =>
  (await pagesOf(client, query)).flatMap(({ Items = [] }) => Items);

/** The same, and for how many read units. */
export const queryAllMetered = async (
  client: DynamoDBDocumentClient,
  query: QueryCommandInput,
): Promise<Readonly<{ items: readonly Item[]; units: number }>> => {
  const pages = await pagesOf(client, { ...query, ReturnConsumedCapacity: 'TOTAL' });
  return {
    items: pages.flatMap(({ Items = [] }) => Items),
    units: pages.reduce(
      (sum, { Items = [], ConsumedCapacity }) => sum + (ConsumedCapacity?.CapacityUnits ?? Items.length),
      0,
    ),
  };
};

const pagesOf = async (client: DynamoDBDocumentClient, query: QueryCommandInput) => {
  const pages: QueryCommandOutput[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page: QueryCommandOutput = await client.send(
      new QueryCommand({ ...query, ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }) }),
    );
    pages.push(page);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return pages;
};
