/** Where each running local gateway says how it is reached, one file a port, so that the other commands find it. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { isListening } from '../local/loopback.ts';
import { keptFolder, madeKeptFolder } from './app-folder.ts';
import { called, FailedError, isPackaged, portFrom, UsageError } from './command.ts';

const folderOfGateways = (): string => keptFolder('gateways');

const GatewayFile = v.object({
  pid: v.number(),
  url: v.string(),
  issuerUrl: v.string(),
  dynamodbEndpoint: v.string(),
  sqsEndpoint: v.string(),
  managementUrl: v.string(),
  eventQueueUrl: v.string(),
  eventDeadLettersUrl: v.string(),
  outboxTarget: v.exactOptional(v.string()),
  outboxDeadLettersUrl: v.exactOptional(v.string()),
  /**
   * The file of its stage, as its functions have it (`parseStageFile`): the domain included, the issuer that of this machine. It goes with
   * the gateway.
   */
  stageFile: v.string(),
  /** The file that it was configured by, where that is not the usual one. */
  config: v.optional(v.string()),
  operator: v.object({ accessKeyId: v.string(), secretAccessKey: v.string(), region: v.string() }),
  tables: v.object({
    connections: v.string(),
    memberships: v.string(),
    audit: v.string(),
    budgets: v.string(),
    events: v.string(),
  }),
});
export type GatewayFile = v.InferOutput<typeof GatewayFile>;

/** For its owner alone: it holds what the gateway lets its operator in with. */
export const writeGatewayFile = (gateway: GatewayFile): void => {
  const path = pathOf(portOf(gateway), madeKeptFolder('gateways'));
  // One that a killed gateway left behind would keep its mode.
  rmSync(path, { force: true });
  writeFileSync(path, `${JSON.stringify(gateway, null, 2)}\n`, { mode: 0o600 });
};

/** Removes the file of a gateway, unless another one on the same port has written its own meanwhile. */
export const removeGatewayFile = ({ pid, url }: Pick<GatewayFile, 'pid' | 'url'>): void => {
  const path = pathOf(portOf({ url }));
  if (read(path)?.pid === pid) rmSync(path, { force: true });
};

/**
 * The gateway of this checkout that a command is for: the one on `port`, or the only one that runs. Throws `FailedError` when
 * there is none, and `UsageError` when there are several and no port was named. Forgets gateways that were killed.
 */
export const runningGateway = async (port: string | undefined): Promise<GatewayFile> =>
  chosenGateway(await runningGateways(), port === undefined ? undefined : portFrom(port));

/**
 * The configuration of the gateway for which a command is, as a file; undefined where it is not known which gateway is meant: then
 * `runningGateway` has more to say.
 */
export const stageFileOf = (port: string | undefined): string | undefined => {
  const meant = gatewaysHere().filter(
    ({ pid, stageFile, ...gateway }) =>
      isAlive(pid) && existsSync(stageFile) && (port === undefined || port === String(portOf(gateway))),
  );
  return meant.length === 1 ? meant[0]?.stageFile : undefined;
};

/** Nobody's in a folder of no app. */
const gatewaysHere = (): readonly GatewayFile[] => {
  try {
    return gatewaysIn(folderOfGateways());
  } catch (error) {
    if (error instanceof FailedError) return [];
    throw error;
  }
};

/** The rule of `runningGateway`. */
export const chosenGateway = (running: readonly GatewayFile[], port: number | undefined): GatewayFile => {
  const [first, ...others] = running;
  if (first === undefined)
    throw new FailedError(
      `No local gateway is running: start one with "${called('start')}", or name ${isPackaged ? "a deployed app's stack with --stack" : 'a deployed stage with --stage'}.`,
    );
  const ports = running.map(portOf);
  const run = others.length === 0 ? 'A local gateway runs on port' : 'Local gateways run on ports';
  if (port !== undefined) {
    const named = running.find((one) => portOf(one) === port);
    if (named === undefined) throw new FailedError(`${run} ${listed(ports)}, and none on ${port}.`);
    return named;
  }
  if (others.length > 0) throw new UsageError(`${run} ${listed(ports)}: choose one with --port.`);
  return first;
};

const runningGateways = async (): Promise<readonly GatewayFile[]> => {
  const running: GatewayFile[] = [];
  for (const gateway of gatewaysIn(folderOfGateways())) {
    if (await isRunning(gateway)) running.push(gateway);
    else removeGatewayFile(gateway);
  }
  return running.sort((a, b) => portOf(a) - portOf(b));
};

/** A process id may be another program's by now, and so may a port: it takes both. */
const isRunning = async (gateway: GatewayFile): Promise<boolean> =>
  isAlive(gateway.pid) && (await isListening(portOf(gateway)));

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const read = (path: string): GatewayFile | undefined => {
  try {
    return v.parse(GatewayFile, JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
};

const gatewaysIn = (dir: string): readonly GatewayFile[] => namesIn(dir).flatMap((name) => read(join(dir, name)) ?? []);

const namesIn = (dir: string): readonly string[] => {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
};

const pathOf = (port: number, folder = folderOfGateways()): string => join(folder, `${port}.json`);

const portOf = ({ url }: Pick<GatewayFile, 'url'>): number => Number(new URL(url).port);

const listed = (ports: readonly number[]): string =>
  ports.length === 1 ? String(ports[0]) : `${ports.slice(0, -1).join(', ')} and ${ports.at(-1)}`;
