import type { FunctionBlueprint } from './blueprint/functions.ts';
import type { GatewayEvent } from './gateway-event.ts';
import type { Recorder } from './meter.ts';
import { createPool, type PoolOptions } from './sandbox/pool.ts';
import { type Outcome, preferSmallHeaps, type SandboxOptions, startSandbox } from './sandbox/sandbox.ts';
import { StartError } from './start-error.ts';
import { type FindMap, resolvedText } from './traces.ts';

type Parts = {
  readonly lambdas: readonly FunctionBlueprint[];
  readonly shortcuts: SandboxOptions['shortcuts'];
  readonly environmentOf: (lambda: FunctionBlueprint) => SandboxOptions['environment'];
  readonly sandboxes: Omit<PoolOptions, 'start'>;
  /** See `GatewayOptions`. */
  readonly timeScale: number;
  readonly recorder: Recorder;
  /** By which stack traces in log lines get the places in the sources. */
  readonly findMap: FindMap;
  readonly onEvent: (event: GatewayEvent) => void;
};

/** What a caller of a function knows about the invocation. */
export type InvokeOptions = {
  /** How long the caller waits, by the functions' clock; the function has a timeout of its own. */
  readonly timeoutMs?: number;
  /** The connection it is about, for whoever watches. */
  readonly connectionId?: string;
};

/** The functions of the app, each with its sandboxes. */
export type Functions = {
  /**
   * Runs a function, named by its ARN, its function name or its short name, with the event that `makeEvent` yields when a
   * sandbox is free. Throws when there is none of that name.
   */
  readonly invoke: (name: string, makeEvent: () => unknown, options?: InvokeOptions) => Promise<Outcome>;
  /** Starts a first sandbox of every function; rejects when one cannot load its bundle. */
  readonly warm: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export const createFunctions = ({
  lambdas,
  environmentOf,
  shortcuts,
  sandboxes,
  timeScale,
  recorder,
  findMap,
  onEvent,
}: Parts): Functions => {
  preferSmallHeaps();
  const functions = lambdas.map((lambda) => {
    const onLine: SandboxOptions['onLine'] = (line, stream, requestId) =>
      onEvent({ type: 'log', functionName: lambda.name, stream, requestId, line: resolvedText(line, findMap) });
    const environment = environmentOf(lambda);
    return {
      lambda,
      pool: createPool({
        start: () => startSandbox({ lambda, environment, onLine, shortcuts, timeScale }),
        ...sandboxes,
      }),
    };
  });
  const byName = new Map(
    functions.flatMap((one) => [one.lambda.name, one.lambda.functionName, one.lambda.arn].map((name) => [name, one])),
  );

  return {
    invoke: async (name, makeEvent, { timeoutMs = Number.POSITIVE_INFINITY, connectionId } = {}) => {
      const found = byName.get(name);
      if (found === undefined) throw new Error(`there is no function ${name}, only ${lambdas.map((one) => one.name)}`);
      const { lambda, pool } = found;
      recorder.invoked(lambda.name);
      const outcome = await within(
        timeoutMs < lambda.timeoutMs ? timeoutMs * timeScale : undefined,
        pool.invoke(makeEvent),
      );
      if (outcome.kind !== 'returned') onEvent({ type: 'failed', functionName: lambda.name, outcome, connectionId });
      return outcome;
    },
    warm: async () => {
      const failures = await Promise.all(functions.map(({ pool }) => pool.warm()));
      failures.forEach((failure, i) => {
        if (failure?.kind === 'crashed')
          throw new StartError(
            'FUNCTION_UNLOADABLE',
            `${functions[i]?.lambda.name} cannot be loaded: ${failure.errorType}: ${failure.errorMessage}`,
          );
      });
    },
    close: async () => {
      await Promise.all(functions.map(({ pool }) => pool.close()));
    },
  };
};

/** The caller stops waiting; the function goes on. */
const within = async (timeoutMs: number | undefined, running: Promise<Outcome>): Promise<Outcome> => {
  if (timeoutMs === undefined) return running;
  const late = Promise.withResolvers<Outcome>();
  const timer = setTimeout(() => late.resolve({ kind: 'timed_out' }), timeoutMs);
  const outcome = await Promise.race([running, late.promise]);
  clearTimeout(timer);
  return outcome;
};
