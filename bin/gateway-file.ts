/** Where the running local gateway says how it is reached, so that the other commands find it. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { UsageError } from './command.ts';

const path = join(import.meta.dirname, '..', '.maitred', 'gateway.json');

const GatewayFile = v.object({
  pid: v.number(),
  url: v.string(),
  issuerUrl: v.string(),
  dynamodbEndpoint: v.string(),
  sqsEndpoint: v.string(),
  managementUrl: v.string(),
  eventQueueUrl: v.string(),
  tables: v.object({ connections: v.string(), memberships: v.string(), audit: v.string(), events: v.string() }),
});
export type GatewayFile = v.InferOutput<typeof GatewayFile>;

export const writeGatewayFile = (gateway: GatewayFile): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(gateway, null, 2)}\n`);
};

/** Removes the file, unless another gateway has written its own meanwhile. */
export const removeGatewayFile = (): void => {
  if (read()?.pid === process.pid) rmSync(path, { force: true });
};

/** The gateway that runs on this machine; throws `UsageError` when none does. */
export const runningGateway = (): GatewayFile => {
  const gateway = read();
  if (gateway === undefined || !isAlive(gateway.pid))
    throw new UsageError(
      'No local gateway is running: start one with "npm start", or name a deployed stage with --stage.',
    );
  return gateway;
};

const read = (): GatewayFile | undefined => {
  try {
    return v.parse(GatewayFile, JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
