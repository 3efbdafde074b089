/**
 * One subject of the benchmark, as a process of its own, driven over IPC: `node subject.ts bare` is a bare `ws` echo,
 * `node subject.ts gateway DIR` the local gateway on a synthesized assembly.
 */
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { startGateway } from '../../local/gateway.ts';

export type SubjectRequest = Readonly<{
  id: number;
  ask: 'token' | 'memory' | 'meter' | 'reset_meter' | 'log_bytes' | 'places';
}>;
export type SubjectReply = Readonly<{ id: number; value: unknown }>;
export type SubjectReady = Readonly<{ url: string; readyMs: number }>;

const [kind, assemblyDir = ''] = process.argv.slice(2);
const startedMs = performance.now();

const memory = (): number => {
  globalThis.gc?.();
  return process.memoryUsage.rss();
};

const answering = (answers: Record<SubjectRequest['ask'], () => unknown>): void => {
  process.on('message', async ({ id, ask }: SubjectRequest) => {
    process.send?.({ id, value: await answers[ask]() } satisfies SubjectReply);
  });
  process.once('disconnect', () => process.exit(0));
};

const ready = (url: string): void => {
  process.send?.({ url, readyMs: performance.now() - startedMs } satisfies SubjectReady);
};

if (kind === 'bare') {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  server.on('connection', (socket) => socket.on('message', (data) => socket.send(String(data))));
  const nothing = () => undefined;
  answering({ token: nothing, memory, meter: nothing, reset_meter: nothing, log_bytes: nothing, places: nothing });
  server.once('listening', () => ready(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`));
} else {
  let logBytes = 0;
  const gateway = await startGateway({
    assemblyDir,
    onEvent: (event) => {
      if (event.type === 'log') logBytes += Buffer.byteLength(event.line);
    },
  });
  answering({
    token: () => gateway.token('chef'),
    memory,
    meter: () => ({ ...gateway.meter, reset: undefined }),
    reset_meter: () => {
      logBytes = 0;
      gateway.meter.reset();
    },
    log_bytes: () => logBytes,
    places: () => ({
      sqsEndpoint: gateway.sqsEndpoint,
      eventQueueUrl: gateway.queues['EventQueue'],
      dynamodbEndpoint: gateway.dynamodbEndpoint,
      membershipsTable: gateway.tables.memberships,
      operator: gateway.operator,
    }),
  });
  ready(gateway.url);
}
