/** What `npm run cost` is told and what it shows. */
import { describe, expect, test } from '@jest/globals';
import { reference } from '../../cost/fleet.ts';
import { fleetFrom, fleetOptions } from '../../cost/fleet-arguments.ts';
import { totalOf } from '../../cost/month.ts';
import { pageOf } from '../../cost/page.ts';
import { inDollars } from '../../cost/price.ts';
import { reportOf } from '../../cost/report.ts';
import { linesOf } from '../../cost/terminal.ts';

describe('a fleet on the command line', () => {
  test('is the reference month where nothing is said', () => {
    expect(fleetFrom({})).toEqual(reference);
  });

  test.each([
    {
      said: { restaurants: '40', 'night-hours': '8', 'no-batch': true },
      is: { restaurants: 40, nightHours: 8, batch: false },
    },
    { said: { publishers: 'devices', audience: '0.6' }, is: { publishers: 'devices', audience: 0.6 } },
    { said: { 'fan-out-concurrency': '50', provisioned: true }, is: { fanOutConcurrency: 50, provisioned: true } },
  ])('$said is $is', ({ said, is }) => {
    expect(fleetFrom(said)).toEqual({ ...reference, ...is });
  });

  test.each([
    { why: 'a word', said: { restaurants: 'many' }, says: '--restaurants is a number, got many' },
    { why: 'nothing', said: { devices: '' }, says: '--devices is a number, got nothing' },
    { why: 'below zero', said: { events: '-1' }, says: '--events is a number, got -1' },
    { why: 'half a device', said: { devices: '2.5' }, says: '--devices is a whole number from 0 to 10000, got 2.5' },
    { why: 'no such word', said: { arrivals: 'late' }, says: '--arrivals is one of random, peaked, orders, got late' },
    {
      why: 'too long a day',
      said: { 'night-hours': '13' },
      says: '--night-hours and the open hours are a day at most, got 12 and 13',
    },
  ])('of $why is refused in one sentence', ({ said, says }) => {
    expect(fleetFrom(said)).toBe(says);
  });

  test('has an option for each key of a fleet', () => {
    const named = Object.keys(fleetOptions).map((name) =>
      name.replace(/^no-/, '').replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
    );
    expect(named.sort()).toEqual(Object.keys(reference).sort());
  });
});

describe('the month of a fleet', () => {
  const report = reportOf({ ...reference, restaurants: 40 });

  test('has bars in a terminal and none elsewhere', () => {
    expect(linesOf(report, true).join('\n')).toContain('██');
    expect(linesOf(report, false).join('\n')).not.toMatch(/[█▌▏]/);
    for (const isTerminal of [true, false])
      expect(linesOf(report, isTerminal).join('\n')).toContain(inDollars(report.dollars));
  });

  test('is a page that loads nothing, is readable in light and dark and as wide as a phone', () => {
    const page = pageOf(report);
    expect(page).not.toMatch(/https?:|<script|<link|@import|url\(/);
    expect(page).toContain('prefers-color-scheme:dark');
    expect(page).toContain('width=device-width');
    expect(page.match(/<svg /g)).toHaveLength(3);
    expect(page).not.toContain('NaN');
    expect(page).toContain(inDollars(totalOf({ ...reference, restaurants: 40 })));
  });

  test.each([
    { why: 'nobody', fleet: { restaurants: 0 } },
    { why: 'devices that hear nothing', fleet: { restaurants: 3, audience: 0 } },
    { why: 'no events', fleet: { restaurants: 3, events: 0 } },
  ])('of $why is told as well', ({ fleet }) => {
    const one = reportOf({ ...reference, ...fleet });
    expect(`${linesOf(one, true).join('\n')}${pageOf(one)}`).not.toMatch(/NaN|Infinity|undefined/);
  });

  test('warns of what cannot pass: more events than runs take, more deliveries than the account has requests', () => {
    expect(report.warnings).toEqual([]);
    const { warnings } = reportOf({ ...reference, restaurants: 30_000 });
    expect(warnings).toEqual([
      expect.stringMatching(
        /^A fanOutConcurrency of 30 takes about 1,277 events\/s, and 3,333 come in the busiest hour: raise it\.$/,
      ),
      expect.stringMatching(/^Deliveries alone are 16,667 requests\/s in the busiest hour/),
    ]);
  });
});
