/** The gateway of a soak, as a process of its own that is told what to do over IPC: `node gateway-process.ts ASSEMBLY DATA PORT`. */
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import type { Faults } from '../../local/faults.ts';
import { watchLevel } from '../local/level-resources.ts';
import { startGateway } from '../../local/gateway.ts';
import type { Operator } from '../../local/callers.ts';

export type Places = Readonly<{
  url: string;
  awsEndpoint: string;
  eventQueueUrl: string;
  tables: Readonly<Record<'connections' | 'memberships' | 'audit' | 'events', string>>;
  operator: Operator;
}>;

/** Handles: files, sockets, and what LevelDB has open. */
export type Size = Readonly<{ heapMb: number; rssMb: number; handles: number }>;

/** What the platform does badly for a while; of calls to AWS, how many in a hundred fail, and are done though they fail. */
export type Trouble = Partial<Omit<Faults, 'awsCall'>> & Readonly<{ failing?: number; lost?: number }>;

export type Request =
  | Readonly<{ id: number; ask: 'size' }>
  | Readonly<{ id: number; ask: 'token'; sub: string; lifetimeSeconds: number }>
  | Readonly<{ id: number; ask: 'trouble'; trouble: Trouble }>;
export type Reply = Readonly<{ id: number; value: unknown }>;

const [assemblyDir = '', dataDir = '', port = '0'] = process.argv.slice(2);

const level = watchLevel();
const gateway = await startGateway({ assemblyDir, dataDir, port: Number(port) });

const chances = fc.sample(fc.integer({ min: 1, max: 100 }), { numRuns: 10_000, seed: Number(port) });
let calls = 0;

const become = ({ failing = 0, lost = 0, ...faults }: Trouble): void => {
  const calm = { disconnects: 'once', queueMessages: 'once', messageOrder: 'kept', throttledPosts: 0 } as const;
  Object.assign(gateway.faults, calm, faults);
  gateway.faults.awsCall = () => {
    calls += 1;
    const chance = chances[calls % chances.length] ?? 100;
    if (chance <= failing) return 'unavailable';
    return chance <= failing + lost ? 'answer_lost' : 'pass';
  };
};

const size = (): Size => {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  const files =
    process.platform === 'linux' ? readdirSync('/proc/self/fd').length : process.getActiveResourcesInfo().length;
  return { heapMb: heapUsed / 1e6, rssMb: rss / 1e6, handles: files + level.open() };
};

/** One whose lifetime is negative was issued before it ended. */
const tokenOf = (sub: string, lifetimeSeconds: number): Promise<string> => {
  const now = Math.floor(Date.now() / 1000);
  return gateway.token('chef', { sub, iat: now + Math.min(0, 2 * lifetimeSeconds), exp: now + lifetimeSeconds });
};

process.on('message', async (request: Request) => {
  const { id, ask } = request;
  const value =
    ask === 'size'
      ? size()
      : ask === 'token'
        ? await tokenOf(request.sub, request.lifetimeSeconds)
        : become(request.trouble);
  process.send?.({ id, value } satisfies Reply);
});

const stop = async (): Promise<void> => {
  await gateway.close();
  process.exit(0);
};
process.once('SIGTERM', stop);
process.once('SIGHUP', stop);
process.once('disconnect', () => process.exit(0));

process.send?.({
  url: gateway.url,
  awsEndpoint: gateway.sqsEndpoint,
  eventQueueUrl: gateway.queues['EventQueue'] ?? '',
  tables: gateway.tables,
  operator: gateway.operator,
} satisfies Places);
