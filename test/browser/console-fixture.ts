/** The console of a gateway of its own in Chromium: one for a file, and a fresh page for each test. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Console } from '../../bin/console/endpoints.ts';
import { openConsole } from '../../bin/console/open.ts';
import { localConfig } from '../../bin/local-config.ts';
import { localTarget, placesOf } from '../../bin/target.ts';
import { synthesize } from '../../lib/synthesize.ts';
import { demoRestaurant } from '../../local/demo.ts';
import { startGateway } from '../../local/gateway.ts';
import { openBrowser } from './browser.ts';

export type ConsolePage = Readonly<{
  page: Page;
  /** What the page complained about, the browser's own refusals (CSP) among it. */
  complaints: readonly string[];
  close: () => Promise<void>;
}>;

export type ConsoleFixture = Readonly<{
  browser: Browser;
  address: string;
  serverErrors: readonly unknown[];
  /** Publishes an event of this type as a backend does. */
  publish: (type: string) => Promise<void>;
  openPage: (options?: BrowserContextOptions) => Promise<ConsolePage>;
  close: () => Promise<void>;
}>;

export const openConsoleFixture = async (): Promise<ConsoleFixture> => {
  const dir = mkdtempSync(join(tmpdir(), 'maitred-console-'));
  const serverErrors: unknown[] = [];
  let answer: Console = () => false;
  const assemblyDir = await synthesize({ stage: 'local', outdir: join(dir, 'cdk.out'), validate: false });
  const gateway = await startGateway({ assemblyDir, http: (request, response) => answer(request, response) });
  answer = await openConsole(gateway, localConfig(), (error) => serverErrors.push(error));
  const browser = await openBrowser();
  const address = new URL('/', gateway.issuerUrl).href;
  return {
    browser,
    address,
    serverErrors,
    publish: (type) =>
      localTarget(placesOf(gateway)).publish(
        demoRestaurant,
        JSON.stringify({ v: 1, type, data: {}, id: `evt_${randomUUID()}` }),
      ),
    openPage: async (options) => {
      const complaints: string[] = [];
      const context = await browser.newContext(options);
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      await page.goto(address);
      await page.getByRole('article', { name: 'Till' }).getByRole('button', { name: 'Connect' }).waitFor();
      return { page, complaints, close: () => context.close() };
    },
    close: async () => {
      await browser.close();
      await gateway.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
};
