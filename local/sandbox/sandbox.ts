import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { FunctionBlueprint } from '../blueprint/functions.ts';
import type { Exchange } from '../wire.ts';
import type { FromSandbox, SandboxCode, Shortcut, Stream, ToSandbox } from './messages.ts';

/** How an invocation ended. `crashed`: the sandbox ended with it, or never started. */
export type Outcome =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'threw' | 'crashed'; readonly errorType: string; readonly errorMessage: string }
  | { readonly kind: 'timed_out' };

export type WriteLine = (line: string, stream: Stream, requestId: string | undefined) => void;

export type SandboxOptions = {
  readonly lambda: FunctionBlueprint;
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: WriteLine;
  /** Services the sandbox reaches without a socket. */
  readonly shortcuts: readonly (Shortcut & { readonly exchange: Exchange })[];
  /** See `GatewayOptions`. */
  readonly timeScale: number;
};

/**
 * One execution environment of a function: a worker thread with the function's bundle and nothing but its environment.
 * It handles one event at a time; after `timed_out` or `crashed` it is dead.
 */
export type Sandbox = {
  /** Resolves to undefined once the bundle is loaded, or to why it could not be. */
  readonly started: Promise<Outcome | undefined>;
  readonly invoke: (event: unknown) => Promise<Outcome>;
  /** Resolves when the sandbox is dead, for whatever reason. */
  readonly ended: Promise<void>;
  readonly close: () => Promise<void>;
};

/**
 * Heap limits of one sandbox. Lambda gives far more, but half a dozen heaps of that size would not fit beside one another,
 * and the young generation alone would grow to 3 x 16 MB in each.
 */
const resourceLimits = { maxOldGenerationSizeMb: 40, maxYoungGenerationSizeMb: 4 };

/**
 * Lets V8 collect a heap when it has grown by a fifth since the last time, instead of up to fourfold. It is the flag of the
 * whole process, read at each collection. V8's own `--optimize-for-size` saves 50 MB more, but functions stay slow with it:
 * after ten seconds of pings each took 3.3 ms of processor time instead of 2.3.
 */
export const preferSmallHeaps = (): void => setFlagsFromString('--heap-growing-percent=20');

const workerFile = new URL('./worker.mjs', import.meta.url);

export const startSandbox = ({ lambda, environment, onLine, shortcuts, timeScale }: SandboxOptions): Sandbox => {
  const code: SandboxCode = {
    moduleUrl: pathToFileURL(join(lambda.codeDir, lambda.moduleFile)).href,
    exportName: lambda.exportName,
    shortcuts: shortcuts.map(({ origin, pathPrefix }) => ({ origin, pathPrefix })),
    timeScale,
  };
  const worker = new Worker(workerFile, {
    workerData: code,
    env: { ...environment },
    execArgv: [],
    resourceLimits,
    stdout: true,
    stderr: true,
  });
  const start = Promise.withResolvers<Outcome | undefined>();
  const end = Promise.withResolvers<void>();
  let current: { requestId: string; timer: NodeJS.Timeout; settle: (outcome: Outcome) => void } | undefined;

  const settle = (outcome: Outcome): void => {
    clearTimeout(current?.timer);
    current?.settle(outcome);
    current = undefined;
  };
  const crash = (errorType: string, errorMessage: string): void => {
    start.resolve({ kind: 'crashed', errorType, errorMessage });
    settle({ kind: 'crashed', errorType, errorMessage });
    end.resolve();
  };

  const tell = (message: ToSandbox): void => worker.postMessage(message);
  const answer = async ({ id, origin, request }: Extract<FromSandbox, { type: 'called' }>): Promise<void> => {
    const exchange = shortcuts.find(
      (one) => one.origin === origin && request.path.startsWith(one.pathPrefix),
    )?.exchange;
    if (exchange !== undefined) tell({ type: 'answered', id, answer: await exchange(request) });
  };

  worker.on('message', (message: FromSandbox) => {
    switch (message.type) {
      case 'ready':
        return start.resolve(undefined);
      case 'failed':
        return crash(message.errorType, message.errorMessage);
      case 'returned':
        return settle({ kind: 'returned', value: message.value === undefined ? undefined : JSON.parse(message.value) });
      case 'threw':
        return settle({ kind: 'threw', errorType: message.errorType, errorMessage: message.errorMessage });
      case 'wrote':
        return onLine(message.line, message.stream, current?.requestId);
      case 'called':
        return void answer(message);
      default:
        return message satisfies never;
    }
  });
  worker.on('error', (error: Error) => {
    const requestId = current?.requestId;
    crash(error.name, error.message);
    onLine(String(error), 'stderr', requestId);
  });
  worker.on('exit', () => crash('Runtime.ExitError', 'the function ended its process'));

  return {
    started: start.promise,
    invoke: (event) =>
      new Promise((resolve) => {
        const { functionName, arn, memoryMb, timeoutMs } = lambda;
        const requestId = crypto.randomUUID();
        const timer = setTimeout(() => {
          onLine(`${requestId} Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`, 'stderr', requestId);
          settle({ kind: 'timed_out' });
          void worker.terminate();
        }, timeoutMs * timeScale);
        current = { requestId, timer, settle: resolve };
        tell({
          type: 'invoke',
          event: JSON.stringify(event),
          requestId,
          timeoutMs,
          functionName,
          functionArn: arn,
          memoryMb,
        });
      }),
    ended: end.promise,
    close: async () => {
      await worker.terminate();
    },
  };
};
