/**
 * The page of examples/kitchen-display in Chromium, before the local gateway. `KITCHEN_DISPLAY` is its folder with its packages, as
 * .ci/examples makes it; `PICTURE` a file for a picture of it.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { connect, type MaitredClient } from '../../client/src/index.ts';
import { keptAssembly } from '../../lib/kept-assembly.ts';
import { type Gateway, startGateway } from '../../local/gateway.ts';
import { listen } from '../../local/loopback.ts';
import { violationsOf } from '../browser/axe.ts';
import { openBrowser } from '../browser/browser.ts';
import { servePages } from './pages.ts';

const folder = process.env['KITCHEN_DISPLAY'] ?? '';

let scratch: string;
let port: number;
let gateway: Gateway | undefined;
let pages: Awaited<ReturnType<typeof servePages>>;
let browser: Browser;
let till: MaitredClient;
const start = async (): Promise<Gateway> =>
  startGateway({ assemblyDir: await keptAssembly('local'), port, dataDir: join(scratch, 'data'), timeScale: 10 });
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'kitchen-display-'));
  // A port that is free now: the page is built with it, and the gateway comes back to it.
  const free = await listen(0, () => {});
  ({ port } = free);
  await free.close();
  gateway = await start();
  const { url } = gateway;
  const built = join(scratch, 'built');
  execFileSync(
    process.execPath,
    ['node_modules/vite/bin/vite.js', 'build', '--outDir', built, '--emptyOutDir', '--logLevel', 'warn'],
    {
      cwd: folder,
      env: { ...process.env, VITE_MAITRED_URL: url },
    },
  );
  pages = await servePages(built);
  browser = await openBrowser();
  till = connect({
    url,
    restaurantId: 'r-17',
    connectionType: 'pos',
    getToken: async () => (await gateway?.token('cashier')) ?? '',
  });
}, 120_000);
afterAll(async () => {
  till?.close();
  await browser?.close();
  await pages?.close();
  await gateway?.close();
  rmSync(scratch, { recursive: true, force: true });
});

let context: BrowserContext;
let page: Page;
beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  page = await context.newPage();
  page.setDefaultTimeout(30_000);
});
afterEach(() => context.close());

const open = async (): Promise<void> => {
  await page.goto(`${pages.origin}/#${new URLSearchParams({ token: (await gateway?.token('chef')) ?? '' })}`);
  await says(/^Live$/);
};
const says = (text: RegExp) => page.getByRole('status').filter({ hasText: text }).waitFor();
const column = (title: string) => page.getByRole('region', { name: new RegExp(`^${title}`) });
const card = (title: string, table: number) =>
  column(title)
    .getByRole('listitem')
    .filter({ hasText: `Table ${table}` });
const order = (table: number, ...items: readonly unknown[]) =>
  till.publish('order.created', { order_id: `o-${table}`, table, items });
const statusHeard = (order_id: string): Promise<string> =>
  new Promise((resolve) => {
    const off = till.on('order.status_changed', ({ data }) => {
      if (data.order_id !== order_id) return;
      off();
      resolve(data.status);
    });
  });

describe('the kitchen display', () => {
  test('asks for a token where it has none, and is live with one', async () => {
    await page.goto(pages.origin);
    await page.getByLabel('Token').fill((await gateway?.token('chef')) ?? '');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await says(/^Live$/);
    expect(await page.getByLabel('Token').isVisible()).toBe(false);
  });

  test('keeps no token in its address', async () => {
    await open();
    expect(page.url()).toBe(`${pages.origin}/`);
  });

  test('shows an order of the till, and what is pressed reaches the till', async () => {
    await open();
    await page.getByText(/may be missing/).waitFor();
    await page.getByRole('button', { name: 'Checked' }).click();
    await order(1, 'Soup', { name: 'Tea', quantity: 2 });
    await card('New', 1).getByText('2 × Tea').waitFor();
    for (const [from, verb, to, status] of [
      ['New', 'Start', 'Cooking', 'preparing'],
      ['Cooking', 'Ready', 'Ready', 'ready'],
    ] as const) {
      const heard = statusHeard('o-1');
      await card(from, 1).getByRole('button', { name: verb }).click();
      expect(await heard).toBe(status);
      await card(to, 1).waitFor();
    }
    const heard = statusHeard('o-1');
    await card('Ready', 1).getByRole('button', { name: 'Served' }).click();
    expect(await heard).toBe('completed');
    await card('Ready', 1).waitFor({ state: 'detached' });
  });

  test('is after a reload as it was, with what was ordered meanwhile', async () => {
    await open();
    await page.getByRole('button', { name: 'Checked' }).click();
    await order(2, 'Soup');
    await card('New', 2).getByRole('button').click();
    await card('Cooking', 2).waitFor();
    await page.goto('about:blank');
    await order(3, 'Cake');
    await page.goto(pages.origin);
    await card('Cooking', 2).waitFor();
    await card('New', 3).waitFor();
    await says(/^Live$/);
    expect(await page.getByText(/may be missing/).isVisible()).toBe(false);
  });

  test('says that the gateway is gone, keeps what is pressed, and goes on when it is back', async () => {
    await open();
    await order(4, 'Soup');
    await card('New', 4).waitFor();
    await gateway?.close();
    gateway = undefined;
    await says(/No connection.*how it was at/);
    await card('New', 4).getByRole('button').click();
    await card('New', 4).getByText('Not sent yet').waitFor();
    const heard = statusHeard('o-4');
    gateway = await start();
    await says(/^Live$/);
    await card('Cooking', 4).waitFor();
    expect(await heard).toBe('preparing');
  });

  describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
    test.each([
      { why: 'the smallest phone', width: 320, height: 640 },
      { why: 'a tablet', width: 1024, height: 768 },
      { why: 'a TV', width: 3840, height: 2160 },
    ])('fits $why, can be hit by a finger and read by everybody', async ({ width, height }) => {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      await open();
      for (const table of [5, 6, 7])
        await till.publish('order.created', {
          order_id: `${table}-${width}-${colorScheme}`,
          table,
          items: ['Soup', { name: 'Tea', quantity: 2 }],
        });
      for (const table of [6, 7]) await card('New', table).getByRole('button').click();
      await card('Cooking', 7).getByRole('button').click();
      await card('Ready', 7).waitFor();
      expect(await violationsOf(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')).toBe(
        true,
      );
      for (const button of await page.getByRole('button').all())
        expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(48);
      const picture = process.env['PICTURE'];
      if (picture !== undefined && width === 1024 && colorScheme === 'light') {
        await page.getByRole('button', { name: 'Checked' }).click();
        await page.screenshot({ path: picture, clip: { x: 0, y: 0, width, height: 400 } });
      }
    });
  });
});
