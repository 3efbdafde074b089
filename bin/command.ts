/** What the commands have in common: arguments that are checked, errors that are one sentence. */
import { type ParseArgsConfig, parseArgs } from 'node:util';

/** Something the person at the keyboard can put right. Its message is one sentence. */
export class UsageError extends Error {
  readonly code = 'USAGE';
  override readonly name = 'UsageError';
}

type Options = NonNullable<ParseArgsConfig['options']>;

/** Reads the command line; `--help` prints `help` and ends. Throws `UsageError` on an unknown option or a missing value. */
export const readArguments = <O extends Options>(help: string, options: O) => {
  try {
    const read = parseArgs({ options: { ...options, help: { type: 'boolean' as const } }, allowPositionals: true });
    if ((read.values as { help?: boolean }).help === true) {
      process.stdout.write(help);
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

/** Runs a command. What the person can put right, or what the world refused, is one sentence on stderr and exit code 1. */
export const run = async (command: () => Promise<void>): Promise<void> => {
  try {
    await command();
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n`);
    process.exitCode = 1;
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
