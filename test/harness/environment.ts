/**
 * Jest's environment for Node, in which no test file hangs: one that leaves something open which would keep the process from
 * ending fails, and so does one that waits for ever while it is loaded, for which jest itself has no limit.
 */
import { createRequire } from 'node:module';
import type { EnvironmentContext, JestEnvironmentConfig } from '@jest/environment';
import type { Circus } from '@jest/types';
import { TestEnvironment } from 'jest-environment-node';
import { openedSince, openResources } from './open-resources.ts';

const loadingLimitMs = 120_000;

// biome-ignore lint/style/noDefaultExport: jest takes no other
export default class Environment extends TestEnvironment {
  readonly #testFile: string;
  #before: readonly string[] = [];
  #loading: NodeJS.Timeout | undefined;

  constructor(config: JestEnvironmentConfig, context: EnvironmentContext) {
    super(config, context);
    this.#testFile = context.testPath;
  }

  override async setup(): Promise<void> {
    await super.setup();
    this.global['nativeRequire'] = createRequire(import.meta.url);
    // A file before this one in the same process may have left something.
    this.#before = openResources();
    this.#loading = setTimeout(() => this.#giveUp(), loadingLimitMs).unref();
  }

  async handleTestEvent(event: Circus.AsyncEvent, state: Circus.State): Promise<void> {
    if (event.name === 'run_start') clearTimeout(this.#loading);
    if (event.name !== 'run_finish') return;
    const left = await openedSince(this.#before);
    // Beside the failures of the tests, which it must not hide: often it is one of those that kept a close from being reached.
    if (left.length > 0) state.unhandledErrors.push(failure(`Still open after the last test: ${left.join(', ')}`));
  }

  override async teardown(): Promise<void> {
    clearTimeout(this.#loading);
    await super.teardown();
  }

  #giveUp(): void {
    const open = openResources().join(', ');
    process.stderr.write(`\n${this.#testFile} is not loaded after ${loadingLimitMs / 1000} s; open: ${open}\n`);
    // A signal, after which jest does not try the file again.
    process.kill(process.pid, 'SIGTERM');
  }
}

/** An error without a place: the one of the code above would be no help. */
const failure = (message: string): Error => Object.assign(new Error(message), { stack: message });
