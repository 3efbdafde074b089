/** The functions of an assembly under serverless-offline, all in its process, with this project's engines behind them in a second one. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readAssembly } from '../../../local/assembly.ts';
import { readBlueprint } from '../../../local/blueprint.ts';
import { issuerName } from '../../../local/demo.ts';
import { issuerPath } from '../../../local/issuer.ts';
import { isListening, listen, loopback } from '../../../local/loopback.ts';
import type { Address } from '../../../local/sandbox/addresses.ts';
import { unpackCode } from '../../../local/sandbox/code-folders.ts';
import { environmentOf } from '../../../local/sandbox/environment.ts';
import type { EnginesReady } from './engines.ts';

export type Peer = Readonly<{
  url: string;
  token: string;
  /** From its start until its sockets can be opened; the engines are there before. */
  readyMs: number;
  /** Of both processes. */
  pids: readonly number[];
  memory: () => number;
  end: () => Promise<void>;
}>;

const readyWithinMs = 30_000;

/** @param folder where its packages are, see `install.ts` */
export const startPeer = async (folder: string, assemblyDir: string): Promise<Peer> => {
  const engines = fork(join(import.meta.dirname, 'engines.ts'), [assemblyDir], {
    execArgv: ['--no-warnings'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [ready] = await orItsEnd(engines, once(engines, 'message'));
  const { url: awsUrl, token }: EnginesReady = ready;

  const [websocketPort, lambdaPort, httpPort] = await freePorts(3);
  const blueprint = readBlueprint(readAssembly(assemblyDir), awsUrl);
  const { api } = blueprint;
  const addresses: readonly Address[] = [
    // Its `@connections` lie at its root.
    { deployed: `https://${api.domainName}/${api.stage}`, local: `http://${loopback}:${websocketPort}` },
    { deployed: issuerName, local: awsUrl + issuerPath },
    { deployed: `https://sqs.${api.region}.amazonaws.com`, local: awsUrl },
  ];
  const unpacked = unpackCode(blueprint.functions, addresses);
  const service = mkdtempSync(join(folder, 'service-'));
  const lambdas = unpacked.lambdas.map((lambda) => ({ ...lambda, codeDir: join(service, lambda.name) }));
  unpacked.lambdas.forEach(({ name, codeDir }) => {
    cpSync(codeDir, join(service, name), { recursive: true });
  });
  unpacked.remove();
  const credentials = { accessKeyId: 'ASIAPEER', secretAccessKey: 'peer', sessionToken: 'peer' };
  writeFileSync(
    join(service, 'serverless.json'),
    JSON.stringify({
      service: 'peer',
      provider: {
        name: 'aws',
        runtime: 'nodejs22.x',
        region: api.region,
        stage: api.stage,
        websocketsApiRouteSelectionExpression: `$request.body.${api.selection.join('.')}`,
      },
      plugins: ['serverless-offline'],
      custom: {
        'serverless-offline': {
          useInProcess: true,
          noSponsor: true,
          host: loopback,
          websocketPort,
          lambdaPort,
          httpPort,
        },
      },
      functions: Object.fromEntries(
        lambdas.map((lambda) => [
          lambda.name,
          {
            handler: `${lambda.name}/index.handler`,
            // Ten times what it has: ten events at a time share its one thread, and on a busy machine they would give up.
            timeout: lambda.timeoutMs / 100,
            environment: environmentOf(lambda, { region: api.region, credentials, awsEndpoint: awsUrl }, addresses),
            events: [...api.routes.values()]
              .filter(({ functionArn }) => functionArn === lambda.arn)
              .map(({ key, replies }) => ({
                websocket: { route: key, ...(replies ? { routeResponseSelectionExpression: '$default' } : {}) },
              })),
          },
        ]),
      ),
    }),
  );

  const startedMs = performance.now();
  const peer = spawn(process.execPath, [join(folder, 'node_modules', 'osls', 'bin', 'serverless.js'), 'offline'], {
    cwd: service,
    env: { PATH: process.env['PATH'], HOME: service, SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off' },
    stdio: ['ignore', 'ignore', process.env['PEER_LOG'] === undefined ? 'ignore' : 'inherit'],
  });
  const end = async (): Promise<void> => {
    const ended = [once(peer, 'exit'), once(engines, 'exit')];
    if (peer.exitCode === null) peer.kill('SIGKILL');
    engines.disconnect();
    await Promise.all(ended);
    rmSync(service, { recursive: true });
  };
  try {
    await orItsEnd(peer, untilListening(websocketPort));
  } catch (error) {
    await end();
    throw error;
  }
  const pids = [peer.pid ?? 0, engines.pid ?? 0];
  return {
    url: `ws://${loopback}:${websocketPort}`,
    token,
    readyMs: performance.now() - startedMs,
    pids,
    memory: () => pids.reduce((sum, pid) => sum + residentBytes(pid), 0),
    end,
  };
};

/** Linux alone tells it. */
const residentBytes = (pid: number): number =>
  1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

const freePorts = async (count: number): Promise<readonly number[]> => {
  const servers = await Promise.all(Array.from({ length: count }, () => listen(0, () => {})));
  await Promise.all(servers.map(({ close }) => close()));
  return servers.map(({ port }) => port);
};

const untilListening = async (port = 0): Promise<void> => {
  const endMs = performance.now() + readyWithinMs;
  while (!(await isListening(port))) {
    if (performance.now() > endMs) throw new Error(`the peer did not listen within ${readyWithinMs} ms`);
    await delay(20);
  }
};

const orItsEnd = <T>(child: ChildProcess, what: Promise<T>): Promise<T> =>
  Promise.race([
    what,
    once(child, 'exit').then(([code]) => {
      throw new Error(`${child.spawnargs.join(' ')} ended with ${code} before it was ready; PEER_LOG=1 shows why`);
    }),
  ]);
