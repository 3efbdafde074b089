import { randomBytes } from 'node:crypto';
import { CreateTableCommand, DeleteTableCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { addressCounters } from '../../lambdas/dynamodb/address-counters.ts';
import { putRecord } from '../../lambdas/dynamodb/audit.ts';
import { readAuthorization } from '../../lambdas/dynamodb/authorization.ts';
import { connections } from '../../lambdas/dynamodb/connections.ts';
import { listMembers } from '../../lambdas/dynamodb/member-list.ts';
import { memberCounters } from '../../lambdas/dynamodb/member-counters.ts';
import { putMembership } from '../../lambdas/dynamodb/membership-administration.ts';
import { findMemberships } from '../../lambdas/dynamodb/memberships.ts';
import { passKeyTable } from '../../lambdas/dynamodb/pass-keys.ts';
import { readSession } from '../../lambdas/dynamodb/session.ts';
import { streams } from '../../lambdas/dynamodb/streams.ts';
import { liveIndexName } from '../../lambdas/env.ts';
import { eventRetentionMs } from '../memory/world.ts';
import { type DynamodbEngine, lossyClient } from './dynamodb-engine.ts';
import type { Storage } from './storage.ts';
import { restaurantDomain } from '../restaurant-domain.ts';

export type Tables = Readonly<Record<'connections' | 'memberships' | 'audit' | 'addressCounters' | 'events', string>>;
export type DynamodbStorage = Storage & Readonly<{ client: DynamoDBDocumentClient; tables: Tables }>;

export const retentionDays = 400;

/** The ports on DynamoDB, with tables of their own that go when it is closed. */
export const dynamodbStorage = async (engine: DynamodbEngine): Promise<DynamodbStorage> => {
  const { client, loseNextAnswer } = lossyClient(engine.endpoint);
  const suffix = randomBytes(6).toString('hex');
  const tables: Tables = {
    connections: `connections-${suffix}`,
    memberships: `memberships-${suffix}`,
    audit: `audit-${suffix}`,
    addressCounters: `counters-${suffix}`,
    events: `events-${suffix}`,
  };
  await Promise.all([
    createTable(client, tables.connections, 'connection_id'),
    createTable(client, tables.memberships, 'pk', 'sk'),
    createTable(client, tables.audit, 'pk', 'sk'),
    createTable(client, tables.addressCounters, 'pk', 'sk'),
    createTable(client, tables.events, 'pk', 'sk'),
  ]);
  return {
    client,
    tables,
    loseNextAnswer,
    connections: connections({ client, tableName: tables.connections }),
    findMemberships: findMemberships({ client, tableName: tables.memberships }),
    putRecord: putRecord({ client, tableName: tables.audit }, retentionDays),
    addressCounters: addressCounters({ client, tableName: tables.addressCounters }),
    memberCounters: memberCounters({ client, tableName: tables.addressCounters }),
    passKeyTable: passKeyTable({ client, tableName: tables.addressCounters }, () =>
      randomBytes(32).toString('base64url'),
    ),
    streams: streams({ client, tableName: tables.events }, eventRetentionMs),
    listMembers: listMembers({ client, tableName: tables.memberships }),
    readAuthorization: readAuthorization(client, tables, restaurantDomain),
    readSession: readSession(client, tables, restaurantDomain),
    enrol: putMembership({ client, tableName: tables.memberships }),
    close: async () => {
      for (const TableName of Object.values(tables)) await client.send(new DeleteTableCommand({ TableName }));
      client.destroy();
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

const createTable = async (client: DynamoDBDocumentClient, TableName: string, ...keys: string[]): Promise<void> => {
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
