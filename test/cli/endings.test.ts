import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { connect } from '../../bin/smoke/client.ts';
import { until } from '../conversation/until.ts';
import { type Checkout, createCheckout } from './checkout.ts';

let here: Checkout;
let started: ChildProcess | undefined;
beforeAll(() => {
  here = createCheckout();
});
afterEach(() => {
  for (const { pid } of gateways()) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  // Whatever is left of the group; its leader may be gone.
  if (started?.pid !== undefined && isAlive(-started.pid)) process.kill(-started.pid, 'SIGKILL');
});
afterAll(() => here.remove());

const gateways = (): readonly { pid: number; url: string }[] =>
  existsSync(here.gatewaysDir)
    ? readdirSync(here.gatewaysDir).map((name) => JSON.parse(readFileSync(join(here.gatewaysDir, name), 'utf8')))
    : [];

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Runs it as a group of its own in the checkout, until it says that it is open; yields the gateway's process id. */
const open = async (command: string, ...args: readonly string[]): Promise<number> => {
  started = spawn(command, args, { cwd: here.dir, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(started, 'close').then(() => {
    throw new Error('it ended before it was open');
  });
  ended.catch(() => {});
  let said = '';
  const isOpen = new Promise<void>((resolve) =>
    started?.stdout?.on('data', (chunk) => {
      said += chunk;
      if (said.includes('Ctrl-C ends it.')) resolve();
    }),
  );
  await Promise.race([isOpen, ended]);
  const [gateway] = gateways();
  if (gateway === undefined) throw new Error('the gateway has written no file');
  return gateway.pid;
};

/** An orderly end takes the gateway's file away. */
const orderlyEnd = async (pid: number): Promise<boolean> => {
  const isGone = await until(
    async () => !isAlive(pid),
    (gone) => gone,
  );
  return isGone && gateways().length === 0;
};

const data = ['--port', '0', '--data', 'data'];

test('a closed terminal ends the gateway in order, also where nobody reads any more what it says', async () => {
  const pid = await open(process.execPath, 'bin/start.ts', ...data);
  // Something to be said while it ends.
  await connect(gateways()[0]?.url ?? '');
  started?.stdout?.destroy();
  process.kill(pid, 'SIGHUP');
  process.kill(pid, 'SIGHUP');
  expect(await orderlyEnd(pid)).toBe(true);
  expect(started).toMatchObject({ exitCode: 0, signalCode: null });
}, 60_000);

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux.each(['SIGTERM', 'SIGKILL', 'SIGHUP'] as const)(
  '%s to npm alone leaves no gateway behind',
  async (signal) => {
    const pid = await open('npm', 'start', '--', ...data);
    started?.kill(signal);
    expect(await orderlyEnd(pid)).toBe(true);
  },
  60_000,
);
