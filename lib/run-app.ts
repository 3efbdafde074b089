/** Runs a CDK app as the CDK's command line does, with nothing looked up in AWS. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { AppError, type CdkApp } from './cdk-app.ts';

export type AppRun = Readonly<{
  app: CdkApp;
  /** Folder for the cloud assembly; no other synthesis may use it at the same time. */
  outdir: string;
  /** What is said on the command line: it goes before what the app's files say. */
  context?: Readonly<Record<string, unknown>>;
  /** Whether `buildApp` has run already. Default: no. */
  isBuilt?: boolean;
  /** Whether templates are checked against CloudFormation's rules and the app's rule packs. Default: yes. */
  validate?: boolean;
}>;

/** Makes the cloud assembly of an app; rejects with `AppError`. */
export const runApp = async ({
  app,
  outdir,
  context = {},
  isBuilt = false,
  validate = true,
}: AppRun): Promise<void> => {
  const { folder, command } = app;
  if (!isBuilt) await buildApp(app, context);
  await withEnvironment(app, context, (environment) =>
    execute(interpreted(command, folder), folder, {
      ...environment,
      CDK_OUTDIR: outdir,
      CDK_VALIDATION: String(validate),
    }),
  );
  if (!existsSync(join(outdir, 'manifest.json')))
    throw failure(folder, `"${command}" has made no cloud assembly where CDK_OUTDIR says`, '');
};

/** Runs what the app has for before its synthesis, if anything; rejects with `AppError`. */
export const buildApp = async (app: CdkApp, context: Readonly<Record<string, unknown>> = {}): Promise<void> => {
  const { folder, build } = app;
  if (build !== undefined) await withEnvironment(app, context, (environment) => execute(build, folder, environment));
};

/** Where `app` is no command: a folder that holds an assembly already. */
export const madeAssembly = ({ folder, command }: CdkApp): string | undefined => {
  const path = resolve(folder, command);
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? path : undefined;
};

/** What the CDK's command line adds by itself, and where constructs stand is read of it. */
const contextOfCommandLine = { 'aws:cdk:enable-path-metadata': true, 'aws:cdk:enable-asset-metadata': true };

const withEnvironment = async (
  app: CdkApp,
  context: Readonly<Record<string, unknown>>,
  use: (environment: NodeJS.ProcessEnv) => Promise<void>,
): Promise<void> => {
  const scratch = mkdtempSync(join(tmpdir(), 'maitred-context-'));
  try {
    const told = { ...app.context, ...contextOfCommandLine, ...context };
    await use({
      ...process.env,
      PATH: pathFor(app.folder),
      ...environmentFrom(app.context),
      ...contextIn(told, join(scratch, 'context.json')),
      // What is not installed is an error, and is not fetched.
      npm_config_yes: 'false',
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
};

/** As `npx` has it, and with the Node that runs this: a command of the app's packages is found by its name. */
const pathFor = (folder: string): string => {
  const found: string[] = [];
  for (let at = folder; ; at = dirname(at)) {
    found.push(join(at, 'node_modules', '.bin'));
    if (dirname(at) === at) break;
  }
  return [dirname(process.execPath), ...found, process.env['PATH'] ?? ''].join(delimiter);
};

/** A variable has room for 128 KiB on Linux, and all of them together for 32 KiB on Windows. */
const roomInVariable = process.platform === 'win32' ? 16_000 : 120_000;

/** What does not fit lies in a file, as the CDK has it. */
const contextIn = (context: Readonly<Record<string, unknown>>, file: string): Readonly<Record<string, string>> => {
  const text = JSON.stringify(context);
  if (Buffer.byteLength(text) < roomInVariable) return { CDK_CONTEXT_JSON: text };
  writeFileSync(file, text);
  return { CDK_CONTEXT_JSON: '{}', CONTEXT_OVERFLOW_LOCATION_ENV: file };
};

/**
 * The account and region of whoever deploys are asked of nobody: what this shell says of them goes, else what the look-ups that were
 * kept are of, where that is one, so that they are found again.
 */
const environmentFrom = (context: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> => {
  const [account, ...otherAccounts] = valuesOf(context, /(?:^|:)account=(\d{12})(?::|$)/);
  const [region, ...otherRegions] = valuesOf(context, /(?:^|:)region=([a-z0-9-]+)(?::|$)/);
  const { CDK_DEFAULT_ACCOUNT, CDK_DEFAULT_REGION, AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  const its =
    CDK_DEFAULT_REGION ?? AWS_REGION ?? AWS_DEFAULT_REGION ?? (otherRegions.length === 0 ? region : undefined);
  const who = CDK_DEFAULT_ACCOUNT ?? (otherAccounts.length === 0 ? account : undefined);
  return {
    ...(who !== undefined && { CDK_DEFAULT_ACCOUNT: who }),
    ...(its !== undefined && { CDK_DEFAULT_REGION: its }),
  };
};

const valuesOf = (context: Readonly<Record<string, unknown>>, pattern: RegExp): readonly string[] => [
  ...new Set(Object.keys(context).flatMap((key) => pattern.exec(key)?.[1] ?? [])),
];

/** A script that is named without what runs it. */
const interpreted = (command: string, folder: string): string =>
  command.endsWith('.js') && existsSync(join(folder, command)) ? `node "${command}"` : command;

const execute = async (command: string, folder: string, env: NodeJS.ProcessEnv): Promise<void> => {
  // A process of its own: the CDK takes 200 to 500 MB, which whoever runs the result should not keep.
  const child = spawn(command, { shell: true, cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, outcome] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    new Promise<number | NodeJS.Signals | Error | null>((resolve) => {
      child.on('error', resolve);
      child.on('close', (code, signal) => resolve(code ?? signal));
    }),
  ]);
  if (outcome === 0) return;
  const output = `${stderr}${stdout}`;
  throw failure(folder, outcome instanceof Error ? outcome.message : problemIn(output, outcome), output);
};

const failure = (folder: string, problem: string, output: string): AppError => {
  const whole = isNotInstalled.test(problem) ? `${problem}, so its packages are not installed there` : problem;
  return new AppError(`The app in ${folder} cannot be synthesized: ${whole}`, { problem, output });
};

/** A module that is named without a path; what `npx` would have to fetch; Python's words. */
const isNotInstalled = /Cannot find (?:module|package) '[^'./]|due to missing packages|^No module named/;

/**
 * The first finding of the validation (a warning of a rule pack fails it, too), or else what a compiler said, or the first line of the
 * last error that was told, and of several in one ("AError: …: BError: …") the innermost. What goes wrong while modules are loaded is
 * told by Node, the rest by the app. Of what tells no error the last line is as good as any.
 */
const problemIn = (output: string, outcome: number | string | null): string => {
  const finding = (/^ERROR (.+)$/m.exec(output) ?? /^WARNING (.+)$/m.exec(output))?.[1];
  const compiled = /^.*\berror TS\d+: .+$/m.exec(output)?.[0];
  const errors = /^(?:(?:error|(?:\w+\.)*\w*(?:Error|Exception)(?: \[\w+\])?):|\[?«\w+») (.+)$/gm;
  const told = [...output.matchAll(errors)].at(-1)?.[1];
  const npm = /^npm (?:error|ERR!) (npx .+)$/m.exec(output)?.[1];
  const last = output.split('\n').findLast((line) => /^[^\s].*\w/.test(line) && !line.startsWith('Node.js v'));
  return (
    finding ??
    compiled ??
    npm ??
    told?.replace(/^.*\b\w*Error: /, '') ??
    last ??
    `it ended with ${outcome}`
  ).trim();
};
