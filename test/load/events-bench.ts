/**
 * `npm run bench:events`: how fast the local gateway delivers restaurant events, and what each of them costs. Prints a
 * table and writes JSON. Bounded: about six minutes, 2,500 sockets that are none and 500 that are, loopback only. On Linux, with
 * `openssl`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { run, takeNoArguments } from '../../bin/command.ts';
import { synthesize } from '../../lib/synthesize.ts';
import { stageOver } from '../transport/stage-over.ts';
import { deliver, openAudience } from './event-load.ts';
import { median } from './functions.ts';
import { listPrices } from '../../cost/list-prices.ts';
import { postsAtSize } from './posts.ts';
import type { Scene } from './posts-endpoint.ts';
import { startSubject } from './subject-process.ts';

type Row = Readonly<{ figure: string; value: string; target?: string; met?: boolean }>;

const help = `How fast the local gateway delivers the events of restaurants, and what each costs.

  npm run bench:events

It takes about six minutes and both processors. Prints a table, and writes .maitred/bench-events.json.
`;

const root = join(import.meta.dirname, '..', '..');
const outputFile = join(root, '.maitred', 'bench-events.json');
/** As it is deployed by default, and as it runs here by default. */
const assemblyOf = {
  SDK: join(root, '.maitred', 'bench-sdk.out'),
  thin: join(root, '.maitred', 'bench-thin.out'),
} as const;
type Transport = keyof typeof assemblyOf;
/** By default, of which `docs/limits.md` promises that a run reaches all; and the least that a stage may say. */
const memories = [
  { memoryMiB: 1_024, isPromised: true },
  { memoryMiB: 512, isPromised: false },
] as const;
const rows: Row[] = [];
const figures: Record<string, number> = {};
const show = (row: Row): void => {
  rows.push(row);
  const verdict = row.met === undefined ? '' : row.met ? 'met' : 'MISSED';
  console.log(`${row.figure.padEnd(58)} ${row.value.padStart(18)}  ${(row.target ?? '').padEnd(14)} ${verdict}`);
};
const one = (value: number): string => value.toFixed(value < 10 ? 1 : 0);

await run(async () => takeNoArguments(help));
if (process.exitCode !== undefined) process.exit();

await synthesize({ stage: 'bench', outdir: assemblyOf.SDK });
mkdirSync(assemblyOf.thin, { recursive: true });
await stageOver('thin')('bench', assemblyOf.thin);
console.log(
  `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}\n`,
);
for (const { memoryMiB, isPromised } of memories) {
  const crowd = { sockets: { 'r-017': 2_500 }, postMs: 20, hanging: [] };
  await posts('SDK', memoryMiB, 'of 2,500 sockets, 20 ms a post', crowd, isPromised);
  await posts('thin', memoryMiB, 'of 2,500 sockets, 20 ms a post', crowd, isPromised);
  const slow = { sockets: { 'r-017': 1_000 }, postMs: 50, hanging: [] };
  await posts('SDK', memoryMiB, 'of 1,000 sockets, 50 ms a post', slow, isPromised);
  const beside = { sockets: { 'r-017': 10, 'r-099': 60 }, postMs: 20, hanging: ['r-099'] };
  await posts(
    'SDK',
    memoryMiB,
    'of 10 sockets, 20 ms a post, beside 60 of another restaurant that hang',
    beside,
    isPromised,
  );
  await sharedRun('SDK', memoryMiB);
  await sharedRun('thin', memoryMiB);
}
const gateway = await startSubject('gateway', assemblyOf.thin);
try {
  await rate({ restaurants: 100, sockets: 5, outstanding: 40, count: 600, warmUpRuns: 4 }, 1700);
  await rate({ restaurants: 1, sockets: 50, outstanding: 4, count: 200, warmUpRuns: 1 }, 2000);
  await replay();
  await costs();
} finally {
  await gateway.end();
}
mkdirSync(dirname(outputFile), { recursive: true });
writeFileSync(
  outputFile,
  `${JSON.stringify({ node: process.version, cores: availableParallelism(), figures, rows }, null, 2)}\n`,
);
console.log(`\n${outputFile}`);

/** One event to many sockets, by the fan-out as it is deployed and at the share of a processor that so much memory brings. */
async function posts(
  transport: Transport,
  memoryMiB: number,
  name: string,
  scene: Scene,
  isPromised: boolean,
): Promise<void> {
  const wanted = scene.sockets['r-017'] ?? 0;
  const [first, ...next] = await postsAtSize({ assemblyDir: assemblyOf[transport], memoryMiB }, scene, 4);
  if (first === undefined) throw new Error('nothing was run');
  const taken = [first, ...next].map((run) => run.taken['r-017'] ?? 0);
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  show({
    figure: `${transport}, ${memoryMiB} MB: posted ${name}`,
    value: `${taken.join(', ')}`,
    ...(isPromised && { target: `${wanted} each`, met: taken.every((count) => count === wanted) }),
  });
  show({
    figure: '  first run / median of the next 3',
    value: `${seconds(first.tookMs)} / ${seconds(median(next.map(({ tookMs }) => tookMs)))}`,
  });
  show({
    figure: '  of it processor time',
    value: `${seconds(first.processorMs)} / ${seconds(median(next.map((run) => run.processorMs)))}`,
  });
}

/** What a run takes longer for each further restaurant of it, in a sandbox that is warm: what `furtherTurnMs` of the costs assumes. */
async function sharedRun(transport: Transport, memoryMiB: number): Promise<void> {
  const usual = async (restaurants: number) => {
    const names = Array.from({ length: restaurants }, (_, nth) => `r-${100 + nth}`);
    const scene = { sockets: Object.fromEntries(names.map((name) => [name, 5])), postMs: 20, hanging: [] };
    const warm = (await postsAtSize({ assemblyDir: assemblyOf[transport], memoryMiB }, scene, 150)).slice(100);
    return { tookMs: median(warm.map(({ tookMs }) => tookMs)), cpuMs: median(warm.map((run) => run.processorMs)) };
  };
  const [alone, ten] = [await usual(1), await usual(10)];
  show({
    figure: `${transport}, ${memoryMiB} MB: a run of one restaurant with 5 sockets / of ten`,
    value: `${one(alone.tookMs)} / ${one(ten.tookMs)} ms`,
  });
  show({
    figure: '  each further one / of it processor time',
    value: `${one((ten.tookMs - alone.tookMs) / 9)} / ${one((ten.cpuMs - alone.cpuMs) / 9)} ms`,
  });
}

/** What a sandbox does for the first time it does slowly: its code is compiled while it runs. So the first run stands apart. */
async function rate(
  { warmUpRuns, ...load }: Parameters<typeof deliver>[1] & Readonly<{ warmUpRuns: number }>,
  target: number,
): Promise<void> {
  const { restaurants, sockets, outstanding, count } = load;
  const audience = await openAudience(gateway, restaurants, sockets);
  const first = await deliver(audience, load);
  for (let run = 1; run < warmUpRuns; run++) await deliver(audience, load);
  const runs = [await deliver(audience, load), await deliver(audience, load), await deliver(audience, load)];
  const of = (pick: (run: (typeof runs)[number]) => number): number => median(runs.map(pick));
  const name = `${restaurants} restaurant${restaurants === 1 ? '' : 's'} x ${sockets} sockets, ${outstanding} outstanding`;
  const perSecond = of((run) => run.deliveriesPerSecond);
  const p99Ms = of((run) => run.p99Ms);
  show({
    figure: `the first ${count} events, ${name}`,
    value: `${one(first.deliveriesPerSecond)} deliveries/s, p99 ${one(first.p99Ms)} ms`,
  });
  show({
    figure: `events, ${name}, median of 3 after ${warmUpRuns * count} of warm-up`,
    value: `${one(of((run) => run.eventsPerSecond))}/s`,
  });
  show({
    figure: `deliveries, ${name}`,
    value: `${one(perSecond)}/s`,
    target: `>= ${target}/s`,
    met: perSecond >= target,
  });
  show({
    figure: `  publish to last socket, p50 / p99, ${name}`,
    value: `${one(of((run) => run.p50Ms))} / ${one(p99Ms)} ms`,
    target: 'p99 < 250 ms',
    met: p99Ms < 250,
  });
  audience.close();
}

async function replay(): Promise<void> {
  const audience = await openAudience(gateway, 1, 1);
  await deliver(audience, { restaurants: 1, sockets: 1, outstanding: 40, count: 1000 });
  const runs = [await audience.replay(0), await audience.replay(0), await audience.replay(0)];
  const ms = median(runs.map((run) => run.ms));
  if (runs.some(({ events }) => events !== 1000)) throw new Error('a replay was not whole');
  show({ figure: 'replay of 1,000 events, median of 3', value: `${one(ms)} ms`, target: '< 500 ms', met: ms < 500 });
  audience.close();
}

/** One event after another, so that no two share a call; a busy restaurant's share some. */
async function costs(): Promise<void> {
  const sockets = 5;
  const count = 200;
  const audience = await openAudience(gateway, 1, sockets);
  await deliver(audience, { restaurants: 1, sockets, outstanding: 1, count: 20 });
  await gateway.ask('reset_meter');
  await deliver(audience, { restaurants: 1, sockets, outstanding: 1, count });
  const meter = (await gateway.ask('meter')) as {
    invocations: Record<string, number>;
    sqsRequests: Record<string, number>;
    managementCalls: Record<string, number>;
    readUnits: number;
    writeUnits: number;
  };
  const logBytes = (await gateway.ask('log_bytes')) as number;
  audience.close();
  const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((a, b) => a + b, 0);
  const per = {
    invocations: sum(meter.invocations) / count,
    writeUnits: meter.writeUnits / count,
    readUnits: meter.readUnits / count,
    // The publisher's own request is an operator's and not in the meter.
    sqsRequests: sum(meter.sqsRequests) / count + 1,
    posts: sum(meter.managementCalls) / count,
    logBytes: logBytes / count,
  };
  const dollars =
    per.invocations * listPrices.lambdaRequest +
    per.writeUnits * listPrices.dynamodbWriteUnit +
    per.readUnits * listPrices.dynamodbReadUnit +
    per.sqsRequests * listPrices.sqsFifoRequest +
    (per.logBytes * listPrices.cloudWatchLogsIngestedGb) / 1e9;
  for (const [unit, value] of Object.entries(per)) {
    figures[unit] = value;
    show({ figure: `per event with ${sockets} sockets: ${unit}`, value: value.toFixed(2) });
  }
  const perDelivery = (per.posts / sockets) * listPrices.apiGatewayMessage;
  show({ figure: 'dollars per million events, deliveries apart', value: `$${(dollars * 1e6).toFixed(2)}` });
  show({ figure: 'dollars per million delivered messages', value: `$${(perDelivery * 1e6).toFixed(2)}` });
}
