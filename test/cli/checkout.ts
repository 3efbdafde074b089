/**
 * A checkout of the project in a folder of its own, and the commands as a person runs them there: no test meets the
 * gateway of whoever runs the tests, nor another test's.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How a command ended. */
export type Ended = Readonly<{ code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }>;

export type RunningCommand = Readonly<{
  pid: number;
  /** Resolves when the output so far has the text; rejects when the command ends without it or 30 s pass. */
  says: (text: string) => Promise<void>;
  /** Ctrl-C, as a terminal sends it: to the command and all that it started. */
  interrupt: () => void;
  kill: () => void;
  ended: Promise<Ended>;
}>;

export type RunningGateway = RunningCommand & Readonly<{ url: string; port: string; file: GatewayFile }>;

/** What a file in `.maitred/gateways` tells the other commands. */
type GatewayFile = Readonly<{
  pid: number;
  url: string;
  issuerUrl: string;
  dynamodbEndpoint: string;
  sqsEndpoint: string;
  managementUrl: string;
  eventQueueUrl: string;
  operator: Readonly<{ accessKeyId: string; secretAccessKey: string }>;
  tables: Readonly<Record<string, string>>;
}>;

export type Checkout = Readonly<{
  dir: string;
  /** Where its gateways write how they are reached. */
  gatewaysDir: string;
  start: (command: string, ...args: readonly string[]) => RunningCommand;
  run: (command: string, ...args: readonly string[]) => Promise<Ended>;
  /** The same where the command takes its output for a terminal. */
  runInTerminal: (command: string, ...args: readonly string[]) => Promise<Ended>;
  /** `npm start` on a free port; resolves when it says that it is ready. */
  startGateway: (...args: readonly string[]) => Promise<RunningGateway>;
  /** Ends what is left and deletes the folder. */
  remove: () => Promise<void>;
}>;

const projectDir = join(import.meta.dirname, '..', '..');
const sources = ['bin', 'client', 'config', 'console', 'lambdas', 'lib', 'local', 'protocol'];
const timeoutMs = 30_000;
const settings = ['cdk.json', 'package.json', 'tsconfig.json'];

export const createCheckout = (): Checkout => {
  const dir = mkdtempSync(join(tmpdir(), 'maitred-checkout-'));
  for (const path of [...sources, ...settings]) cpSync(join(projectDir, path), join(dir, path), { recursive: true });
  symlinkSync(join(projectDir, 'node_modules'), join(dir, 'node_modules'));
  const gatewaysDir = join(dir, '.maitred', 'gateways');
  const running = new Set<RunningCommand>();

  const startWith =
    (...nodeOptions: readonly string[]) =>
    (command: string, ...args: readonly string[]): RunningCommand => {
      const child = spawn(process.execPath, [...nodeOptions, join('bin', `${command}.ts`), ...args], {
        cwd: dir,
        // A group of its own, so that Ctrl-C can be sent to all of it.
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const watched = watch(child);
      running.add(watched);
      void watched.ended.then(() => running.delete(watched));
      return watched;
    };

  const start = startWith();
  const startInTerminal = startWith('--import', 'data:text/javascript,process.stdout.isTTY=true');

  return {
    dir,
    gatewaysDir,
    start,
    run: (command, ...args) => start(command, ...args).ended,
    runInTerminal: (command, ...args) => startInTerminal(command, ...args).ended,
    startGateway: async (...args) => {
      const command = start('start', '--port', '0', ...args);
      try {
        await command.says('Ctrl-C ends it.');
        const files = readdirSync(gatewaysDir).map(
          (name): GatewayFile => JSON.parse(readFileSync(join(gatewaysDir, name), 'utf8')),
        );
        const file = files.find(({ pid }) => pid === command.pid);
        if (file === undefined) throw new Error('the gateway has written no file');
        return { ...command, url: file.url, port: new URL(file.url).port, file };
      } catch (error) {
        command.kill();
        throw error;
      }
    },
    remove: async () => {
      for (const command of running) command.kill();
      await Promise.all([...running].map(({ ended }) => ended));
      rmSync(dir, { recursive: true });
    },
  };
};

const watch = (child: ChildProcess): RunningCommand => {
  const { pid } = child;
  if (pid === undefined) throw new Error('the command cannot be started');
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const listener of listeners) listener();
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const signalGroup = (signal: NodeJS.Signals): void => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-pid, signal);
  };
  return {
    pid,
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!stdout.includes(text)) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
        const fail = (what: string) => reject(new Error(`the command ${what} "${text}": ${stdout}${stderr}`));
        setTimeout(fail, timeoutMs, 'has not said').unref();
        void ended.then(() => fail('ended without'));
      }),
    interrupt: () => signalGroup('SIGINT'),
    kill: () => signalGroup('SIGKILL'),
    ended,
  };
};
