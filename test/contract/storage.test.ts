import { afterAll, beforeAll, describe } from '@jest/globals';
import { addressCountersContract } from './address-counters-contract.ts';
import { auditContract } from './audit-contract.ts';
import { connectionsContract } from './connections-contract.ts';
import { type DynamodbEngine, embeddedEngine, runningEngine } from './dynamodb-engine.ts';
import { rowsOf } from '../harness/runs.ts';
import { thinModule } from '../transport/thin-module.ts';
import { dynamodbStorage } from './dynamodb-storage.ts';
import { membershipsContract } from './memberships-contract.ts';
import { memberCountersContract, passKeysContract } from './reentry-contract.ts';
import { memoryStorage } from './memory-storage.ts';
import { sessionContract } from './session-contract.ts';
import type { Storage } from './storage.ts';
import { streamsContract } from './streams-contract.ts';

const endpoint = process.env['DYNAMODB_ENDPOINT'];

const overThinTransport = async (engine: DynamodbEngine): Promise<Storage> => {
  const { lossyPorts } = await thinModule<typeof import('./dynamodb-ports.ts')>('test/contract/dynamodb-ports.ts');
  return dynamodbStorage(engine, lossyPorts);
};

type On = Readonly<{ on: string; open: () => Promise<Storage> }>;

const usual: readonly On[] = [
  { on: 'memory', open: memoryStorage },
  { on: 'embedded DynamoDB', open: async () => dynamodbStorage(await embeddedEngine()) },
];
/** Quick: `test/transport`, which holds each request and answer to the SDK's. */
const thin: On = {
  on: 'embedded DynamoDB by the thin transport',
  open: async () => overThinTransport(await embeddedEngine()),
};

const storages: readonly On[] = [
  ...rowsOf([...usual, thin], usual),
  ...(endpoint
    ? [
        { on: `DynamoDB at ${endpoint}`, open: async () => dynamodbStorage(await runningEngine(endpoint)) },
        {
          on: `DynamoDB at ${endpoint} by the thin transport`,
          open: async () => overThinTransport(await runningEngine(endpoint)),
        },
      ]
    : []),
];

describe.each(storages)('storage in $on', ({ open }) => {
  let storage: Storage;
  beforeAll(async () => {
    storage = await open();
  });
  afterAll(() => storage.close());

  describe('connections', () => connectionsContract(() => storage));
  describe('memberships', () => membershipsContract(() => storage));
  describe('audit', () => auditContract(() => storage));
  describe('address counters', () => addressCountersContract(() => storage));
  describe('member counters', () => memberCountersContract(() => storage));
  describe('keys of re-entry passes', () => passKeysContract(() => storage));
  describe('restaurant events', () => streamsContract(() => storage));
  describe('a session and its authorization', () => sessionContract(() => storage));
});
