/**
 * How many posts one run of the fan-out makes: the bundle that is deployed, in a process held to the share of a processor that an
 * amount of memory brings, against an endpoint in another process over TLS.
 */
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAssembly } from '../../local/assembly.ts';
import { readBlueprint } from '../../local/blueprint.ts';
import { holdToShare, processorMs, shareOfMemory } from './cpu-share.ts';
import type { EndpointHeard, EndpointReady, Scene } from './posts-endpoint.ts';
import type { Invocation, Invoked } from './posts-subject.ts';

/** One run: what was posted of each restaurant when it returned, how long it took, and the processor time it used. */
export type PostsRun = Readonly<{ taken: EndpointHeard; tookMs: number; processorMs: number }>;

/** A first run, as after a cold start, and the next ones, each with a sandbox's connections as the one before left them. */
export const postsAtSize = async (
  { assemblyDir, memoryMiB }: Readonly<{ assemblyDir: string; memoryMiB: number }>,
  scene: Scene,
  runs: number,
): Promise<readonly PostsRun[]> => {
  const lambda = readBlueprint(readAssembly(assemblyDir), 'http://127.0.0.1:1').functions.find(
    ({ name }) => name === 'FanOutFunction',
  );
  if (lambda === undefined) throw new Error('the assembly has no fan-out');
  const dir = mkdtempSync(join(tmpdir(), 'maitred-posts-'));
  const children: ChildProcess[] = [];
  try {
    const [key, certificate] = certificateIn(dir);
    const endpoint = fork(join(import.meta.dirname, 'posts-endpoint.ts'), [key, certificate], {
      execArgv: ['--no-warnings'],
    });
    children.push(endpoint);
    const { port } = await answerOf<EndpointReady>(endpoint);
    await ask(endpoint, scene);
    const url = `https://localhost:${port}`;
    const subject = fork(join(import.meta.dirname, 'posts-subject.ts'), [join(lambda.codeDir, 'index.mjs')], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: {
        ...lambda.environment,
        CALLBACK_URL: `${url}/bench`,
        REDELIVERY_QUEUE_URL: `${url}/000000000000/redelivery`,
        LAMBDA_TASK_ROOT: lambda.codeDir,
        AWS_ENDPOINT_URL: url,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'AKIDBENCH',
        AWS_SECRET_ACCESS_KEY: 'bench',
        NODE_EXTRA_CA_CERTS: certificate,
        PATH: process.env['PATH'],
      },
    });
    children.push(subject);
    await answerOf(subject);
    const pid = subject.pid ?? 0;
    const letGo = holdToShare(pid, shareOfMemory(memoryMiB));
    const done: PostsRun[] = [];
    for (let run = 0; run < runs; run++) {
      await ask(endpoint, scene);
      const before = processorMs(pid);
      const invocation: Invocation = { restaurants: Object.keys(scene.sockets), timeoutMs: lambda.timeoutMs };
      const { tookMs, failures } = await ask<Invoked>(subject, invocation);
      if (failures > 0) throw new Error('messages of a run were to come again');
      const used = processorMs(pid) - before;
      done.push({ taken: await ask<EndpointHeard>(endpoint, 'heard'), tookMs, processorMs: used });
    }
    letGo();
    return done;
  } finally {
    for (const child of children) {
      const ended = child.exitCode === null ? once(child, 'exit') : undefined;
      child.disconnect();
      await ended;
    }
    rmSync(dir, { recursive: true });
  }
};

/** For this run and this machine alone; `openssl` makes it. */
export const certificateIn = (dir: string): readonly [string, string] => {
  const [key, certificate] = [join(dir, 'key.pem'), join(dir, 'certificate.pem')];
  const of = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  execFileSync('openssl', ['req', '-x509', ...of, ...name, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  return [key, certificate];
};

const ask = <T>(child: ChildProcess, what: Scene | Invocation | 'heard'): Promise<T> => {
  const answer = answerOf<T>(child);
  child.send(what);
  return answer;
};

export const answerOf = async <T>(child: ChildProcess): Promise<T> => {
  const answered = new AbortController();
  const [answer] = await Promise.race([
    once(child, 'message', { signal: answered.signal }),
    once(child, 'exit', { signal: answered.signal }).then(([code]) => {
      throw new Error(`a process of the bench ended with ${code}`);
    }),
  ]).finally(() => answered.abort());
  return answer as T;
};
