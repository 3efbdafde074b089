/** The pictures in docs/console. While `npm start` runs: `npx node test/browser/pictures.ts [address of the console]`. */
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { openBrowser } from './browser.ts';

const [address = 'http://127.0.0.1:8787/'] = process.argv.slice(2);
const folder = join(import.meta.dirname, '../../docs/console');

const pictures = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1180, height: 1440 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1180, height: 1440 } },
  { name: 'phone', colorScheme: 'light', viewport: { width: 390, height: 2600 } },
] as const;

const press = (where: Locator, name: string | RegExp) => where.getByRole('button', { name }).click();
const hears = (where: Locator, text: RegExp) => where.getByRole('status').filter({ hasText: text }).waitFor();

/** Two orders, one of them ready and paid, and somebody at the wrong door. */
const play = async (page: Page): Promise<void> => {
  const [kitchen, till] = ['Kitchen display', 'Till'].map((name) => page.getByRole('article', { name })) as [
    Locator,
    Locator,
  ];
  const journeys = page.locator('.journeys > li');
  const send = async (from: Locator, title: string, count: number) => {
    await press(from, title);
    await journeys
      .nth(count - 1)
      .filter({ hasText: /accepted after .*Till after/ })
      .waitFor();
  };
  await send(till, 'An order was taken', 1);
  await send(kitchen, 'An order will take so many minutes', 2);
  await send(till, 'An order was taken', 3);
  await send(kitchen, 'An order has another status', 4);
  await send(till, 'An order is paid', 5);
  const mishaps = page.locator('#mishaps');
  await press(mishaps, 'Wrong restaurant');
  await hears(mishaps, /access_denied/);
  await page.locator('#audit').getByRole('row').filter({ hasText: 'cross_tenant_attempt' }).first().waitFor();
  await page.evaluate('document.activeElement.blur(), scrollTo(0, 0)');
};

const browser = await openBrowser();
for (const { name, ...screen } of pictures) {
  const context = await browser.newContext(screen);
  const page = await context.newPage();
  await page.goto(address);
  await play(page);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await context.close();
}
await browser.close();
