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
const sendOrder = async (dish: string) => {
  await device('Till').getByLabel('Dish').fill(dish);
  await device('Till').getByRole('button', { name: 'Send order' }).click();
};
const orderAt = (name: string, text: RegExp) => device(name).locator('.orders > li').filter({ hasText: text });

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
    await connectDevice('Kitchen board');
    await shows('Kitchen board', 'Connected as u-chef, employee, at r-17 (kitchen)');
    expect(await device('Kitchen board').getByRole('timer').textContent()).toMatch(
      /^Authenticated after (\d+ ms|\d\.\d s)$/,
    );
    const frames = (await device('Kitchen board').getByRole('log').textContent()) ?? '';
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

  test('send and receive real events side by side', async () => {
    await connectDevice('Kitchen board');
    await connectDevice('Till');
    expect(await device('Kitchen board').getByLabel('Dish').isVisible()).toBe(false);
    await sendOrder('Quattro Stagioni');
    await orderAt('Kitchen board', /Quattro Stagioni .* pending/).waitFor();
    await orderAt('Till', /Quattro Stagioni .* pending/).waitFor();
    await device('Kitchen board')
      .getByRole('button', { name: /^Start/ })
      .click();
    await device('Kitchen board')
      .getByRole('button', { name: /^15 minutes/ })
      .click();
    await orderAt('Till', /preparing · 15 min/).waitFor();
    await device('Kitchen board')
      .getByRole('button', { name: /^Ready/ })
      .click();
    await device('Till')
      .getByRole('button', { name: /^Served/ })
      .click();
    await orderAt('Kitchen board', /completed/).waitFor();
    await device('Till').getByRole('button', { name: /^Paid/ }).click();
    await orderAt('Till', /completed · 15 min · paid/).waitFor();
    // Payments are none of the kitchen's business.
    expect(await orderAt('Kitchen board', /paid/).count()).toBe(0);
  });

  test('lose their connections and miss nothing that happens meanwhile', async () => {
    await connectDevice('Kitchen board');
    await connectDevice('Till');
    await mishaps().getByRole('button', { name: 'Cut the connections' }).click();
    await shows('Kitchen board', 'Waiting: offline');
    await shows('Till', 'Waiting: offline');
    await sendOrder('Calzone');
    await shows('Till', /^Waiting for the connection: order [0-9a-f]{6}\.$/);
    await sendOrder('Focaccia');
    await shows('Till', /^Waiting for the connection: order [0-9a-f]{6}, order [0-9a-f]{6}\.$/);
    await mishaps().getByRole('button', { name: 'Restore the connections' }).click();
    await shows('Kitchen board', /^Connected as/);
    await orderAt('Kitchen board', /Calzone/).waitFor();
    expect(await orderAt('Kitchen board', /Calzone/).count()).toBe(1);
    await shows('Till', /^Accepted: order [0-9a-f]{6}, order [0-9a-f]{6}\.$/);
  });

  test('that are cut before the gateway has answered say that the order waits', async () => {
    await connectDevice('Till');
    await device('Till').getByLabel('Dish').fill('Capricciosa');
    // In one go, so no answer comes between.
    await page.evaluate(`
      const press = (text) => [...document.querySelectorAll('button')].findLast((one) => one.textContent === text).click();
      press('Send order');
      press('Cut the connections');
    `);
    await shows('Till', /^Waiting for the connection: order [0-9a-f]{6}\.$/);
    await mishaps().getByRole('button', { name: 'Restore the connections' }).click();
    await shows('Till', /^Accepted: order [0-9a-f]{6}\.$/);
    await orderAt('Till', /Capricciosa/).waitFor();
    expect(await orderAt('Till', /Capricciosa/).count()).toBe(1);
    await sendOrder('Bufalina');
    await orderAt('Till', /Bufalina/).waitFor();
    expect(
      await device('Till')
        .getByRole('status')
        .filter({ hasText: /Accepted/ })
        .count(),
    ).toBe(0);
  });

  test('that publish with a connection say nothing of waiting, and what waits when they leave was not sent', async () => {
    await connectDevice('Till');
    await sendOrder('Marinara');
    await orderAt('Till', /Marinara/).waitFor();
    const told = device('Till')
      .getByRole('status')
      .filter({ hasText: /Waiting for|Accepted/ });
    expect(await told.count()).toBe(0);
    await mishaps().getByRole('button', { name: 'Cut the connections' }).click();
    await shows('Till', 'Waiting: offline');
    await sendOrder('Diavola');
    await told.waitFor();
    await device('Till').getByRole('button', { name: 'Disconnect' }).click();
    await device('Till')
      .getByRole('alert')
      .filter({ hasText: /^Not sent:/ })
      .waitFor();
    expect(await told.count()).toBe(0);
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
    expect(await mishaps().getByRole('log').textContent()).not.toContain('eyJ');
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
    const press = (name: string) => mishaps().getByRole('button', { name, exact: true }).click();
    await press('Silence');
    await press('Expired token');
    await mishapSays(/^Expired token: Refused after/);
    // The silent one is refused when its time is over, and says nothing more here.
    const log = mishaps().getByRole('log');
    await log.filter({ hasText: /auth_timeout/ }).waitFor();
    expect(await mishaps().locator('.countdown').isVisible()).toBe(false);
    await press('Cut the connections');
    await mishapSays(/^The connections of the devices above are cut, and no new one opens\.$/);
    const spoken = await page.evaluate<string[]>('spoken');
    expect(spoken).toEqual([
      expect.stringMatching(/^Expired token: Refused after \d+ ms: token_expired$/),
      'The connections of the devices above are cut, and no new one opens.',
    ]);
    expect(await log.locator('.begin').allTextContents()).toEqual(['Silence', 'Expired token']);
  });

  test.each(['Cut the connections', "Revoke the kitchen's user"])(
    '%s: who is gone is gone from the list sooner than it is looked at otherwise',
    async (name) => {
      await connectDevice('Kitchen board');
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
    await connectDevice('Kitchen board');
    const connected = page.locator('#connections').getByRole('row').filter({ hasText: 'u-chef' });
    await connected.waitFor();
    await mishaps().getByRole('button', { name: "Revoke the kitchen's user" }).click();
    await mishapSays(
      /^Revoke chef at r-17: 1 session ended\..* that of the line npm start printed, too\..*: npm run -s token -- chef --line --type kitchen$/,
    );
    await shows('Kitchen board', /^Refused: revoked/);
    expect(await device('Kitchen board').getByRole('timer').textContent()).toBe('Refused: revoked');
    await connected.waitFor({ state: 'detached' });
    // Tokens are dated by the second: one of the same second is refused, too.
    await setTimeout(1000 - (Date.now() % 1000));
    await connectDevice('Kitchen board');
  });

  test('of another user who is revoked, no printed line is spoken of', async () => {
    await device('Kitchen board').getByLabel('User').selectOption('manager');
    await mishaps().getByRole('button', { name: "Revoke the kitchen's user" }).click();
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
    await shows('Kitchen board', /^Connected as/);
  });

  test('focus stays on the order when its button is replaced', async () => {
    await connectDevice('Kitchen board');
    await connectDevice('Till');
    await sendOrder('Focaccia');
    const begin = device('Kitchen board').getByRole('button', { name: /^Start: Focaccia/ });
    await begin.focus();
    await page.keyboard.press('Enter');
    await device('Kitchen board')
      .getByRole('button', { name: /^Ready: Focaccia/ })
      .waitFor();
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toMatch(/^Ready: Focaccia/);
  });

  test('every control has a name', async () => {
    await connectDevice('Till');
    const nameless = await page.evaluate(
      `[...document.querySelectorAll('button, select, input, progress')].filter((one) => !one.getAttribute('aria-label') && !one.labels?.length && !one.textContent).length`,
    );
    expect(nameless).toBe(0);
  });

  test.each([320, 390, 800, 1080])('a page %d px wide shows everything without scrolling sideways', async (width) => {
    await page.setViewportSize({ width, height: 800 });
    await connectDevice('Till');
    await connectDevice('Kitchen board');
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
  ...[...document.querySelectorAll('label')].filter((one) => one.offsetHeight - one.querySelector('select, input').offsetHeight > 32).map((one) => one.textContent),
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
