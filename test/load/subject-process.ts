import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { gatewayProcess } from '../../bin/gateway-process.ts';
import type { SubjectReady, SubjectReply, SubjectRequest } from './subject.ts';

export type Subject = Readonly<{
  url: string;
  readyMs: number;
  pid: number;
  ask: (what: SubjectRequest['ask']) => Promise<unknown>;
  end: () => Promise<void>;
}>;

/** Starts a subject in a process of its own and resolves when it can be connected to. */
export const startSubject = async (...parameters: readonly string[]): Promise<Subject> => {
  const { execArgv, env } = parameters[0] === 'gateway' ? gatewayProcess : { execArgv: [], env: {} };
  const child = fork(join(import.meta.dirname, 'subject.ts'), [...parameters], {
    execArgv: ['--expose-gc', '--no-warnings', ...execArgv],
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [ready] = (await firstOf(child)) as [SubjectReady];
  let nextId = 0;
  return {
    ...ready,
    pid: child.pid ?? 0,
    ask: (what) =>
      new Promise((resolve) => {
        const id = nextId++;
        const onReply = (reply: SubjectReply): void => {
          if (reply.id !== id) return;
          child.off('message', onReply);
          resolve(reply.value);
        };
        child.on('message', onReply);
        child.send({ id, ask: what } satisfies SubjectRequest);
      }),
    end: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
};

const firstOf = (child: ChildProcess): Promise<unknown[]> =>
  Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the subject ended with ${code} before it was ready`);
    }),
  ]);
