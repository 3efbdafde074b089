/** The console under axe's rules in every state it has, in light and dark, on a desk and on a phone. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { violationsOf } from './axe.ts';
import { type ConsoleFixture, type ConsolePage, openConsoleFixture } from './console-fixture.ts';

let fixture: ConsoleFixture;
let opened: ConsolePage | undefined;

beforeAll(async () => {
  fixture = await openConsoleFixture();
}, 120_000);
afterAll(() => fixture?.close());
afterEach(async () => {
  await opened?.close();
  // The browser tells of answers that failed, and some of them are meant to.
  expect(opened?.complaints.filter((one) => !one.startsWith('Failed to load resource'))).toEqual([]);
});

const device = (page: Page, name: string) => page.getByRole('article', { name });
const connectDevice = async (page: Page, name: string): Promise<void> => {
  await device(page, name).getByRole('button', { name: 'Connect', exact: true }).click();
  await device(page, name)
    .getByRole('status')
    .filter({ hasText: /^Connected as/ })
    .waitFor();
};
const takeOrder = (page: Page) => device(page, 'Till').getByRole('button', { name: 'An order was taken' }).click();
const heardBy = (page: Page, name: string, text: string) =>
  device(page, name).locator('.heard > li').filter({ hasText: text });
const press = (page: Page, name: string) => page.locator('#mishaps').getByRole('button', { name, exact: true }).click();
const mishapSays = (page: Page, text: RegExp) =>
  page.locator('#mishaps').getByRole('status').filter({ hasText: text }).waitFor();
const state = (page: Page, name: string, text: string | RegExp) =>
  device(page, name).getByRole('status').filter({ hasText: text }).waitFor();

/** What leads to each state, from the page as it opens. */
const states: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  'before anybody is connected': async (page) => page.locator('#connections .caption').waitFor(),
  'while devices are connected and hear each other, with all that is drawn': async (page) => {
    await takeOrder(page);
    await heardBy(page, 'Kitchen display', 'order.created').waitFor();
    await device(page, 'Kitchen display').getByRole('button', { name: 'An order has another status' }).click();
    await heardBy(page, 'Till', 'order.status_changed').waitFor();
    await page
      .locator('.journeys > li')
      .nth(1)
      .filter({ hasText: /Till after/ })
      .waitFor();
    await page.locator('#connections').getByRole('row').filter({ hasText: 'u-chef' }).waitFor();
    await page.locator('#presence').getByRole('row').filter({ hasText: 'u-chef' }).waitFor();
    await page.locator('#outbox').getByRole('row').filter({ hasText: 'order.created' }).first().waitFor();
  },
  'after an event from the form that was refused': async (page) => {
    await connectDevice(page, 'Till');
    await page.locator('summary').filter({ hasText: 'Edit an event of Till' }).click();
    const form = device(page, 'Till').getByRole('form', { name: 'Event of Till' });
    await form.getByLabel('Data').fill('{"order_id":""}');
    await form.getByRole('button', { name: 'Send' }).click();
    await device(page, 'Till').getByRole('alert').filter({ hasText: 'To blame: order_id' }).waitFor();
    await page.locator('.journeys > li').filter({ hasText: 'refused after' }).waitFor();
    await form.getByLabel('Data').fill('{');
    await form.getByRole('button', { name: 'Send' }).click();
    await device(page, 'Till').getByRole('alert').filter({ hasText: 'no JSON' }).waitFor();
  },
  'where a device sends nothing': async (page) => {
    await device(page, 'Till').getByLabel('Connection type').selectOption('customer');
    await device(page, 'Till').getByText('Such a device sends nothing.').waitFor();
  },
  'where the stage has 300 kinds of events, with long names': async (page) => {
    const demo = await (await page.request.get(new URL('/console/demo', page.url()).href)).json();
    const many = Array.from({ length: 300 }, (_, nth) => ({
      ...demo.events[0],
      type: `warehouse.pallet_moved_to_another_shelf_${nth}`,
      title: `A pallet was moved to another shelf of the same warehouse, the ${nth}th`,
    }));
    await page.route('**/console/demo', (route) =>
      route.fulfill({ json: { ...demo, events: [...demo.events, ...many] } }),
    );
    await page.reload();
    await device(page, 'Till').getByText('297 more in the form below.').waitFor();
    await page.locator('summary').filter({ hasText: 'Edit an event of Till' }).click();
    await device(page, 'Till')
      .getByRole('combobox', { name: /^Event/ })
      .selectOption('warehouse.pallet_moved_to_another_shelf_299');
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
  },
  'while it is not known who is there': async (page) => {
    await page
      .locator('#presence')
      .getByText(/^Nobody asks/)
      .waitFor();
  },
  'while a connection is opening': async (page) => {
    // A token that never comes.
    await page.route('**/issuer/**', () => undefined);
    await device(page, 'Till').getByRole('button', { name: 'Connect', exact: true }).click();
    await state(page, 'Till', 'Connecting: asking for a token');
  },
  'while a device waits to try again': async (page) => {
    await page.route('**/issuer/**', (route) => route.fulfill({ status: 500, json: { error: 'failed' } }));
    await device(page, 'Till').getByRole('button', { name: 'Connect', exact: true }).click();
    await state(page, 'Till', /^Waiting to try again/);
  },
  'after a refusal': async (page) => {
    await device(page, 'Till').getByLabel('User').selectOption('stranger');
    await device(page, 'Till').getByRole('button', { name: 'Connect', exact: true }).click();
    await state(page, 'Till', /^Refused: access_denied/);
  },
  'while the deadline runs': async (page) => {
    await press(page, 'Silence');
    await page.locator('#mishaps').getByRole('timer').filter({ hasText: 'left to authenticate' }).waitFor();
  },
  'after a mishap, with its record': async (page) => {
    await press(page, 'user_id 0');
    await mishapSays(page, /access_denied/);
    await page.locator('#audit').getByRole('row').filter({ hasText: 'invalid_user_id' }).first().waitFor();
  },
  'while the connections are cut and an event waits': async (page) => {
    await connectDevice(page, 'Till');
    await press(page, 'Cut the connections');
    await state(page, 'Till', 'Waiting: offline');
    await takeOrder(page);
    await state(page, 'Till', /^Waiting for the connection/);
  },
  'after an event that was not sent': async (page) => {
    await connectDevice(page, 'Till');
    await press(page, 'Cut the connections');
    await state(page, 'Till', 'Waiting: offline');
    await takeOrder(page);
    await state(page, 'Till', /^Waiting for the connection/);
    await device(page, 'Till').getByRole('button', { name: 'Disconnect' }).click();
    await device(page, 'Till')
      .getByRole('alert')
      .filter({ hasText: /^Not sent:/ })
      .waitFor();
  },
  'after a revocation': async (page) => {
    await connectDevice(page, 'Kitchen display');
    await press(page, 'Revoke the user of Kitchen display');
    await mishapSays(page, /^Revoke chef/);
    await state(page, 'Kitchen display', /^Refused: revoked/);
    // Tokens are dated by the second: the next test's would be refused, too.
    await page.waitForTimeout(1100);
  },
  'with everything unfolded': async (page) => {
    await takeOrder(page);
    await heardBy(page, 'Kitchen display', 'order.created').waitFor();
    await press(page, 'Expired token');
    await mishapSays(page, /token_expired/);
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
  },
};

const screens = [
  { screen: 'light, on a desk', options: { colorScheme: 'light', viewport: { width: 1280, height: 900 } } },
  { screen: 'dark, on a desk', options: { colorScheme: 'dark', viewport: { width: 1280, height: 900 } } },
  { screen: 'light, on a phone', options: { colorScheme: 'light', viewport: { width: 390, height: 844 } } },
  { screen: 'dark, on a phone', options: { colorScheme: 'dark', viewport: { width: 390, height: 844 } } },
] as const;

const cases = screens.flatMap((one) => Object.keys(states).map((name) => ({ ...one, name })));

test.each(cases)('$name nothing breaks a rule: $screen', async ({ name, options }) => {
  opened = await fixture.openPage(options);
  await states[name]?.(opened.page);
  expect(await violationsOf(opened.page)).toEqual([]);
});

test('where the gateway does not answer nothing breaks a rule', async () => {
  opened = await fixture.openPage();
  await opened.page.route('**/console/demo', (route) => route.fulfill({ status: 500, json: { error: 'failed' } }));
  await opened.page.reload();
  await opened.page.locator('#gateway').filter({ hasText: 'does not answer' }).waitFor();
  expect(await violationsOf(opened.page)).toEqual([]);
});

test('a rule that is broken is seen', async () => {
  opened = await fixture.openPage();
  await opened.page.evaluate("document.querySelector('main').append(document.createElement('select'))");
  expect(await violationsOf(opened.page)).toEqual([expect.stringContaining('select-name')]);
});

test('frames are folded, open by the keyboard, and end where the newest is', async () => {
  opened = await fixture.openPage({ viewport: { width: 390, height: 844 } });
  const { page } = opened;
  await connectDevice(page, 'Till');
  expect(await page.getByRole('log').count()).toBe(0);
  const summary = page.locator('#frames summary').filter({ hasText: 'Frames of Till' });
  await summary.focus();
  await page.keyboard.press('Enter');
  const log = page.getByRole('log', { name: 'Frames of Till' });
  await log.waitFor();
  expect(await log.textContent()).toMatch(/auth_success/);
  await page.keyboard.press('Tab');
  expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe('Frames of Till');
  expect(
    await page.evaluate(
      '(({ scrollTop, clientHeight, scrollHeight }) => scrollHeight > clientHeight && scrollTop + clientHeight >= scrollHeight - 8)(document.activeElement)',
    ),
  ).toBe(true);
});

test('what is drawn is hidden from who listens, who has it in words', async () => {
  opened = await fixture.openPage();
  const { page } = opened;
  await takeOrder(page);
  await page
    .locator('.journeys > li')
    .filter({ hasText: /Till after/ })
    .waitFor();
  expect(await page.locator('svg:not([aria-hidden]):not(svg svg)').count()).toBe(0);
  const heard = page
    .getByRole('listitem')
    .filter({ hasText: /^order\.created from Till, .*; heard by .*Kitchen display after \d+ ms/ });
  await heard.waitFor();
});

test.each([320, 390])('in %d px no figure of the timeline is cut or covers another', async (width) => {
  opened = await fixture.openPage({ viewport: { width, height: 844 } });
  const { page } = opened;
  await takeOrder(page);
  const heardByAll = /(?=.*Kitchen display after)(?=.*Till after)(?=.*Back office after)/;
  await page.locator('.journeys > li').filter({ hasText: heardByAll }).waitFor();
  expect(await page.evaluate(badFigures)).toEqual([]);
});

/** The figures of the timeline that are beyond its edge or upon one another. */
const badFigures = `(() => {
  const edge = document.querySelector('.timeline').getBoundingClientRect();
  const boxes = [...document.querySelectorAll('.timeline text')].filter((one) => one.textContent).map((one) => [one.textContent, one.getBoundingClientRect()]);
  const isOver = (a, b) => a.left < b.right && b.left < a.right && a.top + 2 < b.bottom && b.top + 2 < a.bottom;
  if (boxes.length < 4) return ['there are no figures'];
  return boxes.flatMap(([text, box], nth) => [
    ...(box.left < edge.left || box.right > edge.right ? [text + ' is cut'] : []),
    ...boxes.slice(nth + 1).filter(([, other]) => isOver(box, other)).map(([other]) => text + ' covers ' + other),
  ]);
})()`;
