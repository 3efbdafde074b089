/**
 * `npm run bench`: what the gateway does on this machine, beside a bare `ws` echo in the same run. Prints a table and
 * writes JSON. Bounded: about three minutes, 1,000 sockets at most, loopback only.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { run, takeNoArguments } from '../../bin/command.ts';
import { synthesize } from '../../lib/synthesize.ts';
import { limits } from '../../protocol/limits.ts';
import { functionFigures, median } from './functions.ts';
import { inParallel, type LoadSocket, openSocket, type RoundTrips, roundTrips } from './load-client.ts';
import { framesSent, senders } from './frames-of-a-socket.ts';
import { worstFrames } from './schema-frames.ts';
import { type Subject, startSubject } from './subject-process.ts';
import { dollarsPerMillion, measureFrames, measureUnits } from './units.ts';

type Row = Readonly<{ figure: string; value: string; target?: string; met?: boolean }>;

const help = `What the gateway does on this machine, beside a bare ws echo: connections, pings, memory, bundles, what a connection costs.

  npm run bench

It takes about three minutes and both processors. Prints a table, and writes .maitred/bench.json.
`;

const outputFile = join(import.meta.dirname, '..', '..', '.maitred', 'bench.json');
const assemblyDir = join(import.meta.dirname, '..', '..', '.maitred', 'bench-cdk.out');
const secondsPerRound = 5;

const rows: Row[] = [];
const show = (row: Row): void => {
  rows.push(row);
  const verdict = row.met === undefined ? '' : row.met ? 'met' : 'MISSED';
  console.log(`${row.figure.padEnd(58)} ${row.value.padStart(22)}  ${(row.target ?? '').padEnd(22)} ${verdict}`);
};
const one = (value: number): string => value.toFixed(value < 10 ? 1 : 0);

const ping = '{"type":"ping"}';
const isPong = (answer: string): boolean => answer.startsWith('{"type":"pong"');

await run(async () => takeNoArguments(help));
if (process.exitCode !== undefined) process.exit();

const synthesisStartedMs = performance.now();
// All its sockets come from one address: a stage whose budgets they do not meet.
await synthesize({ stage: 'bench', outdir: assemblyDir });
const synthesisSeconds = (performance.now() - synthesisStartedMs) / 1000;

// While nothing else runs: a gateway that closes a thousand sockets would share the processors with them.
const functions = functionFigures(assemblyDir);
const frames = worstFrames();
const bare = await startSubject('bare');
const gateway = await startSubject('gateway', assemblyDir);
console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}\n`);
try {
  await benchmark();
} finally {
  await gateway.end();
  await bare.end();
}
mkdirSync(dirname(outputFile), { recursive: true });
writeFileSync(
  outputFile,
  `${JSON.stringify({ node: process.version, cores: availableParallelism(), rows }, null, 2)}\n`,
);
console.log(`\n${outputFile}`);

async function benchmark(): Promise<void> {
  show({ figure: 'synthesis', value: `${one(synthesisSeconds)} s` });
  show({ figure: 'gateway ready after synthesis', value: `${one(gateway.readyMs / 1000)} s` });
  show({
    figure: 'synthesis and start',
    value: `${one(synthesisSeconds + gateway.readyMs / 1000)} s`,
    target: '<= 10 s',
    met: synthesisSeconds + gateway.readyMs / 1000 <= 10,
  });

  const hello = await helloFrame();
  // What a sandbox does for the first time it does slowly: its code is compiled while it runs.
  for (let turn = 0; turn < 5; turn++) await authenticatedSockets(100, hello).then(closeAll);
  await benchConnections(hello);
  await benchPings(hello);
  await benchMemory(hello);
  for (const { name, bundleBytes, importMs } of functions) {
    const size = bundleBytes / 1024;
    show({ figure: `bundle of ${name}`, value: `${one(size)} KB`, target: '<= 420 KB', met: size <= 420 });
    show({
      figure: `import of ${name}, median of 7`,
      value: `${one(importMs)} ms`,
      target: '<= 60 ms',
      met: importMs <= 60,
    });
  }
  showSchemaFrames();
  await benchUnits(hello);
  await benchFrames();
}

async function benchConnections(hello: string): Promise<void> {
  const rate = async (subject: Subject): Promise<number> => {
    const sockets: LoadSocket[] = [];
    const seconds = await inParallel(300, 10, async () => void sockets.push(await openSocket(subject.url)));
    await closeAll(sockets);
    return 300 / seconds;
  };
  // In turns, so that a machine that slows down slows both.
  const bareRates: number[] = [];
  const rates: number[] = [];
  for (let turn = 0; turn < 3; turn++) {
    bareRates.push(await rate(bare));
    rates.push(await rate(gateway));
  }
  const share = median(rates) / median(bareRates);
  show({ figure: 'connections, bare ws, 10 at a time', value: `${one(median(bareRates))}/s` });
  show({
    figure: 'connections, maitred, 10 at a time',
    value: `${one(median(rates))}/s = ${one(share * 100)} %`,
    target: '>= 25 % of bare ws',
    met: share >= 0.25,
  });

  const successRates: number[] = [];
  for (let turn = 0; turn < 3; turn++) {
    const sockets: LoadSocket[] = [];
    const seconds = await inParallel(500, 10, async () => {
      const socket = await openSocket(gateway.url);
      sockets.push(socket);
      const answer = await socket.ask(hello);
      if (!answer.startsWith('{"type":"auth_success"')) throw new Error(`refused: ${answer}`);
    });
    successRates.push(500 / seconds);
    await closeAll(sockets);
  }
  show({
    figure: 'connect to auth_success, 10 at a time, median of 3',
    value: `${one(median(successRates))}/s`,
    target: '>= 220/s',
    met: median(successRates) >= 220,
  });
}

async function benchPings(hello: string): Promise<void> {
  const first = await authenticatedSockets(50, hello);
  const cold = await roundTrips(first, ping, isPong, secondsPerRound);
  show({ figure: `the first ${secondsPerRound} s of pings, maitred, 50 sockets`, value: `${one(cold.perSecond)}/s` });
  await roundTrips(first, ping, isPong, secondsPerRound);
  await closeAll(first);
  for (const count of [1, 50, 500]) {
    const bareSockets = await openMany(bare.url, count);
    const echo = await roundTrips(bareSockets, ping, (answer) => answer === ping, secondsPerRound);
    await closeAll(bareSockets);
    const sockets = await authenticatedSockets(count, hello);
    await roundTrips(sockets, ping, isPong, 1);
    const pongs = await roundTrips(sockets, ping, isPong, secondsPerRound);
    await closeAll(sockets);
    showPings(count, echo, pongs);
  }
}

function showPings(count: number, echo: RoundTrips, pongs: RoundTrips): void {
  const sockets = `${count} socket${count === 1 ? '' : 's'}`;
  const share = pongs.perSecond / echo.perSecond;
  show({ figure: `echo, bare ws, ${sockets}`, value: `${one(echo.perSecond)}/s` });
  show({
    figure: `ping, maitred, ${sockets}`,
    value: `${one(pongs.perSecond)}/s = ${one(share * 100)} %`,
    ...(count === 50 ? { target: '>= 1,500/s and 1.7 %', met: pongs.perSecond >= 1500 && share >= 0.017 } : {}),
  });
  show({
    figure: `  p50 / p99, ${sockets}`,
    value: `${one(pongs.p50Ms)} / ${one(pongs.p99Ms)} ms`,
    ...(count === 50 ? { target: 'p99 < 80 ms', met: pongs.p99Ms < 80 } : {}),
  });
  show({
    figure: `  lost or wrong replies, ${sockets}`,
    value: String(pongs.errors),
    target: '0',
    met: pongs.errors === 0,
  });
}

async function benchMemory(hello: string): Promise<void> {
  const before = (await gateway.ask('memory')) as number;
  const sockets = await authenticatedSockets(1000, hello);
  const after = (await gateway.ask('memory')) as number;
  await closeAll(sockets);
  const megabytes = (bytes: number): number => bytes / 1024 / 1024;
  show({ figure: 'memory with no socket, after the load above', value: `${one(megabytes(before))} MB` });
  show({
    figure: 'memory with 1,000 idle authenticated sockets',
    value: `${one(megabytes(after))} MB`,
    target: '< 300 MB',
    met: megabytes(after) < 300,
  });
}

function memoryGbOf(called: string): number {
  const found = functions.find(({ name }) => name === called);
  if (found === undefined) throw new Error(`${called} is no function of the bench`);
  return found.memoryGb;
}

async function benchUnits(hello: string): Promise<void> {
  const units = await measureUnits(gateway, 50, hello);
  const unit = (figure: string, value: number, most: number): void =>
    show({ figure: `per connection: ${figure}`, value: value.toFixed(2), target: `<= ${most}`, met: value <= most });
  unit('Lambda invocations', units.invocations, 5);
  unit('DynamoDB write units', units.writeUnits, 10);
  unit('DynamoDB read units', units.readUnits, 5);
  unit('SQS requests', units.sqsRequests, 3);
  unit('management calls', units.managementCalls, 0);
  show({ figure: 'per connection: log bytes', value: one(units.logBytes) });
  const items = dollarsPerMillion(units, memoryGbOf);
  for (const [item, dollars] of Object.entries(items))
    show({ figure: `dollars per million connections: ${item}`, value: `$${dollars.toFixed(2)}` });
  const total = Object.values(items).reduce((a, b) => a + b, 0);
  show({ figure: 'dollars per million connections', value: `$${total.toFixed(2)}` });
}

function showSchemaFrames(): void {
  const frame = `${limits.maxFrameBytes / 1024} KB frame`;
  show({
    figure: `read the worst ${frame} and hold it against its schema`,
    value: `${frames.later.ms.toFixed(2)} ms`,
    target: '<= 2 ms',
    met: frames.later.ms <= 2,
  });
  show({ figure: '  the same, the first frame of a process', value: `${one(frames.first.ms)} ms` });
}

async function benchFrames(): Promise<void> {
  for (const { sends, frame } of senders) {
    const { writeUnits, readUnits, managementCalls } = await measureFrames(gateway, frame);
    show({
      figure: `${framesSent} frames of a socket: ${sends}`,
      value: `${writeUnits} write, ${readUnits} read units, ${managementCalls} @connections`,
    });
  }
}

async function helloFrame(): Promise<string> {
  const token = await gateway.ask('token');
  return JSON.stringify({ type: 'authenticate', token, restaurant_id: 'r-17', connection_type: 'kitchen' });
}

async function openMany(url: string, count: number): Promise<LoadSocket[]> {
  const sockets: LoadSocket[] = [];
  await inParallel(count, 10, async () => void sockets.push(await openSocket(url)));
  return sockets;
}

async function authenticatedSockets(count: number, hello: string): Promise<LoadSocket[]> {
  const sockets: LoadSocket[] = [];
  await inParallel(count, 10, async () => {
    const socket = await openSocket(gateway.url);
    const answer = await socket.ask(hello);
    if (!answer.startsWith('{"type":"auth_success"')) throw new Error(`refused: ${answer}`);
    sockets.push(socket);
  });
  return sockets;
}

async function closeAll(sockets: readonly LoadSocket[]): Promise<void> {
  await Promise.all(sockets.map((socket) => socket.close()));
}
