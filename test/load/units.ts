/** What one successful connection costs: counted by the local gateway's meter, priced by AWS's lists. */
import { sendsAtOnce } from './frames-of-a-socket.ts';
import { assumptions, listPrices } from '../../cost/list-prices.ts';
import { type LoadSocket, openSocket } from './load-client.ts';
import type { Subject } from './subject-process.ts';

export type ConnectionUnits = Readonly<{
  connections: number;
  invocations: number;
  /** By the function. */
  invocationsOf: Readonly<Record<string, number>>;
  writeUnits: number;
  readUnits: number;
  sqsRequests: number;
  managementCalls: number;
  logBytes: number;
  apiGatewayMessages: number;
}>;

type MeterValues = Readonly<{
  invocations: Readonly<Record<string, number>>;
  sqsRequests: Readonly<Record<string, number>>;
  managementCalls: Readonly<Record<string, number>>;
  readUnits: number;
  writeUnits: number;
}>;

/** Two messages in, two replies out. The handshake and the disconnect are not metered as messages by the platform. */
const apiGatewayMessages = 4;

/** Connects, authenticates, pings once and leaves, one after another, until every timer has fired; averages. */
export const measureUnits = async (gateway: Subject, connections: number, hello: string): Promise<ConnectionUnits> => {
  await timersToFire();
  await gateway.ask('reset_meter');
  for (let i = 0; i < connections; i++) {
    const socket: LoadSocket = await openSocket(gateway.url);
    await socket.ask(hello);
    await socket.ask('{"type":"ping"}');
    await socket.close();
  }
  await timersToFire();
  const meter = (await gateway.ask('meter')) as MeterValues;
  const logBytes = (await gateway.ask('log_bytes')) as number;
  const each = (total: number): number => total / connections;
  return {
    connections,
    invocations: each(sum(meter.invocations)),
    invocationsOf: Object.fromEntries(Object.entries(meter.invocations).map(([name, count]) => [name, each(count)])),
    writeUnits: each(meter.writeUnits),
    readUnits: each(meter.readUnits),
    sqsRequests: each(sum(meter.sqsRequests)),
    managementCalls: each(sum(meter.managementCalls)),
    logBytes: each(logBytes),
    apiGatewayMessages,
  };
};

/** What one socket costs that sends all its frames at once and never has a valid token, its timer included. */
export const measureFrames = async (
  gateway: Subject,
  frame: (nth: number) => string,
): Promise<Readonly<{ writeUnits: number; readUnits: number; managementCalls: number }>> => {
  await gateway.ask('reset_meter');
  await sendsAtOnce(gateway.url, frame);
  await timersToFire();
  const { writeUnits, readUnits, managementCalls } = (await gateway.ask('meter')) as MeterValues;
  return { writeUnits, readUnits, managementCalls: sum(managementCalls) };
};

/** US dollars for a million such connections, item by item; each function's time by its own memory. */
export const dollarsPerMillion = (
  units: ConnectionUnits,
  memoryGbOf: (name: string) => number,
): Readonly<Record<string, number>> => {
  const invokedGb = Object.entries(units.invocationsOf).reduce((gb, [name, count]) => gb + count * memoryGbOf(name), 0);
  const million = 1e6;
  return {
    'API Gateway messages': million * units.apiGatewayMessages * listPrices.apiGatewayMessage,
    'API Gateway minutes (one each)': million * listPrices.apiGatewayConnectionMinute,
    'Lambda requests': million * units.invocations * listPrices.lambdaRequest,
    [`Lambda time (${assumptions.lambdaBilledMs} ms each, assumed)`]:
      million * (assumptions.lambdaBilledMs / 1000) * invokedGb * listPrices.lambdaGbSecond,
    'DynamoDB writes': million * units.writeUnits * listPrices.dynamodbWriteUnit,
    'DynamoDB reads': million * units.readUnits * listPrices.dynamodbReadUnit,
    'SQS requests': million * units.sqsRequests * listPrices.sqsStandardRequest,
    'CloudWatch Logs': (million * units.logBytes * listPrices.cloudWatchLogsIngestedGb) / 1e9,
  };
};

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);

// The deadline is 5 s, its timer 1 s later, the poller's turn at most 1 s more.
const timersToFire = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 8_000));
