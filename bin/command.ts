/** What the commands have in common: arguments that are checked, errors that are one sentence. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { type Ending, exitCodes } from './exit-codes.ts';

export { called, isPackaged } from './called.ts';

/** Ends a command. Its message is one sentence; its code is an ending, by which the shell gets a number. */
abstract class CommandError extends Error {
  abstract readonly code: Ending;
}

/** Something the person at the keyboard can put right. */
export class UsageError extends CommandError {
  readonly code = 'usage';
  override readonly name = 'UsageError';
}

/** What was named is not there. */
export class NotFoundError extends CommandError {
  readonly code = 'not_found';
  override readonly name = 'NotFoundError';
}

/** As things stand it may not be done, and was not. */
export class RefusedError extends CommandError {
  readonly code = 'refused';
  override readonly name = 'RefusedError';
}

/** What a command needs cannot be had now, such as a gateway that runs. */
export class FailedError extends CommandError {
  readonly code = 'failed';
  override readonly name = 'FailedError';
}

type Options = NonNullable<ParseArgsConfig['options']>;

/**
 * Reads the command line; `--help` prints `help`, which may be another for each stage that is said, and ends. Throws `UsageError` on an
 * unknown option or a missing value.
 */
export const readArguments = <O extends Options>(
  help: string | ((said: Readonly<{ stage?: string; stack?: string[]; port?: string }>) => string),
  options: O,
) => {
  try {
    const read = parseArgs({ options: { ...options, help: { type: 'boolean' as const } }, allowPositionals: true });
    const said = read.values as { help?: boolean; stage?: string; stack?: string[]; port?: string };
    if (said.help === true) {
      process.stdout.write(typeof help === 'string' ? help : help(said));
      process.exit(0);
    }
    return read;
  } catch (error) {
    const [sentence] = error instanceof Error ? error.message.split('. ') : [String(error)];
    throw new UsageError(`${sentence}; see --help`);
  }
};

/** For a command that takes no arguments: `--help` prints `help` and ends, and whatever else was said is a `UsageError`. */
export const takeNoArguments = (help: string): void => {
  const { positionals } = readArguments(help, {});
  if (positionals.length > 0) throw new UsageError(`${positionals.join(' ')} is not understood; see --help`);
};

/**
 * Runs a command; it is `done` unless it says otherwise. What it throws is one sentence on stderr, with `--json` one JSON object, and
 * the exit code of its ending: of what the world refused, `failed`.
 */
export const run = async (command: (() => Promise<Ending>) | (() => Promise<void>)): Promise<void> => {
  try {
    const ending = await command();
    if (typeof ending === 'string') process.exitCode = exitCodes[ending];
  } catch (error) {
    const ending = error instanceof CommandError ? error.code : 'failed';
    const sentence = sentenceOf(error);
    // Asked of the words themselves: what could not be understood is told as well.
    const isJson = process.argv.includes('--json');
    process.stderr.write(`${isJson ? JSON.stringify({ error: ending, message: sentence }) : sentence}\n`);
    process.exitCode = exitCodes[ending];
  }
};

const sentenceOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const nested = error instanceof AggregateError ? error.errors[0] : undefined;
  return (error.message || (nested instanceof Error ? nested.message : error.name)).split('\n')[0] ?? error.name;
};

/** A TCP port; throws `UsageError` otherwise. */
export const portFrom = (text: string): number => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new UsageError(`--port is a number from 0 to 65535, got ${text}`);
  return port;
};

/** `90s`, `15m`, `1h`, `7d` in milliseconds; throws `UsageError` otherwise. */
export const durationMs = (text: string): number => {
  const match = /^(\d{1,5})([smhd])$/.exec(text);
  if (match === null) throw new UsageError(`a time span is a number and s, m, h or d, such as 90s or 1h; got ${text}`);
  const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] as 's' | 'm' | 'h' | 'd'];
  return Number(match[1]) * unitMs;
};
