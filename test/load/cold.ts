/** What a cold start of `$connect` takes of a processor: import and first call, in a fresh process, against tables and queues over TLS. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { readAssembly } from '../../local/assembly.ts';
import { readBlueprint } from '../../local/blueprint.ts';
import { holdToShare } from './cpu-share.ts';

/** Processor time, and how long it took. */
export type Cold = Readonly<{ importMs: number; callMs: number; importTookMs: number; callTookMs: number }>;

const event = JSON.stringify({
  headers: { 'User-Agent': 'bench', Host: 'localhost' },
  requestContext: {
    ...{ eventType: 'CONNECT', connectionId: 'L0SNAGHDvHcFqVw=', connectedAt: 1, requestTimeEpoch: 1 },
    ...{ requestId: 'r', domainName: 'localhost', stage: 'bench', identity: { sourceIp: '203.0.113.7' } },
  },
});

/**
 * @param url an endpoint over TLS, of `posts-endpoint.ts`, with the file of its certificate
 * @param share of a processor, which the process is held to; left out: all it can get
 */
export const coldConnect = async (
  assemblyDir: string,
  url: string,
  certificate: string,
  share?: number,
): Promise<Cold> => {
  const lambda = readBlueprint(readAssembly(assemblyDir), 'http://127.0.0.1:1').functions.find(
    ({ name }) => name === 'ConnectFunction',
  );
  if (lambda === undefined) throw new Error('the assembly has no function for $connect');
  const child: ChildProcess = fork(
    join(import.meta.dirname, 'cold-subject.mjs'),
    [join(lambda.codeDir, 'index.mjs'), event],
    {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: {
        // As it is deployed, NODE_OPTIONS included.
        ...lambda.environment,
        TIMER_QUEUE_URL: `${url}/000000000000/timer`,
        LAMBDA_TASK_ROOT: lambda.codeDir,
        AWS_ENDPOINT_URL: url,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'AKIDBENCH',
        AWS_SECRET_ACCESS_KEY: 'bench',
        NODE_EXTRA_CA_CERTS: certificate,
        PATH: process.env['PATH'],
      },
    },
  );
  const letGo = share === undefined ? () => {} : holdToShare(child.pid ?? 0, share);
  child.once('exit', letGo);
  const [{ answer, ...cold }] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`a cold start ended with ${code}`);
    }),
  ]);
  if (answer?.statusCode !== 200) throw new Error(`$connect answered ${JSON.stringify(answer)}`);
  return cold;
};
