/** The pictures in docs/console. While `npm start` runs: `npx node test/browser/pictures.ts [address of the console]`. */
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { openBrowser } from './browser.ts';

const [address = 'http://127.0.0.1:8787/'] = process.argv.slice(2);
const folder = join(import.meta.dirname, '../../docs/console');

const pictures = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1080, height: 900 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1080, height: 900 } },
  { name: 'phone', colorScheme: 'light', viewport: { width: 390, height: 1400 } },
] as const;

const press = (where: Locator, name: string | RegExp) => where.getByRole('button', { name }).click();
const hears = (where: Locator, text: RegExp) => where.getByRole('status').filter({ hasText: text }).waitFor();

/** Two orders, one of them begun, and somebody at the wrong door. */
const play = async (page: Page): Promise<void> => {
  const [kitchen, till] = ['Kitchen board', 'Till'].map((name) => page.getByRole('article', { name })) as [
    Locator,
    Locator,
  ];
  for (const one of [kitchen, till]) {
    await press(one, 'Connect');
    await hears(one, /^Connected as/);
  }
  const order = async (dish: string) => {
    await till.getByLabel('Dish').fill(dish);
    await press(till, 'Send order');
    await kitchen.locator('.orders > li').filter({ hasText: dish }).waitFor();
  };
  await order('Margherita');
  await press(kitchen, /^Start: Margherita/);
  await press(kitchen, /^15 minutes: Margherita/);
  await till.locator('.orders > li').filter({ hasText: '15 min' }).waitFor();
  await order('Quattro Stagioni');
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
