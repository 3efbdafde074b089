/** The ports on DynamoDB over a client whose answers can be lost: the SDK's, or what stands in for it where this file is bundled so. */
import { randomBytes } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
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
import { itemTranslation } from '../../lambdas/dynamodb/table.ts';
import type { Domain } from '../../protocol/domain.ts';

export type Tables = Readonly<Record<'connections' | 'memberships' | 'audit' | 'addressCounters' | 'events', string>>;

type Kept = Readonly<{ retentionDays: number; eventRetentionMs: number; domain: Domain }>;

export const lossyPorts = (endpoint: string, tables: Tables, { retentionDays, eventRetentionMs, domain }: Kept) => {
  const { client, loseNextAnswer } = lossyClient(endpoint);
  return {
    client,
    loseNextAnswer,
    ports: {
      connections: connections({ client, tableName: tables.connections }),
      findMemberships: findMemberships(client, tables),
      putRecord: putRecord({ client, tableName: tables.audit }, retentionDays),
      addressCounters: addressCounters({ client, tableName: tables.addressCounters }),
      memberCounters: memberCounters({ client, tableName: tables.addressCounters }),
      passKeyTable: passKeyTable({ client, tableName: tables.addressCounters }, () =>
        randomBytes(32).toString('base64url'),
      ),
      streams: streams({ client, tableName: tables.events }, eventRetentionMs),
      listMembers: listMembers({ client, tableName: tables.memberships }),
      readAuthorization: readAuthorization(client, tables, domain),
      readSession: readSession(client, tables, domain),
      enrol: putMembership({ client, tableName: tables.memberships }),
    },
  };
};

/** A client whose next answer to a write that was applied can be lost on the way, below its own retries. Marshals as the functions' client does. */
const lossyClient = (endpoint: string) => {
  const client = new DynamoDBClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 3,
  });
  let isLossy = false;
  const { requestHandler } = client.config;
  const handle = requestHandler.handle.bind(requestHandler);
  requestHandler.handle = async (request, options) => {
    const answer = await handle(request, options);
    if (!isLossy || request.headers['x-amz-target']?.endsWith('.GetItem')) return answer;
    isLossy = false;
    throw Object.assign(new Error('the answer was lost'), { name: 'TimeoutError', code: 'ETIMEDOUT' });
  };
  return {
    client: DynamoDBDocumentClient.from(client, itemTranslation),
    loseNextAnswer: () => {
      isLossy = true;
    },
  };
};
