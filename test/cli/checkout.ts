/**
 * A checkout of the project in a folder of its own, and the commands as a person runs them there: no test meets the
 * gateway of whoever runs the tests, nor another test's.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { keptAssembly } from '../../lib/kept-assembly.ts';
import type { Answered, Asked } from './resident.ts';

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
  eventDeadLettersUrl: string;
  outboxDeadLettersUrl?: string;
  operator: Readonly<{ accessKeyId: string; secretAccessKey: string; region: string }>;
  tables: Readonly<Record<string, string>>;
}>;

export type Checkout = Readonly<{
  dir: string;
  /** Where its gateways write how they are reached. */
  gatewaysDir: string;
  /** A command in a process of its own. */
  start: (command: string, ...args: readonly string[]) => RunningCommand;
  /** A command in the one process that runs all those of this checkout, one after another. */
  run: (command: string, ...args: readonly string[]) => Promise<Answered>;
  /** The same in another working directory. */
  runIn: (cwd: string, command: string, ...args: readonly string[]) => Promise<Answered>;
  /** A command in a process of its own, in another working directory. */
  startIn: (cwd: string, command: string, ...args: readonly string[]) => RunningCommand;
  /** The same where the command takes its output for a terminal. */
  runInTerminal: (command: string, ...args: readonly string[]) => Promise<Answered>;
  /** `npm start` on a free port; resolves when it says that it is ready. */
  startGateway: (...args: readonly string[]) => Promise<RunningGateway>;
  /** Ends what is left and deletes the folder. */
  remove: () => Promise<void>;
}>;

const projectDir = join(import.meta.dirname, '..', '..');
const sources = [
  'bin',
  'client',
  'config',
  'config-schema',
  'cost',
  'console',
  'lambdas',
  'lib',
  'local',
  'presets',
  'protocol',
  'scale',
  'transport',
];
const timeoutMs = 30_000;
const settings = ['cdk.json', 'package.json', 'tsconfig.json'];

/** @param hasStarted whether the assembly of an earlier start is there, so that the next one need not make it */
export const createCheckout = ({ hasStarted = true } = {}): Checkout => {
  const dir = mkdtempSync(join(tmpdir(), 'maitred-checkout-'));
  for (const path of [...sources, ...settings]) cpSync(join(projectDir, path), join(dir, path), { recursive: true });
  symlinkSync(join(projectDir, 'node_modules'), join(dir, 'node_modules'));
  const gatewaysDir = join(dir, '.maitred', 'gateways');
  const running = new Set<RunningCommand>();

  const startIn = (cwd: string, command: string, ...args: readonly string[]): RunningCommand => {
    const child = spawn(process.execPath, [join(dir, 'bin', `${command}.ts`), ...args], {
      cwd,
      // A group of its own, so that Ctrl-C can be sent to all of it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const watched = watch(child);
    running.add(watched);
    void watched.ended.then(() => running.delete(watched));
    return watched;
  };

  const start: Checkout['start'] = (command, ...args) => startIn(dir, command, ...args);

  const keepAssembly = async (): Promise<void> => {
    const assembly = await keptAssembly('local');
    cpSync(assembly, join(dir, '.maitred', 'assemblies', basename(assembly)), { recursive: true });
  };

  const resident = residentIn(dir);

  return {
    dir,
    gatewaysDir,
    start,
    startIn,
    run: (command, ...args) => resident.ask({ command, args, isTerminal: false, cwd: dir }),
    runIn: (cwd, command, ...args) => resident.ask({ command, args, isTerminal: false, cwd }),
    runInTerminal: (command, ...args) => resident.ask({ command, args, isTerminal: true, cwd: dir }),
    startGateway: async (...args) => {
      if (hasStarted) await keepAssembly();
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
      await resident.end();
      for (const command of running) command.kill();
      await Promise.all([...running].map(({ ended }) => ended));
      rmSync(dir, { recursive: true });
    },
  };
};

/** The process of `resident.ts`, started when the first command is asked for. */
const residentIn = (cwd: string) => {
  let child: ChildProcess | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const answer = async (asked: Asked): Promise<Answered> => {
    child ??= fork(join(import.meta.dirname, 'resident.ts'), [], { cwd, execArgv: [], stdio: 'inherit' });
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`${asked.command} ended the process that runs commands, with ${code}`);
    });
    child.send(asked);
    const [answered] = await Promise.race([once(child, 'message'), ended]);
    return answered;
  };

  return {
    ask: (asked: Asked): Promise<Answered> => {
      const answering = last.then(() => answer(asked));
      last = answering.catch(() => {});
      return answering;
    },
    end: async (): Promise<void> => {
      if (child === undefined || child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
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
