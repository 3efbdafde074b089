/**
 * `npm run bench:memory`: what each function takes with each size of memory, cold and warm, in a process that is held to the share of a
 * processor which that memory brings, against tables, queues, sockets and keys in another process over TLS. Prints a table and writes
 * JSON. Bounded: about five minutes, loopback only. On Linux, with `openssl`.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, takeNoArguments } from '../../bin/command.ts';
import { type Transport, transports } from '../../config-schema/stage-config.ts';
import { readAssembly } from '../../local/assembly.ts';
import { readBlueprint } from '../../local/blueprint.ts';
import { stageOver } from '../transport/stage-over.ts';
import { holdToShare, shareOfMemory } from './cpu-share.ts';
import { median } from './functions.ts';
import { listPrices } from '../../cost/list-prices.ts';
import type { MemoryEndpoint } from './memory-endpoint.ts';
import { answerOf, certificateIn } from './posts.ts';

const help = `What each function takes with each size of memory, cold and warm.

  npm run bench:memory

It takes about five minutes and both processors. Prints a table, and writes .maitred/bench-memory.json.
`;

await run(async () => takeNoArguments(help));
if (process.exitCode !== undefined) process.exit();

const root = join(import.meta.dirname, '..', '..');
const sizes = [256, 512, 1_024];
const coldStarts = 5;
const warmCalls = 40;

type Call = Readonly<{ tookMs: number; processorMs: number }>;
type Sandbox = Readonly<{ imported: Call; first: Call & { value: unknown }; next: readonly Call[] }>;
type Scene = Readonly<{ name: string; found: string; says: RegExp; event: (endpoint: MemoryEndpoint) => object }>;

const contextOf = (eventType: string, { connectedAtMs }: MemoryEndpoint) => ({
  ...{ eventType, connectionId: 'L0SNAGHDvHcFqVw=', connectedAt: connectedAtMs, requestTimeEpoch: connectedAtMs + 1 },
  ...{ requestId: 'REQUEST', domainName: 'localhost', stage: 'bench', identity: { sourceIp: '203.0.113.7' } },
});
const message = (endpoint: MemoryEndpoint, body: object) => ({
  requestContext: contextOf('MESSAGE', endpoint),
  body: JSON.stringify(body),
});
const queued = (body: object, attributes: object = {}) => ({
  Records: [{ messageId: 'REQUEST', receiptHandle: 'h', body: JSON.stringify(body), attributes }],
});

/** One usual call of each function. */
const scenes: readonly Scene[] = [
  {
    name: 'Connect',
    found: 'pending',
    says: /"statusCode":200/,
    event: (endpoint) => ({
      headers: { 'User-Agent': 'bench', Host: 'localhost' },
      requestContext: contextOf('CONNECT', endpoint),
    }),
  },
  {
    name: 'Authenticate',
    found: 'pending',
    says: /auth_success/,
    event: (endpoint) =>
      message(endpoint, {
        ...{ type: 'authenticate', token: endpoint.token },
        ...{ restaurant_id: 'r-17', connection_type: 'kitchen' },
      }),
  },
  { name: 'Message', found: 'authenticated', says: /pong/, event: (endpoint) => message(endpoint, { type: 'ping' }) },
  {
    name: 'Disconnect',
    found: 'authenticated',
    says: /200/,
    event: (endpoint) => ({
      requestContext: { ...contextOf('DISCONNECT', endpoint), disconnectStatusCode: 1001 },
    }),
  },
  {
    name: 'AuthTimeout',
    found: 'authenticated',
    says: /"batchItemFailures":\[\]/,
    event: ({ connectedAtMs }) => queued({ v: 1, kind: 'deadline', connectionId: 'L0SNAGHDvHcFqVw=', connectedAtMs }),
  },
  {
    name: 'FanOut',
    found: 'authenticated',
    says: /"batchItemFailures":\[\]/,
    event: () =>
      queued(
        { v: 1, type: 'order.created', data: { order_id: 'REQUEST', items: ['soup', 'bread'] } },
        { MessageGroupId: 'r-17', SentTimestamp: String(Date.now()), ApproximateReceiveCount: '1', SenderId: 'AROA:x' },
      ),
  },
];

const dir = mkdtempSync(join(tmpdir(), 'maitred-memory-'));
const [key, certificate] = certificateIn(dir);
const endpoint = fork(join(import.meta.dirname, 'memory-endpoint.ts'), [key, certificate], {
  execArgv: ['--no-warnings'],
});
const rows: object[] = [];
try {
  const ready = await answerOf<MemoryEndpoint>(endpoint);
  console.log(
    `${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}\n`,
  );
  console.log(line('', 'MB', 'import', 'first call', 'cold: wall', 'warm: wall', 'of it CPU', 'GB-ms', '$ a million'));
  for (const transport of transports) {
    const functions = await functionsOver(transport, `https://localhost:${ready.port}`);
    for (const scene of scenes) {
      const answered = answerOf(endpoint);
      endpoint.send(scene.found);
      await answered;
      for (const memoryMiB of sizes) await measure(transport, scene, memoryMiB, functions, ready);
    }
  }
  writeFileSync(
    join(root, '.maitred', 'bench-memory.json'),
    `${JSON.stringify({ node: process.version, rows }, null, 2)}\n`,
  );
} finally {
  const ended = once(endpoint, 'exit');
  endpoint.disconnect();
  await ended;
  rmSync(dir, { recursive: true });
}

function line(...[name = '', ...columns]: readonly string[]): string {
  return `${name.padEnd(20)}${columns.map((one) => one.padStart(12)).join('')}`;
}

type Deployed = Readonly<{ name: string; codeDir: string; environment: Readonly<Record<string, string>> }>;

/** The functions of the bench's stage, which take the endpoint's keys for their issuer's. */
async function functionsOver(transport: Transport, url: string): Promise<readonly Deployed[]> {
  const assembly = join(dir, transport);
  mkdirSync(assembly);
  await stageOver(transport)('bench', assembly);
  return readBlueprint(readAssembly(assembly), 'http://127.0.0.1:1').functions.map(({ name, codeDir, environment }) => {
    const own = join(dir, `${transport}-${name}`);
    cpSync(codeDir, own, { recursive: true });
    const stageFile = join(own, 'stage.json');
    writeFileSync(stageFile, readFileSync(stageFile, 'utf8').replaceAll('http://issuer.maitred.localhost', url));
    const urls = Object.fromEntries(
      Object.keys(environment).flatMap((variable) =>
        variable.endsWith('_QUEUE_URL') || variable.endsWith('_LETTERS_URL')
          ? [[variable, `${url}/000000000000/queue`]]
          : [],
      ),
    );
    return {
      name,
      codeDir: own,
      environment: { ...environment, ...urls, CALLBACK_URL: `${url}/bench`, AWS_ENDPOINT_URL: url },
    };
  });
}

async function measure(
  transport: Transport,
  scene: Scene,
  memoryMiB: number,
  functions: readonly Deployed[],
  ready: MemoryEndpoint,
): Promise<void> {
  const deployed = functions.find(({ name }) => name === `${scene.name}Function`);
  if (deployed === undefined) throw new Error(`the bench has no ${scene.name}`);
  const sandboxes: Sandbox[] = [];
  for (let nth = 0; nth < coldStarts; nth += 1) sandboxes.push(await sandbox(deployed, scene.event(ready), memoryMiB));
  for (const { first } of sandboxes) {
    const said = JSON.stringify(first.value);
    if (!scene.says.test(said)) throw new Error(`${scene.name} said ${said}`);
  }
  const of = (msOf: (one: Sandbox) => number) => median(sandboxes.map(msOf));
  const warm = (msOf: (one: Call) => number) => of(({ next }) => median(next.slice(next.length / 2).map(msOf)));
  const warmMs = warm(({ tookMs }) => tookMs);
  const gbMs = (warmMs * memoryMiB) / 1_024;
  const row = {
    ...{ transport, name: scene.name, memoryMiB },
    importMs: of(({ imported }) => imported.tookMs),
    firstMs: of(({ first }) => first.tookMs),
    coldMs: of(({ imported, first }) => imported.tookMs + first.tookMs),
    warmMs,
    warmProcessorMs: warm(({ processorMs }) => processorMs),
    gbMs,
  };
  rows.push(row);
  console.log(
    line(
      `${transport} ${scene.name}`,
      ...[String(memoryMiB), ...[row.importMs, row.firstMs, row.coldMs].map((ms) => ms.toFixed(0))],
      ...[warmMs, row.warmProcessorMs, gbMs].map((ms) => ms.toFixed(1)),
      ((gbMs / 1_000) * listPrices.lambdaGbSecond * 1e6).toFixed(2),
    ),
  );
}

async function sandbox({ codeDir, environment }: Deployed, event: object, memoryMiB: number): Promise<Sandbox> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'memory-subject.mjs'), [join(codeDir, 'index.mjs')], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...environment,
      LAMBDA_TASK_ROOT: codeDir,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'AKIDBENCH',
      AWS_SECRET_ACCESS_KEY: 'bench',
      NODE_EXTRA_CA_CERTS: certificate,
      PATH: process.env['PATH'],
    },
  });
  await answerOf(child);
  const letGo = holdToShare(child.pid ?? 0, shareOfMemory(memoryMiB));
  try {
    const done = answerOf<Sandbox>(child);
    child.send({ event, warm: warmCalls });
    return await done;
  } finally {
    letGo();
  }
}
