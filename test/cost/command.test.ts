/** What `npm run cost` is told and what it shows. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { writePage } from '../../bin/page-file.ts';
import { reference } from '../../cost/fleet.ts';
import { fleetFrom, fleetOptions, withNegatives } from '../../cost/fleet-arguments.ts';
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
    { said: { 'fan-out-memory-mib': '512' }, is: { fanOutMemoryMiB: 512 } },
  ])('$said is $is', ({ said, is }) => {
    expect(fleetFrom(said)).toEqual({ ...reference, ...is });
  });

  test.each([
    {
      why: 'a word',
      said: { restaurants: 'many' },
      says: '--restaurants is a whole number from 0 to 10000000, got many',
    },
    { why: 'nothing', said: { devices: '' }, says: '--devices is a whole number from 0 to 10000, got nothing' },
    { why: 'below zero', said: { events: '-1' }, says: '--events is a number from 0 to 10000000, got -1' },
    {
      why: 'a power',
      said: { restaurants: '1e3' },
      says: '--restaurants is a whole number from 0 to 10000000, got 1e3',
    },
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

  test('may say a number below zero as a word of its own, to be told what is right', () => {
    expect(withNegatives(['--restaurants', '-5', '--json', '--page', 'a.html'])).toEqual([
      '--restaurants=-5',
      '--json',
      '--page',
      'a.html',
    ]);
    expect(withNegatives(['-5', '--json', '-h'])).toEqual(['-5', '--json', '-h']);
  });

  test('has an option for each key of a fleet', () => {
    const named = Object.keys(fleetOptions).map((name) =>
      name
        .replace(/^no-/, '')
        .replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())
        .replace('Mib', 'MiB'),
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

  test.each([
    { why: 'nobody', fleet: { restaurants: 0 } },
    {
      why: 'everything chosen',
      fleet: {
        provisioned: true,
        heartbeat: 300,
        tokenHours: 2,
        auditTableClass: 'infrequent',
        fanOutMemoryMiB: 512,
        fanOutConcurrency: 45,
      },
    },
  ] as const)('of $why lists no saving that saves nothing', ({ fleet }) => {
    const one = reportOf({ ...reference, ...fleet });
    expect(one.options).toEqual([]);
    expect(one.withOptions).toBe(one.dollars);
    for (const text of [linesOf(one, true).join('\n'), pageOf(one)]) {
      expect(text).toContain('None of the options would save.');
      expect(text).not.toContain('all of them');
    }
  });

  test('with audit records of a day does without the table class that would be dearer', () => {
    const one = reportOf({ ...reference, auditRetentionDays: 1 });
    expect(one.options.map(({ option }) => option)).not.toContain('auditTableClass "infrequent"');
    expect(one.withOptions).toBe(
      totalOf({
        ...reference,
        ...{ auditRetentionDays: 1, provisioned: true, heartbeat: 300, tokenHours: 2 },
        ...{ fanOutMemoryMiB: 512, fanOutConcurrency: 45 },
      }),
    );
  });

  test('has what is saved below zero, in the terminal and on the page alike', () => {
    const saved = `−${inDollars(report.options[0]?.saves ?? 0)}`;
    expect(linesOf(report, false).join('\n')).toContain(saved);
    expect(pageOf(report)).toContain(saved);
  });

  test.each([
    { restaurants: 0, says: '0 restaurants' },
    { restaurants: 1, says: '1 restaurant' },
    { restaurants: 2, says: '2 restaurants' },
  ])('begins with $says', ({ restaurants, says }) => {
    const one = reportOf({ ...reference, restaurants, devices: 1, events: 1 });
    expect(linesOf(one, false)[0]).toContain(`${says}, 1 device and 1 event a day each`);
    expect(pageOf(one)).toContain(`<h1>${says}: `);
    expect(pageOf(one)).toContain('<p>1 device and 1 event a day each');
  });

  test('warns that pings after longer silence meet networks that are not counted', () => {
    expect(reportOf({ ...reference, heartbeat: 120 }).warnings).toEqual([]);
    expect(reportOf({ ...reference, heartbeat: 300 }).warnings).toEqual([
      'Networks that forget a silent connection between 120 s and 300 s are not counted: devices behind them ping after 45 s, so the month with a heartbeat of 300 s is this at least.',
    ]);
  });

  test.each([
    {
      why: 'a folder that is not there',
      file: join(tmpdir(), 'nobody-has-made-this', 'a.html'),
      says: 'its folder is not there',
    },
    { why: 'a folder', file: tmpdir(), says: 'it is a folder' },
  ])('as a page into $why is refused in one sentence', ({ file, says }) => {
    expect(writePage(file, '')).toBe(`--page ${file} cannot be written: ${says}`);
  });

  test('warns of what cannot pass: more events than runs take, more deliveries than the account has requests', () => {
    expect(report.warnings).toEqual([]);
    const { warnings } = reportOf({ ...reference, restaurants: 30_000 });
    expect(warnings).toEqual([
      expect.stringMatching(
        /^A fanOutConcurrency of 30 takes about 1,382 events\/s, and 3,333 come in the busiest hour: raise it\.$/,
      ),
      expect.stringMatching(/^Deliveries alone are 16,667 requests\/s in the busiest hour/),
    ]);
  });
});
