/** The console in Chromium, before the synthesized app: what a person sees who clicks, types and listens. */
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { type ConsoleFixture, type ConsolePage, openConsoleFixture } from './console-fixture.ts';

let fixture: ConsoleFixture;
let opened: ConsolePage;
let page: Page;

beforeAll(async () => {
  fixture = await openConsoleFixture();
}, 120_000);

afterAll(() => fixture?.close());

beforeEach(async () => {
  opened = await fixture.openPage();
  page = opened.page;
});

afterEach(async () => {
  await opened?.close();
  expect(opened.complaints).toEqual([]);
  expect(fixture.serverErrors).toEqual([]);
});

const device = (name: string) => page.getByRole('article', { name });
const shows = (name: string, text: string | RegExp) =>
  device(name).getByRole('status').filter({ hasText: text }).waitFor();
const connectDevice = async (name: string) => {
  await device(name).getByRole('button', { name: 'Connect', exact: true }).click();
  await shows(name, /^Connected as/);
};
const mishaps = () => page.locator('#mishaps');
const mishapSays = (text: RegExp) => mishaps().getByRole('status').filter({ hasText: text }).waitFor();
const press = (name: string, label: string) => device(name).getByRole('button', { name: label, exact: true }).click();
const takeOrder = () => press('Till', 'An order was taken');
const heardBy = (name: string, text: RegExp | string) => device(name).locator('.heard > li').filter({ hasText: text });
const journeys = () => page.locator('.journeys > li');
const open = (summary: string) => page.locator('summary').filter({ hasText: summary }).click();
/** Opens the form of a device and sends this as the data of an event. */
const sendEdited = async (name: string, type: string, data: string) => {
  const form = device(name).getByRole('form', { name: `Event of ${name}` });
  if (!(await form.isVisible())) await open(`Edit an event of ${name}`);
  await form.getByRole('combobox').selectOption(type);
  await form.getByLabel('Data').fill(data);
  await form.getByRole('button', { name: 'Send' }).click();
};

describe('devices', () => {
  test('have an empty bar but while their time runs', async () => {
    const left = () => page.evaluate<number>("document.querySelector('[aria-label=Till] progress').value");
    expect(await left()).toBe(0);
    await connectDevice('Till');
    expect(await left()).toBe(0);
    await mishaps().getByRole('button', { name: 'Cut the connections' }).click();
    await shows('Till', 'Waiting: offline');
    expect(await left()).toBe(0);
    const timer = device('Till').getByRole('timer');
    expect(await timer.textContent()).toBe('Offline: the 5 s begin with the next connection');
    await mishaps().getByRole('button', { name: 'Restore the connections' }).click();
    await timer.filter({ hasText: /^Authenticated after/ }).waitFor();
  });

  test('connect, and show the handshake, the time it took and every frame without its token', async () => {
    await connectDevice('Kitchen display');
    await shows('Kitchen display', 'Connected as u-chef, employee, at r-17 (kitchen)');
    expect(await device('Kitchen display').getByRole('timer').textContent()).toMatch(
      /^Authenticated after (\d+ ms|\d\.\d s)$/,
    );
    await open('Frames of Kitchen display');
    const frames = (await page.getByRole('log', { name: 'Frames of Kitchen display' }).textContent()) ?? '';
    expect(frames).toMatch(/→ \{"type":"authenticate"/);
    expect(frames).toMatch(/← \{"type":"auth_success"/);
    expect(frames).toContain('socket 1: opening');
    expect(frames).not.toContain('socket 2');
    expect(frames).toContain('"token":"…"');
    expect(frames).not.toContain('eyJ');
  });

  test('of any user and type: what is refused says why', async () => {
    await device('Till').getByLabel('User').selectOption('stranger');
    await device('Till').getByLabel('Connection type').selectOption('management');
    await device('Till').getByRole('button', { name: 'Connect', exact: true }).click();
    await shows('Till', /^Refused: access_denied/);
    expect(await device('Till').getByRole('button', { name: 'Connect', exact: true }).isVisible()).toBe(true);
  });

  test('are all connected by the first press, and hear what it sends', async () => {
    await takeOrder();
    for (const name of ['Kitchen display', 'Till', 'Back office']) await heardBy(name, /order\.created/).waitFor();
    expect(await heardBy('Till', /order\.created/).textContent()).toMatch(/"order_id":"o-\d{4}"/);
  });

  test('that were disconnected stay so when another sends', async () => {
    await connectDevice('Kitchen display');
    await press('Kitchen display', 'Disconnect');
    await shows('Kitchen display', 'Not connected');
    await takeOrder();
    await heardBy('Till', /order\.created/).waitFor();
    await shows('Kitchen display', 'Not connected');
  });

  test('send what is about the order that was spoken of last', async () => {
    await takeOrder();
    const id = /"order_id":"(o-\d{4})"/.exec(
      (await heardBy('Kitchen display', 'order.created').textContent()) ?? '',
    )?.[1];
    await press('Kitchen display', 'An order has another status');
    await heardBy('Till', `{"order_id":"${id}","status":"ready"}`).waitFor();
  });

  test('have a button for each event that their type may send, and none for others', async () => {
    const labels = (name: string) =>
      device(name)
        .getByRole('group', { name: `Send as ${name}` })
        .getByRole('button')
        .allTextContents();
    expect(await labels('Kitchen display')).toEqual([
      'An order has another status',
      'An order will take so many minutes',
    ]);
    await device('Kitchen display').getByLabel('Connection type').selectOption('pos');
    expect(await labels('Kitchen display')).toContain('An order is paid');
    await device('Kitchen display').getByLabel('Connection type').selectOption('customer');
    expect(await labels('Kitchen display')).toEqual([]);
    await device('Kitchen display').getByText('Such a device sends nothing.').waitFor();
    expect(await device('Kitchen display').locator('summary').isVisible()).toBe(false);
  });

  test('send what was edited in the form, and hear of it what its audience hears', async () => {
    await connectDevice('Kitchen display');
    await connectDevice('Till');
    await sendEdited('Till', 'payment.completed', '{"order_id":"o-7","cents":1250}');
    await heardBy('Till', '{"order_id":"o-7","cents":1250}').waitFor();
    await takeOrder();
    await heardBy('Kitchen display', 'order.created').waitFor();
    // Payments are none of the kitchen's business.
    expect(await heardBy('Kitchen display', 'payment.completed').count()).toBe(0);
  });

  test.each([
    { why: 'a field that is wrong', data: '{"order_id":""}', says: 'Not sent: malformed_message. To blame: order_id.' },
    { why: 'half a text', data: '{"order_id":', says: /^Not sent: no JSON\. / },
    { why: 'a list', data: '[1]', says: /^Not sent: data is an object/ },
  ])('say why an event was not sent: $why', async ({ data, says }) => {
    await connectDevice('Till');
    await sendEdited('Till', 'order.created', data);
    await device('Till').getByRole('alert').filter({ hasText: says }).waitFor();
    const form = device('Till').getByRole('form', { name: 'Event of Till' });
    expect(await form.getByLabel('Data').inputValue()).toBe(data);
  });

  test('have an example in the form when it is opened, and another when another event is chosen', async () => {
    await open('Edit an event of Till');
    const form = device('Till').getByRole('form', { name: 'Event of Till' });
    expect(JSON.parse(await form.getByLabel('Data').inputValue())).toEqual({
      order_id: expect.stringMatching(/^o-\d{4}$/),
      items: ['soup'],
    });
    await form.getByRole('combobox').selectOption('payment.completed');
    expect(JSON.parse(await form.getByLabel('Data').inputValue())).toMatchObject({ cents: 990 });
  });

  test('lose their connections and miss nothing that happens meanwhile', async () => {
    await connectDevice('Kitchen display');
    await connectDevice('Till');
    await connectDevice('Back office');
    await mishaps().getByRole('button', { name: 'Cut the connections' }).click();
    await shows('Kitchen display', 'Waiting: offline');
    await shows('Till', 'Waiting: offline');
    await takeOrder();
    await shows('Till', /^Waiting for the connection: order\.created o-\d{4}\.$/);
    await takeOrder();
    await shows('Till', /^Waiting for the connection: order\.created o-\d{4}, order\.created o-\d{4}\.$/);
    await mishaps().getByRole('button', { name: 'Restore the connections' }).click();
    await shows('Kitchen display', /^Connected as/);
    await heardBy('Kitchen display', 'order.created').nth(1).waitFor();
    expect(await heardBy('Kitchen display', 'order.created').count()).toBe(2);
    await shows('Till', /^Accepted: order\.created o-\d{4}, order\.created o-\d{4}\.$/);
  });

  test('that are cut before the gateway has answered say that the event waits', async () => {
    for (const name of ['Kitchen display', 'Till', 'Back office']) await connectDevice(name);
    // In one go, so no answer comes between.
    await page.evaluate(`
      const press = (within, text) => [...document.querySelectorAll(within + ' button')].find((one) => one.textContent === text).click();
      press('[aria-label=Till]', 'An order was taken');
      press('#mishaps', 'Cut the connections');
    `);
    await shows('Till', /^Waiting for the connection: order\.created o-\d{4}\.$/);
    await mishaps().getByRole('button', { name: 'Restore the connections' }).click();
    await shows('Till', /^Accepted: order\.created o-\d{4}\.$/);
    await heardBy('Till', 'order.created').waitFor();
    expect(await heardBy('Till', 'order.created').count()).toBe(1);
    await takeOrder();
    await heardBy('Till', 'order.created').nth(1).waitFor();
    const told = device('Till')
      .getByRole('status')
      .filter({ hasText: /Accepted/ });
    expect(await told.count()).toBe(0);
  });

  test('that publish with a connection say nothing of waiting, and what waits when they leave was not sent', async () => {
    for (const name of ['Kitchen display', 'Till', 'Back office']) await connectDevice(name);
    await takeOrder();
    await heardBy('Till', 'order.created').waitFor();
    const told = device('Till')
      .getByRole('status')
      .filter({ hasText: /Waiting for|Accepted/ });
    expect(await told.count()).toBe(0);
    await mishaps().getByRole('button', { name: 'Cut the connections' }).click();
    await shows('Till', 'Waiting: offline');
    await takeOrder();
    await told.waitFor();
    await press('Till', 'Disconnect');
    await device('Till')
      .getByRole('alert')
      .filter({ hasText: /^Not sent: ended\.$/ })
      .waitFor();
    expect(await told.count()).toBe(0);
  });
});

describe('the timeline', () => {
  test('says and draws of each event who sent it, that it was accepted, and who heard it, with the milliseconds', async () => {
    await takeOrder();
    const journey = journeys().filter({
      hasText: /heard by (?=.*Kitchen display after)(?=.*Till after)(?=.*Back office after)/,
    });
    await journey.waitFor();
    expect(await journey.textContent()).toMatch(/^order\.created from Till, .*accepted after \d+ ms; heard by /);
    const drawn = (kind: string) => journey.locator(`svg .${kind}`).count();
    expect([await drawn('sent'), await drawn('accepted'), await drawn('heard'), await drawn('link')]).toEqual([
      1, 1, 3, 2,
    ]);
    expect(await journey.locator('text').allTextContents()).toEqual(
      expect.arrayContaining([expect.stringMatching(/^\d+ ms$/)]),
    );
  });

  test('says what was refused, and of which field', async () => {
    await connectDevice('Till');
    await sendEdited('Till', 'order.created', '{"order_id":""}');
    const journey = journeys().filter({ hasText: /refused after \d+ ms: malformed_message, order_id/ });
    await journey.waitFor();
    expect(await journey.locator('svg .refused').count()).toBe(1);
  });

  test('tells who caught up', async () => {
    for (const name of ['Kitchen display', 'Till']) await connectDevice(name);
    await mishaps().getByRole('button', { name: 'Cut the connections' }).click();
    await shows('Kitchen display', 'Waiting: offline');
    await shows('Till', 'Waiting: offline');
    await fixture.publish('menu.updated');
    await mishaps().getByRole('button', { name: 'Restore the connections' }).click();
    await journeys()
      .filter({ hasText: /^menu\.updated from a backend, .*heard by .*catching up/ })
      .waitFor();
  });

  test('is for the keyboard, too, and ends where the newest is', async () => {
    for (let nth = 0; nth < 8; nth += 1) await takeOrder();
    await journeys()
      .nth(7)
      .filter({ hasText: /Till after/ })
      .waitFor();
    await page.getByRole('group', { name: 'Events', exact: true }).focus();
    const isAtEnd = `(({ scrollTop, clientHeight, scrollHeight }) => scrollHeight > clientHeight && scrollTop + clientHeight >= scrollHeight - 8)(document.activeElement)`;
    expect(await page.evaluate(isAtEnd)).toBe(true);
    const scrolled = page.evaluate(
      "new Promise((resolve) => document.activeElement.addEventListener('scroll', resolve, { once: true })).then(() => true)",
    );
    await page.keyboard.press('PageUp');
    expect(await scrolled).toBe(true);
    // Who reads what was before is left there.
    const reading = await page.evaluate<number>('(document.activeElement.scrollTop = 0)');
    await takeOrder();
    await journeys().nth(8).waitFor();
    expect(await page.evaluate('document.querySelector(".timeline").scrollTop')).toBe(reading);
  });
});

describe('the plots', () => {
  test('say in words and in a table what they draw', async () => {
    const figure = (name: string) => page.locator('figure').filter({ hasText: name });
    expect(await figure('Time to delivery').locator('rect').count()).toBe(0);
    await takeOrder();
    await figure('Events a minute')
      .locator('figcaption span')
      .filter({ hasText: /^1 in this minute, 1 in the busiest of the last 10$/ })
      .waitFor();
    await figure('Time to delivery')
      .locator('figcaption span')
      .filter({ hasText: /^median \d+ ms, slowest \d+ ms, of the last 3$/ })
      .waitFor();
    expect(await figure('Events a minute').locator('rect').count()).toBe(1);
    expect(await figure('Time to delivery').locator('rect').count()).toBe(3);
    await open('Time to delivery as a table');
    expect(await figure('Time to delivery').getByRole('row').count()).toBe(4);
  });
});

describe('who is there', () => {
  const caption = (text: RegExp) => page.locator('#presence').getByText(text).waitFor();

  test('is told by a device that may ask, as it changes; without one it says why', async () => {
    await caption(/^Nobody asks: .* Back office \(management\)\.$/);
    await connectDevice('Till');
    await connectDevice('Back office');
    await caption(/^2 devices, as Back office is told$/);
    await connectDevice('Kitchen display');
    await caption(/^3 devices, as Back office is told$/);
    await page
      .locator('#presence')
      .getByRole('row')
      .filter({ hasText: /u-chef.*employee.*kitchen/ })
      .waitFor();
    await press('Till', 'Disconnect');
    await caption(/^2 devices, as Back office is told$/);
    // Somebody who is not of this page.
    const another = await fixture.openPage();
    await another.page.getByRole('article', { name: 'Till' }).getByRole('button', { name: 'Connect' }).click();
    await caption(/^3 devices, as Back office is told$/);
    await another.close();
    await caption(/^2 devices, as Back office is told$/);
    await press('Back office', 'Disconnect');
    await caption(/^Nobody asks: /);
  });
});

test('who is there is asked as soon as a device of the page that may ask is connected, whatever the list of connections says', async () => {
  await page.route('**/console/connections', (route) => route.fulfill({ json: [] }));
  await connectDevice('Back office');
  await page
    .locator('#presence')
    .getByText(/^1 device, as Back office is told$/)
    .waitFor();
});

describe('what left for the backend', () => {
  test('is what this gateway handed on', async () => {
    await takeOrder();
    await page
      .locator('#outbox')
      .getByRole('row')
      .filter({ hasText: /order\.created.*r-17 #\d+.*"order_id":"o-\d{4}"/ })
      .first()
      .waitFor();
  });

  test('is shown, newest first, with what the webhook answered', async () => {
    const left = (seq: number, webhook: object) => ({
      at: '2026-11-27T10:00:00.000Z',
      source: 'maitred.events',
      'detail-type': 'order.created',
      detail: { v: 1, restaurant_id: 'r-17', seq, data: { order_id: 'o-1' } },
      target: 'bus',
      ...webhook,
    });
    const records = [
      left(4, { webhook: { status: 200, ms: 12, attempts: 1 } }),
      left(5, { webhook: { ms: 5012, attempts: 3 } }),
    ];
    await page.route('**/console/outbox', (route) => route.fulfill({ json: { records } }));
    const rows = page.locator('#outbox').getByRole('row');
    await rows.filter({ hasText: '200 after 12 ms' }).waitFor();
    expect(await rows.nth(1).textContent()).toMatch(/r-17 #5.*no answer after 5\.0 s, 3 tries/);
    expect(await rows.nth(2).textContent()).toMatch(/r-17 #4.*200 after 12 ms/);
  });
});

describe('what goes wrong', () => {
  test.each([
    { name: 'Expired token', says: /Refused after .* token_expired/, severity: 'WARNING', event: 'token_expired' },
    {
      name: 'Wrong restaurant',
      says: /Refused after .* access_denied/,
      severity: 'CRITICAL',
      event: 'cross_tenant_attempt',
    },
    { name: 'user_id 0', says: /Refused after .* access_denied/, severity: 'ERROR', event: 'invalid_user_id' },
    { name: 'No member', says: /Refused after .* access_denied/, severity: 'CRITICAL', event: 'cross_tenant_attempt' },
    {
      name: 'Ping first',
      says: /Refused after .* expected_authentication/,
      severity: 'ERROR',
      event: 'expected_authentication',
    },
    { name: 'Silence', says: /Refused after [5-9]\.\d s: auth_timeout/, severity: 'WARNING', event: 'auth_timeout' },
  ])('$name is refused, and recorded', async ({ name, says, severity, event }) => {
    await mishaps().getByRole('button', { name, exact: true }).click();
    await mishapSays(says);
    expect(await mishaps().locator('.frames').textContent()).not.toContain('eyJ');
    await page
      .locator('#audit')
      .getByRole('row')
      .filter({ hasText: severity })
      .filter({ hasText: event })
      .first()
      .waitFor();
  });

  test('says one result, of the button that was pressed last, and spoken once', async () => {
    await page.evaluate(`
      globalThis.spoken = [];
      const status = document.querySelector('#mishaps [role=status]');
      new MutationObserver(() => status.textContent && spoken.push(status.textContent)).observe(status, { childList: true });
    `);
    const pressed = (name: string) => mishaps().getByRole('button', { name, exact: true }).click();
    await pressed('Silence');
    await pressed('Expired token');
    await mishapSays(/^Expired token: Refused after/);
    // The silent one is refused when its time is over, and says nothing more here.
    await open('Frames of what goes wrong');
    const log = mishaps().getByRole('log');
    await log.filter({ hasText: /auth_timeout/ }).waitFor();
    expect(await mishaps().locator('.countdown').isVisible()).toBe(false);
    await pressed('Cut the connections');
    await mishapSays(/^The connections of the devices above are cut, and no new one opens\.$/);
    const spoken = await page.evaluate<string[]>('spoken');
    expect(spoken).toEqual([
      expect.stringMatching(/^Expired token: Refused after \d+ ms: token_expired$/),
      'The connections of the devices above are cut, and no new one opens.',
    ]);
    expect(await log.locator('.begin').allTextContents()).toEqual(['Silence', 'Expired token']);
  });

  test.each(['Cut the connections', 'Revoke the user of Kitchen display'])(
    '%s: who is gone is gone from the list sooner than it is looked at otherwise',
    async (name) => {
      await connectDevice('Kitchen display');
      const connected = page.locator('#connections').getByRole('row').filter({ hasText: 'u-chef' });
      await connected.waitFor();
      const look = () => page.waitForResponse((response) => response.url().endsWith('/console/connections'));
      // The next look would come 2 s after this one.
      await look();
      await mishaps().getByRole('button', { name }).click();
      await connected.waitFor({ state: 'detached', timeout: 1500 });
    },
  );

  test.each(['Expired token', 'Wrong restaurant', 'user_id 0', 'No member', 'Ping first'])(
    '%s, and it is looked again who is connected, faster than otherwise',
    async (name) => {
      await mishaps().getByRole('button', { name, exact: true }).click();
      await mishapSays(/Refused after/);
      const look = () =>
        page.waitForRequest((request) => request.url().endsWith('/console/connections'), { timeout: 1500 });
      // One could be the usual one, which is 2 s from the next.
      await look();
      await look();
    },
  );

  test('counts down to the deadline, and then waits for the refusal', async () => {
    await mishaps().getByRole('button', { name: 'Silence', exact: true }).click();
    const timer = mishaps().getByRole('timer');
    await timer.filter({ hasText: /^Silence: [0-4]\.\d s left to authenticate$/ }).waitFor();
    await timer.filter({ hasText: /^Silence: Deadline passed, waiting for the refusal$/ }).waitFor();
    expect(await page.evaluate("document.querySelector('#mishaps progress').value")).toBe(0);
    await mishapSays(/^Silence: Refused after [5-9]\.\d s: auth_timeout$/);
  });

  test('a revoked user hears it, is gone from the list, and comes back with a new token', async () => {
    await connectDevice('Kitchen display');
    const connected = page.locator('#connections').getByRole('row').filter({ hasText: 'u-chef' });
    await connected.waitFor();
    await mishaps().getByRole('button', { name: 'Revoke the user of Kitchen display' }).click();
    await mishapSays(
      /^Revoke chef at r-17: 1 session ended\..* that of the line npm start printed, too\..*: npm run -s token -- chef --line --type kitchen$/,
    );
    await shows('Kitchen display', /^Refused: revoked/);
    expect(await device('Kitchen display').getByRole('timer').textContent()).toBe('Refused: revoked');
    await connected.waitFor({ state: 'detached' });
    // Tokens are dated by the second: one of the same second is refused, too.
    await setTimeout(1000 - (Date.now() % 1000));
    await connectDevice('Kitchen display');
  });

  test('of another user who is revoked, no printed line is spoken of', async () => {
    await device('Kitchen display').getByLabel('User').selectOption('manager');
    await mishaps().getByRole('button', { name: 'Revoke the user of Kitchen display' }).click();
    await mishapSays(
      /^Revoke manager at r-17: 0 sessions ended\. Tokens from before are refused\. .*token -- manager /,
    );
  });
});

describe('for everybody', () => {
  test('the keyboard goes through a device in the order it is read, and connects it', async () => {
    const seen: string[] = [];
    for (let step = 0; step < 5; step += 1) {
      await page.keyboard.press('Tab');
      seen.push(
        await page.evaluate(
          'document.activeElement.labels?.[0]?.firstChild.textContent ?? document.activeElement.textContent',
        ),
      );
    }
    expect(seen).toEqual(['Skip to the devices', 'User', 'Restaurant', 'Connection type', 'Connect']);
    await page.keyboard.press('Enter');
    await shows('Kitchen display', /^Connected as/);
  });

  test('every control has a name', async () => {
    await connectDevice('Till');
    const nameless = await page.evaluate(
      `[...document.querySelectorAll('button, select, input, textarea, progress')].filter((one) => !one.getAttribute('aria-label') && !one.labels?.length && !one.textContent).length`,
    );
    expect(nameless).toBe(0);
  });

  test.each([320, 390, 800, 1080])('a page %d px wide shows everything without scrolling sideways', async (width) => {
    await page.setViewportSize({ width, height: 800 });
    await connectDevice('Till');
    await connectDevice('Kitchen display');
    await mishaps().getByRole('button', { name: 'user_id 0' }).click();
    await mishapSays(/access_denied/);
    await page.locator('#audit').getByRole('row').filter({ hasText: 'invalid_user_id' }).first().waitFor();
    await page.locator('#connections').getByRole('row').filter({ hasText: 'u-chef' }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    expect(await page.evaluate(clipped)).toEqual([]);
  });

  test.each(['light', 'dark'] as const)('text has a contrast of 4.5 and more in %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    const ratios = await page.evaluate<Record<string, number>>(contrasts);
    expect(Object.keys(ratios).length).toBeGreaterThan(6);
    expect(Object.entries(ratios).filter(([, ratio]) => ratio < 4.5)).toEqual([]);
  });

  test('another name for this machine gets nothing', async () => {
    const { port } = new URL(fixture.address);
    const stranger = await fixture.browser.newContext();
    const rebound = await stranger.request.get(`${fixture.address}console/audit`, {
      headers: { host: `evil.test:${port}` },
    });
    expect(rebound.status()).toBe(403);
    await stranger.close();
  });
});

/** What of the tables lies outside of what is shown of them, sideways; and the labels that take more than a line. */
const clipped = `[
  ...[...document.querySelectorAll('.scroller')].filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.id),
  ...[...document.querySelectorAll('.scroller td')].filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent),
  ...[...document.querySelectorAll('label')].filter((one) => one.offsetHeight - one.querySelector('select, input, textarea').offsetHeight > 32).map((one) => one.textContent),
]`;

/** WCAG's contrast of each colour of text on each colour it stands on. */
const contrasts = `(() => {
  const style = getComputedStyle(document.documentElement);
  const luminance = (name) => {
    const hex = style.getPropertyValue(name).trim().slice(1);
    const [r, g, b] = [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };
  const texts = ['--ink', '--quiet', '--accent', '--good', '--warn', '--bad'];
  const pairs = texts.flatMap((text) => ['--page', '--card'].map((ground) => [text, ground]));
  return Object.fromEntries([...pairs, ['--on-accent', '--accent']].map(([a, b]) => [a + ' on ' + b, ratio(a, b)]));
})()`;
