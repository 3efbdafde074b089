/** Tables as v0.1.0 left them, under today's functions. */
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { embeddedEngine } from '../contract/dynamodb-engine.ts';
import { type DynamodbStorage, dynamodbStorage } from '../contract/dynamodb-storage.ts';
import { itemsOf, type StoredItem } from './fixtures.ts';

/** When all of it was written: 2026-11-27, noon. */
export const writtenAtMs = 1_795_780_800_000;

/** The ports on tables that hold the items of the baseline and nothing else. */
export const filledStorage = async (): Promise<DynamodbStorage> => {
  const storage = await dynamodbStorage(await embeddedEngine());
  const { client, tables } = storage;
  const put = async (TableName: string, items: ReadonlyMap<string, StoredItem>): Promise<void> => {
    for (const Item of items.values()) await client.send(new PutItemCommand({ TableName, Item }));
  };
  await put(tables.connections, itemsOf('connections'));
  await put(tables.memberships, itemsOf('memberships'));
  await put(tables.audit, itemsOf('audit'));
  await put(tables.addressCounters, itemsOf('budgets'));
  await put(tables.events, itemsOf('events'));
  return storage;
};

/** The text of an item's column. */
export const textIn = (item: StoredItem | undefined, column: string): string => item?.[column]?.S ?? '';
