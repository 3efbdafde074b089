/**
 * `npm run bench`: what the gateway does on this machine over both transports, beside a bare `ws` echo in the same run. Prints a table
 * and writes JSON. Bounded: about four minutes, 2,000 sockets at most, loopback only.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { run, takeNoArguments } from '../../bin/command.ts';
import type { Transport } from '../../config-schema/stage-config.ts';
import { limits } from '../../protocol/limits.ts';
import { authenticateMostKb } from './bundle-limit.ts';
import { functionFigures, median } from './functions.ts';
import { inParallel, type LoadSocket, openSocket, type RoundTrips, roundTrips } from './load-client.ts';
import { framesSent, senders } from './frames-of-a-socket.ts';
import { readySeconds } from './ready.ts';
import { worstFrames } from './schema-frames.ts';
import { type Subject, startSubject } from './subject-process.ts';
import { dollarsPerMillion, measureFrames, measureUnits } from './units.ts';
import { stageOver } from '../transport/stage-over.ts';

type Row = Readonly<{ figure: string; value: string; target?: string; met?: boolean }>;

const help = `What the gateway does on this machine, beside a bare ws echo: connections, pings, memory, bundles, what a connection costs.

  npm run bench

It takes about four minutes and both processors. Prints a table, and writes .maitred/bench.json.
`;

const outputFile = join(import.meta.dirname, '..', '..', '.maitred', 'bench.json');
const assemblies: Readonly<Record<Transport, string>> = {
  thin: join(import.meta.dirname, '..', '..', '.maitred', 'bench-thin.out'),
  sdk: join(import.meta.dirname, '..', '..', '.maitred', 'bench-sdk.out'),
};
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

const load = (): string =>
  loadavg()
    .map((value) => value.toFixed(1))
    .join(' ');
const begun = load();
const ready = await readySeconds();
for (const transport of ['thin', 'sdk'] as const) {
  mkdirSync(assemblies[transport], { recursive: true });
  // All its sockets come from one address: a stage whose budgets they do not meet.
  await stageOver(transport)('bench', assemblies[transport]);
}

// While nothing else runs: a gateway that closes a thousand sockets would share the processors with them.
const functions = { thin: functionFigures(assemblies.thin), sdk: functionFigures(assemblies.sdk) };
const frames = worstFrames();
const bare = await startSubject('bare');
/** As it runs here by default. */
const gateway = await startSubject('gateway', assemblies.thin);
const overSdk = await startSubject('gateway', assemblies.sdk);
console.log(
  `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}, load ${begun}\n`,
);
try {
  await benchmark();
} finally {
  await gateway.end();
  await overSdk.end();
  await bare.end();
}
mkdirSync(dirname(outputFile), { recursive: true });
writeFileSync(
  outputFile,
  `${JSON.stringify({ node: process.version, cores: availableParallelism(), load: begun, rows }, null, 2)}\n`,
);
console.log(`\nload at the end ${load()}\n${outputFile}`);

async function benchmark(): Promise<void> {
  showReady('nothing changed since the last start', ready.unchanged, 2);
  showReady('something changed', ready.afterAChange, 5);

  const hellos = new Map([gateway, overSdk].map((subject) => [subject, '']));
  for (const subject of hellos.keys()) hellos.set(subject, await helloFrame(subject));
  const hello = hellos.get(gateway) ?? '';
  // What a sandbox does for the first time it does slowly: its code is compiled while it runs.
  for (const [subject, said] of hellos)
    for (let turn = 0; turn < 5; turn++) await authenticatedSockets(subject, 100, said).then(closeAll);
  await benchConnections(hellos);
  await benchPings(hellos);
  // The leaner one first: what the other leaves behind is no part of it.
  for (const [subject, said] of hellos) await benchMemory(subject, said);
  functions.thin.forEach(({ name, bundleBytes, importMs }, i) => {
    const sdk = functions.sdk[i];
    const mostKb =
      name === 'AuthenticateFunction'
        ? { target: `<= ${authenticateMostKb} KB, thin`, met: bundleBytes / 1024 <= authenticateMostKb }
        : {};
    const size = `${one(bundleBytes / 1024)} / ${one((sdk?.bundleBytes ?? 0) / 1024)} KB`;
    show({ figure: `bundle of ${name}, thin / SDK`, value: size, ...mostKb });
    const imports = `${one(importMs)} / ${one(sdk?.importMs ?? 0)} ms`;
    show({ figure: '  its import, median of 7', value: imports, target: '<= 60 ms', met: (sdk?.importMs ?? 0) <= 60 });
  });
  showSchemaFrames();
  await benchUnits(hello);
  await benchFrames();
}

function showReady(figure: string, seconds: number, most: number): void {
  const met = { target: `<= ${most} s`, met: seconds <= most };
  show({ figure: `npm start until it is open, ${figure}`, value: `${one(seconds)} s`, ...met });
}

async function benchConnections(hellos: ReadonlyMap<Subject, string>): Promise<void> {
  const connected = async (subject: Subject): Promise<number> => {
    const sockets: LoadSocket[] = [];
    const seconds = await inParallel(300, 10, async () => void sockets.push(await openSocket(subject.url)));
    await closeAll(sockets);
    return 300 / seconds;
  };
  const admitted = async (subject: Subject): Promise<number> => {
    const startedMs = performance.now();
    const sockets = await authenticatedSockets(subject, 500, hellos.get(subject) ?? '');
    const seconds = (performance.now() - startedMs) / 1000;
    await closeAll(sockets);
    return 500 / seconds;
  };
  const connections = await inTurn([bare, gateway, overSdk], connected);
  show({ figure: 'connections, bare ws, 10 at a time', value: `${one(connections.get(bare) ?? 0)}/s` });
  showBoth('connections, 10 at a time', connections);
  showBoth('connect to auth_success, 10 at a time, median of 3', await inTurn([gateway, overSdk], admitted));
}

/** The median of three each, in turns, so that a machine that slows down slows all. */
async function inTurn(
  subjects: readonly Subject[],
  measure: (subject: Subject) => Promise<number>,
): Promise<ReadonlyMap<Subject, number>> {
  const all = new Map<Subject, number[]>(subjects.map((subject) => [subject, []]));
  for (let turn = 0; turn < 3; turn++) for (const subject of subjects) all.get(subject)?.push(await measure(subject));
  return new Map([...all].map(([subject, values]) => [subject, median(values)]));
}

function showBoth(figure: string, of: ReadonlyMap<Subject, number>): void {
  show({ figure: `${figure}, thin / SDK`, value: `${one(of.get(gateway) ?? 0)} / ${one(of.get(overSdk) ?? 0)}/s` });
}

async function benchPings(hellos: ReadonlyMap<Subject, string>): Promise<void> {
  const hello = hellos.get(gateway) ?? '';
  for (const [subject, said] of hellos) {
    const first = await authenticatedSockets(subject, 50, said);
    const cold = await roundTrips(first, ping, isPong, secondsPerRound);
    const name = subject === gateway ? 'thin' : 'SDK';
    show({ figure: `the first ${secondsPerRound} s of pings, ${name}, 50 sockets`, value: `${one(cold.perSecond)}/s` });
    await roundTrips(first, ping, isPong, secondsPerRound);
    await closeAll(first);
  }
  for (const count of [1, 50, 500, 2000]) {
    const bareSockets = await openMany(bare.url, count);
    const echo = await roundTrips(bareSockets, ping, (answer) => answer === ping, secondsPerRound);
    await closeAll(bareSockets);
    const sockets = await authenticatedSockets(gateway, count, hello);
    await roundTrips(sockets, ping, isPong, 1);
    const pongs = await roundTrips(sockets, ping, isPong, secondsPerRound);
    await closeAll(sockets);
    showPings(count, echo, pongs);
  }
  const sockets = await authenticatedSockets(overSdk, 50, hellos.get(overSdk) ?? '');
  const pongs = await roundTrips(sockets, ping, isPong, secondsPerRound);
  await closeAll(sockets);
  show({ figure: 'ping, SDK, 50 sockets', value: `${one(pongs.perSecond)}/s` });
}

function showPings(count: number, echo: RoundTrips, pongs: RoundTrips): void {
  const sockets = `${count} socket${count === 1 ? '' : 's'}`;
  const share = pongs.perSecond / echo.perSecond;
  show({ figure: `echo, bare ws, ${sockets}`, value: `${one(echo.perSecond)}/s` });
  show({
    figure: `ping, thin, ${sockets}`,
    value: `${one(pongs.perSecond)}/s = ${one(share * 100)} %`,
    ...(count === 50 ? { target: '>= 1,500/s', met: pongs.perSecond >= 1500 } : {}),
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

async function benchMemory(subject: Subject, hello: string): Promise<void> {
  const before = (await subject.ask('memory')) as number;
  const sockets = await authenticatedSockets(subject, 1000, hello);
  const after = (await subject.ask('memory')) as number;
  await closeAll(sockets);
  const megabytes = (bytes: number): number => bytes / 1024 / 1024;
  const over = subject === gateway ? 'thin' : 'SDK';
  show({ figure: `memory with no socket, after the load above, ${over}`, value: `${one(megabytes(before))} MB` });
  show({
    figure: `memory with 1,000 idle authenticated sockets, ${over}`,
    value: `${one(megabytes(after))} MB`,
    ...(subject === gateway ? { target: '<= 320 MB', met: megabytes(after) <= 320 } : {}),
  });
}

function memoryGbOf(called: string): number {
  const found = functions.sdk.find(({ name }) => name === called);
  if (found === undefined) throw new Error(`${called} is no function of the bench`);
  return found.memoryGb;
}

async function benchUnits(hello: string): Promise<void> {
  const units = await measureUnits(gateway, 50, hello);
  const unit = (figure: string, value: number, most: number): void =>
    show({ figure: `per connection: ${figure}`, value: value.toFixed(2), target: `<= ${most}`, met: value <= most });
  unit('Lambda invocations', units.invocations, 5);
  unit('DynamoDB write units', units.writeUnits, 10);
  unit('DynamoDB read units', units.readUnits, 8);
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

async function helloFrame(subject: Subject): Promise<string> {
  const token = await subject.ask('token');
  return JSON.stringify({ type: 'authenticate', token, restaurant_id: 'r-17', connection_type: 'kitchen' });
}

async function openMany(url: string, count: number): Promise<LoadSocket[]> {
  const sockets: LoadSocket[] = [];
  await inParallel(count, 10, async () => void sockets.push(await openSocket(url)));
  return sockets;
}

async function authenticatedSockets(subject: Subject, count: number, hello: string): Promise<LoadSocket[]> {
  const sockets: LoadSocket[] = [];
  await inParallel(count, 10, async () => {
    const socket = await openSocket(subject.url);
    const answer = await socket.ask(hello);
    if (!answer.startsWith('{"type":"auth_success"')) throw new Error(`refused: ${answer}`);
    sockets.push(socket);
  });
  return sockets;
}

async function closeAll(sockets: readonly LoadSocket[]): Promise<void> {
  await Promise.all(sockets.map((socket) => socket.close()));
}
