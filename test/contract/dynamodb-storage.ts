import { randomBytes } from 'node:crypto';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { liveIndexName } from '../../lambdas/env.ts';
import { eventRetentionMs } from '../memory/world.ts';
import type { DynamodbEngine } from './dynamodb-engine.ts';
import { lossyPorts, type Tables } from './dynamodb-ports.ts';
import type { Storage } from './storage.ts';
import { restaurantDomain } from '../restaurant-domain.ts';

export type DynamodbStorage = Storage & Readonly<{ client: DynamoDBDocumentClient; tables: Tables }>;

export const retentionDays = 400;

/**
 * The ports on DynamoDB, with tables of their own that go when it is closed.
 *
 * @param portsOf makes the ports and their client, over whatever transport
 */
export const dynamodbStorage = async (engine: DynamodbEngine, portsOf = lossyPorts): Promise<DynamodbStorage> => {
  const operator = new DynamoDBClient({
    endpoint: engine.endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const suffix = randomBytes(6).toString('hex');
  const tables: Tables = {
    connections: `connections-${suffix}`,
    memberships: `memberships-${suffix}`,
    audit: `audit-${suffix}`,
    addressCounters: `counters-${suffix}`,
    events: `events-${suffix}`,
  };
  await Promise.all([
    createTable(operator, tables.connections, 'connection_id'),
    createTable(operator, tables.memberships, 'pk', 'sk'),
    createTable(operator, tables.audit, 'pk', 'sk'),
    createTable(operator, tables.addressCounters, 'pk', 'sk'),
    createTable(operator, tables.events, 'pk', 'sk'),
  ]);
  const { client, loseNextAnswer, ports } = portsOf(engine.endpoint, tables, {
    retentionDays,
    eventRetentionMs,
    domain: restaurantDomain,
  });
  return {
    ...ports,
    client,
    tables,
    loseNextAnswer,
    close: async () => {
      for (const TableName of Object.values(tables)) await operator.send(new DeleteTableCommand({ TableName }));
      operator.destroy();
      client.config.requestHandler.destroy?.();
      await engine.stop();
    },
  };
};

/** The sessions of a restaurant, as `lib/` has the index. */
const liveIndex = {
  IndexName: liveIndexName,
  KeySchema: [
    { AttributeName: 'live_restaurant_id', KeyType: 'HASH' as const },
    { AttributeName: 'connection_id', KeyType: 'RANGE' as const },
  ],
  Projection: { ProjectionType: 'ALL' as const },
};

const createTable = async (client: DynamoDBClient, TableName: string, ...keys: string[]): Promise<void> => {
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [...keys, ...(keys[0] === 'connection_id' ? ['live_restaurant_id'] : [])].map(
        (AttributeName) => ({ AttributeName, AttributeType: 'S' as const }),
      ),
      ...(keys[0] === 'connection_id' ? { GlobalSecondaryIndexes: [liveIndex] } : {}),
      KeySchema: keys.map((AttributeName, nth) => ({ AttributeName, KeyType: nth === 0 ? 'HASH' : 'RANGE' })),
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 0.05, maxDelay: 0.2 }, { TableName });
};
