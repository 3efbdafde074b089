import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  type BatchGetCommandInput,
  type DynamoDBDocumentClient,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';

/** One table and the client that reaches it. */
export type Table = Readonly<{ client: DynamoDBDocumentClient; tableName: string }>;

/** An item as the document client hands it over. */
export type Item = Readonly<Record<string, unknown>>;

/** `throttled` where the table, or this key of it, takes no more writes now, after the client's own tries; every other failure is thrown. */
export const unlessThrottled = async <T>(write: Promise<T>): Promise<T | 'throttled'> => {
  try {
    return await write;
  } catch (error) {
    if (error instanceof Error && throttled.has(error.name)) return 'throttled';
    throw error;
  }
};

const throttled: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
]);

/** A counter of an item; one that was never counted is 0. */
export const numberIn = (item: Item, name: string): number => {
  const value = item[name];
  return typeof value === 'number' ? value : 0;
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

/** The items of those keys that are there, in one request. Throws when a table answers with less than it was asked. */
export const readAll = async (
  client: DynamoDBDocumentClient,
  RequestItems: NonNullable<BatchGetCommandInput['RequestItems']>,
): Promise<Found> => {
  const { Responses = {}, UnprocessedKeys = {} } = await client.send(new BatchGetCommand({ RequestItems }));
  const [unprocessed] = Object.keys(UnprocessedKeys);
  if (unprocessed !== undefined) throw new Error(`the table ${unprocessed} left keys unprocessed`);
  return Responses;
};

/** Every item a query finds, page by page. */
export const queryAll = async (client: DynamoDBDocumentClient, query: QueryCommandInput): Promise<readonly Item[]> => {
  const items: Item[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({ ...query, ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }) }),
    );
    items.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return items;
};
