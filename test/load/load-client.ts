/** A socket as the benchmark drives it: send one message, wait for its answer. */
import { WebSocket } from 'ws';

const answerTimeoutMs = 15_000;

export type LoadSocket = Readonly<{
  /** Sends a frame and resolves with the next frame that comes; rejects when the socket closes or 15 s pass first. */
  ask: (frame: string) => Promise<string>;
  close: () => Promise<void>;
}>;

/** Opens a socket; rejects when the handshake fails. */
export const openSocket = (url: string): Promise<LoadSocket> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    let waiting:
      | { resolve: (frame: string) => void; reject: (error: Error) => void; timer: NodeJS.Timeout }
      | undefined;
    const settle = (): typeof waiting => {
      const settled = waiting;
      waiting = undefined;
      if (settled) clearTimeout(settled.timer);
      return settled;
    };
    const closed = new Promise<void>((done) => socket.once('close', () => done()));
    socket.once('error', reject);
    socket.on('error', (error) => settle()?.reject(error));
    socket.on('close', (code) => settle()?.reject(new Error(`closed with ${code}`)));
    socket.on('message', (data) => settle()?.resolve(String(data)));
    socket.once('open', () =>
      resolve({
        ask: (frame) =>
          new Promise((answered, failed) => {
            const timer = setTimeout(() => settle()?.reject(new Error('no answer')), answerTimeoutMs);
            waiting = { resolve: answered, reject: failed, timer };
            socket.send(frame);
          }),
        close: async () => {
          socket.close();
          await closed;
        },
      }),
    );
  });

/** Runs `count` jobs, `atOnce` at a time, and resolves with how long it took in seconds. */
export const inParallel = async (
  count: number,
  atOnce: number,
  job: (index: number) => Promise<void>,
): Promise<number> => {
  let next = 0;
  const startedMs = performance.now();
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await job(index);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker));
  return (performance.now() - startedMs) / 1000;
};

export type RoundTrips = Readonly<{ perSecond: number; p50Ms: number; p99Ms: number; errors: number }>;

/** Every socket asks, waits, asks again, for `seconds`. A lost or wrong answer is an error and ends that socket's part. */
export const roundTrips = async (
  sockets: readonly LoadSocket[],
  frame: string,
  isAnswer: (answer: string) => boolean,
  seconds: number,
): Promise<RoundTrips> => {
  const tookMs: number[] = [];
  let errors = 0;
  const startedMs = performance.now();
  const endMs = startedMs + seconds * 1000;
  await Promise.all(
    sockets.map(async (socket) => {
      while (performance.now() < endMs) {
        const askedMs = performance.now();
        try {
          if (!isAnswer(await socket.ask(frame))) throw new Error('not the answer');
        } catch {
          errors += 1;
          return;
        }
        tookMs.push(performance.now() - askedMs);
      }
    }),
  );
  const elapsedSeconds = (performance.now() - startedMs) / 1000;
  tookMs.sort((a, b) => a - b);
  const quantile = (q: number): number =>
    tookMs[Math.min(tookMs.length - 1, Math.floor(tookMs.length * q))] ?? Number.NaN;
  return { perSecond: tookMs.length / elapsedSeconds, p50Ms: quantile(0.5), p99Ms: quantile(0.99), errors };
};
