import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';

/** One table and the client that reaches it. */
export type Table = Readonly<{ client: DynamoDBDocumentClient; tableName: string }>;

/** An item as the document client hands it over. */
export type Item = Readonly<Record<string, unknown>>;

/** `refused` where the condition of the write did not hold; every other failure is thrown. */
export const conditionally = async <T>(write: Promise<T>): Promise<T | 'refused'> => {
  try {
    return await write;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return 'refused';
    throw error;
  }
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
