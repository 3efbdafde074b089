/** A receiver of examples/ as a process that can be killed, with an HTTP front of the queue that can kill it at the worst moment. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request as requestTo } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';
import { DatabaseSync } from 'node:sqlite';
import type { Operator } from '../../local/callers.ts';
import { listen, loopback } from '../../local/loopback.ts';
import { signed } from '../local/signed.ts';

const root = join(import.meta.dirname, '../..');

export type Receiver = Readonly<{
  name: string;
  /** The command, but for its port. */
  command: (port: number) => readonly [string, ...string[]];
  /** Where the port is told in the environment instead. */
  env?: (port: number) => Readonly<Record<string, string>>;
}>;

/** @param python an interpreter that has the packages of examples/fastapi-backend/requirements.txt */
export const receivers = (python: string | undefined): readonly Receiver[] => [
  {
    name: 'typescript-backend',
    command: () => [process.execPath, 'examples/typescript-backend/backend.ts'],
    env: (port) => ({ PORT: String(port) }),
  },
  ...(python === undefined
    ? []
    : [
        {
          name: 'fastapi-backend',
          command: (port: number): readonly [string, ...string[]] => [
            python,
            ...['-m', 'uvicorn', '--app-dir', 'examples/fastapi-backend', '--port', String(port), 'backend:app'],
          ],
        },
      ]),
];

export type RunningReceiver = Readonly<{ kill: () => Promise<void> }>;

/** Resolves when it listens; rejects with what it said when it ended before. */
export const startReceiver = async (
  { command, env = () => ({}) }: Receiver,
  variables: Readonly<Record<string, string>>,
  port: number,
): Promise<RunningReceiver> => {
  const [program, ...args] = command(port);
  const child = spawn(program, args, {
    cwd: root,
    env: { PATH: process.env['PATH'], PYTHONDONTWRITEBYTECODE: '1', ...variables, ...env(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  await new Promise<void>((resolve, reject) => {
    for (const input of [child.stdout, child.stderr])
      createInterface({ input }).on('line', (line) => {
        lines.push(line);
        if (line.includes(`ing on http://${loopback}:${port}`)) resolve();
      });
    child.once('error', reject);
    child.once('close', () => reject(new Error(`the receiver ended: ${lines.join('\n')}`)));
  });
  return { kill: () => killed(child) };
};

const killed = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
};

/** The queue, but for its answers: the next one can be held, as when a line breaks. What it hands on is signed anew, for the queue's host. */
export const openQueueFront = async (endpoint: string, operator: Operator) => {
  let hold: (() => void) | undefined;
  let messages = 0;
  const { port, close } = await listen(0, async (request, response) => {
    const { method = 'POST', url = '/' } = request;
    const named = ['content-type', 'x-amz-target'].map((name) => [name, String(request.headers[name])]);
    const body = await buffer(request);
    const { headers } = await signed(
      {
        ...{ method, path: url, body: body.toString() },
        headers: { ...Object.fromEntries(named), host: new URL(endpoint).host, 'content-length': String(body.length) },
      },
      { service: 'sqs', region: operator.region, credentials: operator },
    );
    const onward = requestTo(new URL(url, endpoint), { method, headers }, async (answer) => {
      const text = await buffer(answer);
      messages += 1;
      if (hold !== undefined) return hold();
      response.writeHead(answer.statusCode ?? 500, answer.headers).end(text);
    });
    onward.on('error', () => response.destroy());
    onward.end(body);
  });
  return {
    url: `http://${loopback}:${port}`,
    /** How many the queue has answered. */
    messages: () => messages,
    /** Resolves when the queue has taken a message whose sender waits for the answer; none is answered until `release`. */
    holdNextAnswer: (): Promise<void> =>
      new Promise((resolve) => {
        hold = resolve;
      }),
    release: () => {
      hold = undefined;
    },
    close,
  };
};

/** What is in its table. */
export const storedIn = (file: string): readonly Readonly<Record<string, unknown>>[] => {
  // Not for reading alone: a receiver that was killed may have left something to roll back.
  const db = new DatabaseSync(file, { timeout: 5_000 });
  try {
    return db.prepare('SELECT restaurant_id, epoch, seq, data, confirmed FROM orders ORDER BY seq').all();
  } finally {
    db.close();
  }
};
