/** One gateway after another on the same port and the same data. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { gatewayProcess } from '../../bin/gateway-process.ts';
import type { Places, Reply, Request, Size, Trouble } from './gateway-process.ts';

export type GatewayLives = Readonly<{
  places: () => Places;
  /** Rejects where the gateway ends before it has answered. */
  token: (sub: string, lifetimeSeconds: number) => Promise<string>;
  size: () => Promise<Size>;
  be: (trouble: Trouble) => Promise<void>;
  /** Sends the signal, waits for the end, and starts the next one. Yields how the process ended: its code or the signal. */
  endAndStart: (signal: 'SIGKILL' | 'SIGTERM' | 'SIGHUP') => Promise<number | string | null>;
  close: () => Promise<void>;
}>;

type Life = Readonly<{ child: ChildProcess; places: Places; ask: (request: Asked) => Promise<unknown> }>;
type Asked = Request extends infer One ? (One extends Request ? Omit<One, 'id'> : never) : never;

export const startLives = async (assemblyDir: string, dataDir: string): Promise<GatewayLives> => {
  let life = await begin(assemblyDir, dataDir, '0');
  const { port } = new URL(life.places.url);
  return {
    places: () => life.places,
    token: async (sub, lifetimeSeconds) => String(await life.ask({ ask: 'token', sub, lifetimeSeconds })),
    size: async () => (await life.ask({ ask: 'size' })) as Size,
    be: async (trouble) => {
      await life.ask({ ask: 'trouble', trouble });
    },
    endAndStart: async (signal) => {
      const { child } = life;
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
      life = await begin(assemblyDir, dataDir, port);
      return child.exitCode ?? child.signalCode;
    },
    close: async () => {
      const ended = once(life.child, 'exit');
      life.child.kill('SIGTERM');
      await ended;
    },
  };
};

const begin = async (assemblyDir: string, dataDir: string, port: string): Promise<Life> => {
  const child = fork(join(import.meta.dirname, 'gateway-process.ts'), [assemblyDir, dataDir, port], {
    execArgv: ['--expose-gc', '--no-warnings', ...gatewayProcess.execArgv],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exit = once(child, 'exit').then(([code, signal]): never => {
    throw new Error(`the gateway has ended with ${code ?? signal}`);
  });
  exit.catch(() => {});
  const [places] = (await Promise.race([once(child, 'message'), exit])) as [Places];
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let asked = 0;
  child.on('message', ({ id, value }: Reply) => {
    waiting.get(id)?.resolve(value);
    waiting.delete(id);
  });
  child.once('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('the gateway has ended'));
  });
  return {
    child,
    places,
    ask: (request) => {
      const answer = Promise.withResolvers<unknown>();
      if (!child.connected) answer.reject(new Error('the gateway has ended'));
      else {
        asked += 1;
        waiting.set(asked, answer);
        child.send({ ...request, id: asked }, (error) => error && answer.reject(error));
      }
      return answer.promise;
    },
  };
};
