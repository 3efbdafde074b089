/** A CDK app as its folder describes it to the CDK's command line: what is run, and what it is told. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';

export type CdkApp = Readonly<{
  folder: string;
  /** The command line that synthesizes it. */
  command: string;
  /** What is run before. */
  build: string | undefined;
  /** Where the CDK puts its assembly, seen from the folder. */
  output: string;
  /** What it is told, by `cdk.json` first, by `cdk.context.json` else, where the CDK keeps what it once looked up. */
  context: Readonly<Record<string, unknown>>;
  /** Patterns of the files that the app is made from; undefined: all that there are in the folder. */
  sources: readonly string[] | undefined;
}>;

/** An app cannot be read or synthesized. The message is one sentence with the cause in it; `output` is all that the app printed. */
export class AppError extends Error {
  readonly code = 'APP_FAILED';
  readonly problem: string;
  readonly output: string;

  constructor(message: string, { problem = message, output = '' } = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AppError';
    this.problem = problem;
    this.output = output;
  }
}

/** The key of `cdk.json`'s context by which an app says what it is made from. */
const sourcesKey = 'maitred:sources';

const settings = v.object({
  app: v.optional(v.string()),
  build: v.optional(v.string()),
  output: v.optional(v.string(), 'cdk.out'),
  context: v.optional(v.objectWithRest({ [sourcesKey]: v.optional(v.array(v.string())) }, v.unknown()), {}),
});
const keptContext = v.record(v.string(), v.unknown());

/** Reads `cdk.json` and `cdk.context.json`, which need not be there. Throws `AppError`. */
export const readCdkApp = (folder: string): CdkApp => {
  const { app, build, output, context } = readFile(folder, 'cdk.json', settings);
  if (app === undefined)
    throw new AppError(`${join(folder, 'cdk.json')} names no "app", which is the command that synthesizes it.`);
  return {
    folder,
    command: app,
    build,
    output,
    context: { ...readFile(folder, 'cdk.context.json', keptContext, '{}'), ...context },
    sources: context[sourcesKey],
  };
};

/** `-c key=value`, once for each, as the CDK has it. */
export const contextOf = (said: readonly string[]): Readonly<Record<string, string>> | undefined => {
  const pairs = said.map((one) => /^([^=]+)=(.*)$/s.exec(one));
  return pairs.some((pair) => pair === null)
    ? undefined
    : Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']));
};

const readFile = <Schema extends v.GenericSchema>(
  folder: string,
  name: string,
  schema: Schema,
  otherwise?: string,
): v.InferOutput<Schema> => {
  const file = join(folder, name);
  let read: unknown;
  try {
    read = JSON.parse(textOf(file, otherwise));
  } catch (cause) {
    throw new AppError(`${file} cannot be read as JSON.`, {}, { cause });
  }
  const checked = v.safeParse(schema, read);
  if (checked.success) return checked.output;
  const [issue] = checked.issues;
  throw new AppError(`${file} is not as the CDK has it: ${v.getDotPath(issue) ?? 'the file'}: ${issue.message}.`);
};

const textOf = (file: string, otherwise: string | undefined): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (otherwise !== undefined) return otherwise;
    throw error;
  }
};
