/**
 * `npm run bench:peer`: the same bundles, the same load and the same engines under serverless-offline and under the local gateway, in turn.
 * Prints a table and writes JSON. Bounded: about four minutes, 50 sockets at most, loopback only. On Linux.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, takeNoArguments } from '../../bin/command.ts';
import type { Transport } from '../../config-schema/stage-config.ts';
import { stageOver } from '../transport/stage-over.ts';
import { usedMs } from './cpu-share.ts';
import { median } from './functions.ts';
import { inParallel, type LoadSocket, openSocket, roundTrips } from './load-client.ts';
import { installPeer, packages } from './peer/install.ts';
import { startPeer } from './peer/peer.ts';
import { notDoneByThePeer } from './peer/not-done.ts';
import { startSubject } from './subject-process.ts';

const help = `The functions under serverless-offline, beside the local gateway: connections, authentications, pings, memory.

  npm run bench:peer

npm fetches ${Object.entries(packages)
  .map(([name, version]) => `${name} ${version}`)
  .join(' and ')} into the system's temporary folder. It takes
about four minutes and both processors. Prints a table, and writes .maitred/bench-peer.json.
`;

await run(async () => takeNoArguments(help));
if (process.exitCode !== undefined) process.exit();

const outputFile = join(import.meta.dirname, '..', '..', '.maitred', 'bench-peer.json');
const rounds = 3;
const secondsOfPings = 4;
const handshakes = 200;
const atOnce = 10;
const pinging = 50;

/** Of the peer's rate, at least: over the SDK, as its users run it, and over the very bundles that the local gateway runs by default. */
const targets = {
  sdk: { pings: 1.8, authentications: 1.4, connections: 1.2 },
  thin: { pings: 0.9, authentications: 0.75, connections: 0.75 },
} satisfies Record<Transport, Record<string, number>>;

type Figure = 'pings' | 'authentications' | 'connections';
type Round = Readonly<Record<Figure | 'pingMs' | 'authenticationMs' | 'p99Ms', number>>;
type Contestant = Readonly<{
  name: string;
  url: string;
  token: unknown;
  readyMs: number;
  pids: readonly number[];
  memory: () => number | Promise<number>;
  end: () => Promise<void>;
}>;

const named: Readonly<Record<Figure, string>> = {
  pings: `pings/s, ${pinging} sockets`,
  authentications: `connect to auth_success /s, ${atOnce} at a time`,
  connections: `connections/s, ${atOnce} at a time`,
};
const ping = '{"type":"ping"}';
const isPong = (answer: string): boolean => answer.startsWith('{"type":"pong"');
const load = (): string =>
  loadavg()
    .map((one) => one.toFixed(1))
    .join(' ');

const dir = mkdtempSync(join(tmpdir(), 'maitred-peer-bench-'));
const started: Contestant[] = [];
let lost = 0;
try {
  await bench();
} finally {
  for (const { end } of started) await end();
  rmSync(dir, { recursive: true });
}

async function bench(): Promise<void> {
  const folder = installPeer();
  const assemblies = { sdk: join(dir, 'sdk'), thin: join(dir, 'thin') };
  for (const transport of ['sdk', 'thin'] as const) {
    mkdirSync(assemblies[transport]);
    await stageOver(transport)('bench', assemblies[transport]);
  }
  const begun = load();
  console.log(`${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.version}, load ${begun}\n`);

  for (const transport of ['sdk', 'thin'] as const)
    started.push({ name: `peer, ${transport}`, ...(await startPeer(folder, assemblies[transport])) });
  const gateway = await startSubject('gateway', assemblies.thin);
  const token = await gateway.ask('token');
  const memory = async (): Promise<number> => (await gateway.ask('memory')) as number;
  started.push({ ...gateway, name: 'maitred, thin', token, pids: [gateway.pid], memory });

  for (const contestant of started) await warm(contestant);
  const measured = new Map<string, Round[]>(started.map(({ name }) => [name, []]));
  for (let turn = 0; turn < rounds; turn += 1)
    for (const contestant of rotated(started, turn)) measured.get(contestant.name)?.push(await oneRound(contestant));
  const of = (name: string): readonly Round[] => measured.get(name) ?? [];

  const columns = started.map(({ name }) => name);
  const rows: string[][] = [['medians', ...columns, 'of the peer, sdk', 'of the peer, thin']];
  for (const figure of ['pings', 'authentications', 'connections'] as const)
    rows.push([
      named[figure],
      ...columns.map((name) => median(of(name).map((one) => one[figure])).toFixed(0)),
      ...(['sdk', 'thin'] as const).map((transport) => {
        const ratio = median(
          of('maitred, thin').map((one, i) => one[figure] / (of(`peer, ${transport}`)[i]?.[figure] ?? 0)),
        );
        const target = targets[transport][figure];
        return `${ratio.toFixed(2)} (>= ${target}${ratio >= target ? '' : ' MISSED'})`;
      }),
    ]);
  const each = (figure: 'p99Ms' | 'pingMs' | 'authenticationMs', digits: number): readonly string[] =>
    columns.map((name) => median(of(name).map((one) => one[figure])).toFixed(digits));
  rows.push(['p99 of a ping, ms', ...each('p99Ms', 0)]);
  rows.push(['processor time of a ping, ms', ...each('pingMs', 2)]);
  rows.push(['processor time of a connection that authenticates and leaves, ms', ...each('authenticationMs', 1)]);
  const memories = await Promise.all(started.map(async (one) => one.memory()));
  rows.push(['memory after all this, MB', ...memories.map((bytes) => (bytes / 1024 / 1024).toFixed(0))]);
  rows.push(['from its start until it listens, s', ...started.map(({ readyMs }) => (readyMs / 1000).toFixed(1))]);
  for (const [first = '', ...cells] of rows)
    console.log(`${first.padEnd(66)}${cells.map((cell, i) => cell.padStart(i < columns.length ? 20 : 26)).join('')}`);
  console.log(`\nlost or wrong answers: ${lost}; load at the beginning ${begun}, at the end ${load()}`);
  console.log(
    `\nWhat the peer does not do with these functions:\n${notDoneByThePeer.map((one) => `- ${one}`).join('\n')}`,
  );
  mkdirSync(join(outputFile, '..'), { recursive: true });
  const json = { node: process.version, load: begun, rounds: Object.fromEntries(measured), rows };
  writeFileSync(outputFile, `${JSON.stringify(json, null, 2)}\n`);
  console.log(`\n${outputFile}`);
}

/** Each contestant is first as often as the others. */
function rotated<T>(all: readonly T[], by: number): readonly T[] {
  return [...all.slice(by % all.length), ...all.slice(0, by % all.length)];
}

async function warm(contestant: Contestant): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await closeAll((await authenticated(contestant, handshakes)).sockets);
  const { sockets } = await authenticated(contestant, pinging);
  await roundTrips(sockets, ping, isPong, 2 * secondsOfPings);
  await closeAll(sockets);
  await timersToFire();
}

async function oneRound(contestant: Contestant): Promise<Round> {
  const before = used(contestant);
  const { sockets, seconds } = await authenticated(contestant, handshakes);
  await closeAll(sockets);
  await timersToFire();
  const authenticationMs = (used(contestant) - before) / handshakes;

  const pingers = (await authenticated(contestant, pinging)).sockets;
  const beforePings = used(contestant);
  const pongs = await roundTrips(pingers, ping, isPong, secondsOfPings);
  const pingMs = (used(contestant) - beforePings) / (pongs.perSecond * secondsOfPings);
  lost += pongs.errors;
  await closeAll(pingers);

  const open: LoadSocket[] = [];
  const opening = await inParallel(handshakes, atOnce, async () => void open.push(await openSocket(contestant.url)));
  await closeAll(open);
  await timersToFire();
  return {
    connections: handshakes / opening,
    authentications: handshakes / seconds,
    pings: pongs.perSecond,
    p99Ms: pongs.p99Ms,
    pingMs,
    authenticationMs,
  };
}

async function authenticated(
  { url, token }: Contestant,
  count: number,
): Promise<Readonly<{ sockets: readonly LoadSocket[]; seconds: number }>> {
  const hello = JSON.stringify({ type: 'authenticate', token, restaurant_id: 'r-17', connection_type: 'kitchen' });
  const sockets: LoadSocket[] = [];
  const seconds = await inParallel(count, atOnce, async () => {
    const socket = await openSocket(url);
    sockets.push(socket);
    const answer = await socket.ask(hello);
    if (!answer.startsWith('{"type":"auth_success"')) throw new Error(`refused: ${answer}`);
  });
  return { sockets, seconds };
}

async function closeAll(sockets: readonly LoadSocket[]): Promise<void> {
  await Promise.all(sockets.map((socket) => socket.close()));
}

function used({ pids }: Contestant): number {
  return pids.reduce((sum, pid) => sum + usedMs(pid), 0);
}

/** The local gateway's timers run out after all is closed: nobody else should pay for them. */
function timersToFire(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 7_500));
}
