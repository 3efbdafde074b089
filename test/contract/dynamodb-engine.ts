/** DynamoDB engines the contract runs on: one in this process, and another by its address. */
import type { Server } from 'node:http';
import { createRequire } from 'node:module';

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
