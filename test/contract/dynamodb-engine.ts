/** DynamoDB engines the contract runs on: one in this process, and another by its address. */
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { itemTranslation } from '../../lambdas/dynamodb/table.ts';

export type DynamodbEngine = Readonly<{ endpoint: string; stop: () => Promise<void> }>;

const dynalite: (options: { createTableMs: number; deleteTableMs: number }) => Server = createRequire(import.meta.url)(
  'dynalite',
);

/** dynalite in memory, on a free loopback port. */
export const embeddedEngine = async (): Promise<DynamodbEngine> => {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('dynalite has no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** An engine that runs already, DynamoDB Local for one. It is not ours to stop. */
export const runningEngine = async (endpoint: string): Promise<DynamodbEngine> => ({
  endpoint,
  stop: async () => {},
});

export type LossyClient = Readonly<{ client: DynamoDBDocumentClient; loseNextAnswer: () => void }>;

/** A client whose next answer to a write that was applied can be lost on the way, below its own retries. Marshals as the functions' client does. */
export const lossyClient = (endpoint: string): LossyClient => {
  const client = new DynamoDBClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 3,
  });
  let isLossy = false;
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const answer = await next(args);
        if (!isLossy || commandName === 'GetItemCommand') return answer;
        isLossy = false;
        throw Object.assign(new Error('the answer was lost'), { name: 'TimeoutError', code: 'ETIMEDOUT' });
      },
    // The client's own retries wrap whatever has a low priority in this step.
    { name: 'loseAnswer', step: 'finalizeRequest', priority: 'low' },
  );
  return {
    client: DynamoDBDocumentClient.from(client, itemTranslation),
    loseNextAnswer: () => {
      isLossy = true;
    },
  };
};
