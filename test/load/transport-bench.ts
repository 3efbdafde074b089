/**
 * `npm run bench:transport`: what the thin transport takes of a processor, beside the SDK, in pairs of runs in turn. Prints a table and
 * writes JSON. Bounded: about three minutes, 250 sockets at most, loopback only. On Linux, with `openssl`.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run, takeNoArguments } from '../../bin/command.ts';
import type { Transport } from '../../config-schema/stage-config.ts';
import { readAssembly } from '../../local/assembly.ts';
import { readBlueprint } from '../../local/blueprint.ts';
import { stageOver } from '../transport/stage-over.ts';
import { authenticateMostKb } from './bundle-limit.ts';
import { type Cold, coldConnect } from './cold.ts';
import { shareOfMemory, usedMs } from './cpu-share.ts';
import { type Audience, deliver, openAudience } from './event-load.ts';
import { median } from './functions.ts';
import { inParallel, openSocket, roundTrips } from './load-client.ts';
import { answerOf, certificateIn } from './posts.ts';
import { type Subject, startSubject } from './subject-process.ts';

const help = `What the thin transport takes of a processor, beside the SDK: bundles, cold starts, pings, connections, events.

  npm run bench:transport

It takes about three minutes and both processors. Prints a table, and writes .maitred/bench-transport.json.
`;

await run(async () => takeNoArguments(help));
if (process.exitCode !== undefined) process.exit();

const root = join(import.meta.dirname, '..', '..');
const outputFile = join(root, '.maitred', 'bench-transport.json');
const pairs = 5;
/** Of the SDK's processor time, at most. */
const targets = {
  ping: 0.4,
  'connect to timer': 0.6,
  event: 0.45,
  'import and first call': 0.65,
  'import and first call there': 0.65,
};
/** Of a function, by default: 0.29 of a processor. */
const memoryMiB = 512;

type Over<T> = Readonly<Record<Transport, T>>;
const overBoth = async <T>(make: (transport: Transport) => Promise<T>): Promise<Over<T>> => ({
  sdk: await make('sdk'),
  thin: await make('thin'),
});

type Row = Readonly<{ figure: string; sdk: string; thin: string; ratio?: string; target?: string }>;
const rows: Row[] = [];
const show = (row: Row): void => {
  rows.push(row);
  const { figure, sdk, thin, ratio = '', target = '' } = row;
  console.log(`${figure.padEnd(40)} ${sdk.padStart(10)} ${thin.padStart(10)}  ${ratio.padEnd(20)} ${target}`);
};

const dir = mkdtempSync(join(tmpdir(), 'maitred-transport-'));
try {
  const assemblies = await overBoth(async (transport) => {
    const outdir = join(dir, transport);
    mkdirSync(outdir);
    await stageOver(transport)('bench', outdir);
    return outdir;
  });
  const load = loadavg().map((one) => one.toFixed(1));
  console.log(
    `${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.version}, load ${load.join(' ')}\n`,
  );
  show({ figure: 'processor time, medians', sdk: 'sdk', thin: 'thin', ratio: 'thin/sdk (range)', target: 'target' });
  sizes(assemblies);
  await cold(assemblies);
  const gateways = await overBoth((transport) => startSubject('gateway', assemblies[transport]));
  try {
    await warm(gateways);
  } finally {
    await gateways.sdk.end();
    await gateways.thin.end();
  }
  mkdirSync(dirname(outputFile), { recursive: true });
  writeFileSync(outputFile, `${JSON.stringify({ node: process.version, load, rows }, null, 2)}\n`);
  console.log(
    `\nload at the end ${loadavg()
      .map((one) => one.toFixed(1))
      .join(' ')}\n${outputFile}`,
  );
} finally {
  rmSync(dir, { recursive: true });
}

function sizes(assemblies: Over<string>): void {
  const functions = (transport: Transport) =>
    readBlueprint(readAssembly(assemblies[transport]), 'http://127.0.0.1:1').functions;
  const thin = new Map(functions('thin').map(({ name, codeDir }) => [name, kbOf(codeDir)]));
  for (const { name, codeDir } of functions('sdk')) {
    const [of, to] = [kbOf(codeDir), thin.get(name) ?? Number.NaN];
    const target = name === 'AuthenticateFunction' ? { target: `<= ${authenticateMostKb} KB` } : {};
    show({ figure: `bundle of ${name}`, sdk: `${of.toFixed(0)} KB`, thin: `${to.toFixed(0)} KB`, ...target });
  }
}

function kbOf(codeDir: string): number {
  return statSync(join(codeDir, 'index.mjs')).size / 1024;
}

async function cold(assemblies: Over<string>): Promise<void> {
  const [key, certificate] = certificateIn(dir);
  const endpoint = fork(join(import.meta.dirname, 'posts-endpoint.ts'), [key, certificate], {
    execArgv: ['--no-warnings'],
  });
  try {
    const { port } = await answerOf<{ port: number }>(endpoint);
    const start = (transport: Transport, share?: number) =>
      coldConnect(assemblies[transport], `https://localhost:${port}`, certificate, share);
    const each = await inTurn(9, (transport) => start(transport));
    compare('import of $connect', each, ({ importMs }) => importMs);
    compare('its first call', each, ({ callMs }) => callMs);
    compare('import and first call', each, ({ importMs, callMs }: Cold) => importMs + callMs);
    const held = await inTurn(pairs, (transport) => start(transport, shareOfMemory(memoryMiB)));
    compare(`import, at ${memoryMiB} MB's share`, held, ({ importTookMs }) => importTookMs);
    compare('its first call there', held, ({ callTookMs }) => callTookMs);
    compare('import and first call there', held, ({ importTookMs, callTookMs }) => importTookMs + callTookMs);
  } finally {
    const ended = once(endpoint, 'exit');
    endpoint.disconnect();
    await ended;
  }
}

async function warm(gateways: Over<Subject>): Promise<void> {
  const hellos = await overBoth(async (transport) => helloOf(await gateways[transport].ask('token')));
  const connected = async (transport: Transport, count: number) => {
    const sockets: Awaited<ReturnType<typeof openSocket>>[] = [];
    await inParallel(count, 10, async () => {
      const socket = await openSocket(gateways[transport].url);
      sockets.push(socket);
      const answer = await socket.ask(hellos[transport]);
      if (!answer.startsWith('{"type":"auth_success"')) throw new Error(`refused: ${answer}`);
    });
    return sockets;
  };

  const pingers = await overBoth((transport) => connected(transport, 50));
  const pings = async (transport: Transport) => {
    const { perSecond, errors } = await roundTrips(pingers[transport], '{"type":"ping"}', isPong, 3);
    if (errors > 0) throw new Error(`${errors} pings had no answer`);
    return perSecond * 3;
  };
  await overBoth(pings);
  await overBoth(pings);
  compare('ping', await inTurn(pairs, (transport) => usedFor(gateways[transport], () => pings(transport))), (ms) => ms);
  for (const socket of [...pingers.sdk, ...pingers.thin]) await socket.close();

  const connections = async (transport: Transport) => {
    const sockets = await connected(transport, 100);
    for (const socket of sockets) await socket.close();
    await timersToFire();
    return sockets.length;
  };
  await overBoth(connections);
  const lives = await inTurn(pairs, (transport) => usedFor(gateways[transport], () => connections(transport)));
  compare('connect to timer', lives, (ms) => ms);

  const audiences = await overBoth((transport) => openAudience(gateways[transport], 20, 5));
  const events = async (transport: Transport, audience: Audience = audiences[transport]) => {
    await deliver(audience, { restaurants: 20, sockets: 5, outstanding: 20, count: 400 });
    return 400;
  };
  await overBoth(events);
  await overBoth(events);
  compare(
    'event',
    await inTurn(pairs, (transport) => usedFor(gateways[transport], () => events(transport))),
    (ms) => ms,
  );
  audiences.sdk.close();
  audiences.thin.close();
}

function isPong(answer: string): boolean {
  return answer.startsWith('{"type":"pong"');
}

function helloOf(token: unknown): string {
  return JSON.stringify({ type: 'authenticate', token, restaurant_id: 'r-17', connection_type: 'kitchen' });
}

/** The deadline of an authentication is five seconds, and the queue looks once a second. */
function timersToFire(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 7_500));
}

/** Processor time of a gateway for one of what is counted. */
async function usedFor({ pid }: Subject, work: () => Promise<number>): Promise<number> {
  const before = usedMs(pid);
  const count = await work();
  return (usedMs(pid) - before) / count;
}

/** In pairs, so that a machine that slows down slows both; each goes first every other time. */
async function inTurn<T>(times: number, measure: (transport: Transport) => Promise<T>): Promise<readonly Over<T>[]> {
  const all: Over<T>[] = [];
  for (let turn = 0; turn < times; turn += 1) {
    const first: Transport = turn % 2 === 0 ? 'sdk' : 'thin';
    const before = await measure(first);
    const after = await measure(first === 'sdk' ? 'thin' : 'sdk');
    all.push(first === 'sdk' ? { sdk: before, thin: after } : { sdk: after, thin: before });
  }
  return all;
}

/** The ratio is the median of the pairs', not that of the medians. */
function compare<T>(figure: string, all: readonly Over<T>[], msOf: (one: T) => number): void {
  const ratios = all.map(({ sdk, thin }) => msOf(thin) / msOf(sdk)).sort((a, b) => a - b);
  const ms = (transport: Transport) => `${median(all.map((one) => msOf(one[transport]))).toFixed(2)} ms`;
  const most = Object.entries(targets).find(([name]) => name === figure)?.[1];
  const range = `${ratios.at(0)?.toFixed(2)}-${ratios.at(-1)?.toFixed(2)}`;
  show({
    figure,
    sdk: ms('sdk'),
    thin: ms('thin'),
    ratio: `${median(ratios).toFixed(2)} (${range})`,
    ...(most === undefined ? {} : { target: `<= ${most}${median(ratios) <= most ? '' : ' MISSED'}` }),
  });
}
