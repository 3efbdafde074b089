/** Devices that come back: docs/limits.md has what the SDK's machine does, and the model gives no more than its quotas have. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { seeded } from '../../cost/seeded.ts';
import { agenda } from '../../scale/agenda.ts';
import { caseNames, cases } from '../../scale/cases.ts';
import { runStorm } from '../../scale/storm.ts';
import { stormPage } from '../../scale/storm-page.ts';
import { stormReport } from '../../scale/storm-report.ts';
import { stormFrom, stormOptions, usualStorm } from '../../scale/storm-settings.ts';
import { stormHead, stormRow } from '../../scale/storm-table.ts';
import { stormLines } from '../../scale/storm-terminal.ts';
import { bucket, functions, perMinute } from '../../scale/supply.ts';
import { fullTest } from '../harness/runs.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/limits.md'), 'utf8');
const isQuick = (name: keyof typeof cases): boolean => ['cut-1500', 'tokens-1500'].includes(name);
/** The larger ones take minutes: they are run where the table is written. */
const isSmall = (name: keyof typeof cases): boolean => cases[name].storm.devices <= 5_000;
const reportOf = (name: keyof typeof cases) => {
  const { what, storm } = cases[name];
  return stormReport(what, storm, runStorm(storm));
};

describe('docs/limits.md', () => {
  // `node test/scale/write-page.ts` writes them.
  test.each(caseNames.filter(isQuick))('has the storm %s as it goes', (name) => {
    expect(page).toContain(stormRow(reportOf(name)));
  });

  fullTest.each(caseNames.filter((name) => isSmall(name) && !isQuick(name)))('has the storm %s as it goes', (name) => {
    expect(page).toContain(stormRow(reportOf(name)));
  });

  test('has a row for each storm and no other', () => {
    const lines = page.slice(page.indexOf(stormHead)).split('\n');
    const rows = lines.slice(2, lines.indexOf('<!-- /storms -->'));
    expect(rows.map((row) => row.split(' | ')[0])).toEqual(caseNames.map((name) => `| ${cases[name].what}`));
  });
});

describe('a storm', () => {
  const few = { ...usualStorm, devices: 300 };

  test('goes the same way each time, and another with another seed', () => {
    const [one, other] = [runStorm(few), runStorm(few)];
    expect([...one.backAt]).toEqual([...other.backAt]);
    expect([...runStorm({ ...few, seed: 2 }).backAt]).not.toEqual([...one.backAt]);
  });

  test.each([
    { why: 'new connections', storm: { rate: 20 }, mostASecond: 20 },
    { why: 'tokens', storm: { tokens: 20, expired: 1 }, mostASecond: 20 },
    {
      why: 'functions: four at a time, two runs each',
      storm: { concurrency: 4, functionMs: 100, coldMs: 0 },
      mostASecond: 20,
    },
  ])('lets in as many as there is of $why', ({ storm, mostASecond }) => {
    const { backAt } = runStorm({ ...few, ...storm });
    expect(backAt).toHaveLength(few.devices);
    // A burst of one second is there at first.
    expect(backAt.at(-1)).toBeGreaterThan(few.devices / mostASecond - 2);
    for (const [nth, at] of backAt.entries()) expect(nth + 1).toBeLessThanOrEqual(mostASecond * (at + 2));
  });

  test('behind one address takes minutes without a pass, and none with one', () => {
    const chain = { ...few, address: 300, connectsPerMinute: 60 };
    const [withPasses, without] = [runStorm(chain), runStorm({ ...chain, passes: false })];
    expect(withPasses.refused.address).toBe(0);
    expect(without.refused.address).toBeGreaterThan(0);
    expect(without.backAt.at(-1)).toBeGreaterThan(180);
    expect(withPasses.backAt.at(-1)).toBeLessThan(10);
  });

  test('waits for the end of an outage, and counts from there', () => {
    const { backAt, refused, tried } = runStorm({ ...few, outage: 90 });
    expect(refused.outage).toBeGreaterThan(5 * few.devices);
    expect(tried.length).toBeGreaterThan(90);
    expect(backAt[0]).toBeGreaterThan(0);
  });

  test('hands each session over within two hours, none is lost for its age', () => {
    const { handedOver, lost } = runStorm({ ...few, hours: 2.1 });
    expect({ handedOver, lost }).toEqual({ handedOver: few.devices, lost: 0 });
  });

  test('computes as much for a late try of a device as for its first', () => {
    const { happenings, attempts } = runStorm({ ...few, outage: 600 });
    expect(attempts).toBeGreaterThan(40 * few.devices);
    // Its refusal, its wait and the moment by which it would have been too late; when timers came back for ever it was 18.
    expect(happenings).toBeLessThan(4 * attempts);
  });

  test('needs no token that is still good', () => {
    expect(runStorm(few).tokensAsked).toBe(0);
    expect(runStorm({ ...few, expired: 1 }).tokensAsked).toBe(few.devices);
  });
});

describe('what there is', () => {
  test('of a bucket fills with time and has no more than its burst', () => {
    const take = bucket(10, 5);
    expect([0, 0, 0, 0, 0, 0].map((now) => take(now))).toEqual([true, true, true, true, true, false]);
    expect([100, 100].map((now) => take(now))).toEqual([true, false]);
    expect(take(10_000, 6)).toBe(false);
    expect(take(10_000, 5)).toBe(true);
  });

  test('of a minute of the clock is there anew in the next', () => {
    const has = perMinute(1);
    expect([has(1, 0), has(1, 59_999), has(2, 59_999), has(1, 60_000)]).toEqual([true, false, true, true]);
  });

  test('of functions is the account’s concurrency, cold at first and 1,000 sandboxes more of each at once', () => {
    const few = functions(2, 25, 300);
    expect([few.start('a', 0), few.start('b', 0), few.start('a', 0)]).toEqual([325, 325, 'throttled']);
    few.end('a');
    expect([few.start('a', 400), few.start('a', 400)]).toEqual([25, 'throttled']);
    const many = functions(5_000, 25, 300);
    expect(Array.from({ length: 1_001 }, () => many.start('a', 0)).filter((one) => one === 'throttled')).toHaveLength(
      1,
    );
    expect([many.start('b', 0), many.start('a', 10)]).toEqual([325, 325]);
  });

  test('on an agenda comes by time, and in its order at the same time', () => {
    const { put, next, at } = agenda<string>();
    for (const [time, what] of [
      [3, 'd'],
      [1, 'a'],
      [2, 'b'],
      [2, 'c'],
      [9, 'e'],
    ] as const)
      put(time, what);
    expect(Array.from({ length: 6 }, () => [next(), at()])).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 2],
      ['d', 3],
      ['e', 9],
      [undefined, 9],
    ]);
  });

  test('on an agenda comes in that order however much there is, and while more comes', () => {
    const chance = seeded(1);
    const { put, next, at } = agenda<number>();
    const times = new Map<number, number>();
    const takeOne = () => {
      const [first] = [...times].sort(([one, time], [other, otherTime]) => time - otherTime || one - other);
      expect([next(), at()]).toEqual(first);
      times.delete(first?.[0] ?? Number.NaN);
    };
    for (let nth = 0; nth < 400; nth++) {
      const time = at() + Math.floor(chance() * 20);
      put(time, nth);
      times.set(nth, time);
      if (chance() < 0.4) takeOne();
    }
    while (times.size > 0) takeOne();
    expect(next()).toBeUndefined();
  });
});

describe('a storm on the command line', () => {
  test('is the usual one where nothing is said', () => {
    expect(stormFrom({})).toEqual(usualStorm);
    expect(stormFrom({ devices: '7', 'no-passes': true })).toEqual({ ...usualStorm, devices: 7, passes: false });
  });

  test.each([
    { said: { devices: '0' }, says: '--devices is a whole number from 1 to 1000000, got 0' },
    { said: { expired: '2' }, says: '--expired is a number from 0 to 1, got 2' },
    { said: { 'function-ms': '' }, says: '--function-ms is a number from 1 to 3000, got nothing' },
  ])('of $said is refused in one sentence', ({ said, says }) => {
    expect(stormFrom(said)).toBe(says);
  });

  test('has an option for each key', () => {
    const named = Object.keys(stormOptions).map((name) =>
      name.replace(/^no-/, '').replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
    );
    expect(named.sort()).toEqual(Object.keys(usualStorm).sort());
  });
});

describe('what is shown of a storm', () => {
  const report = stormReport('40 devices', usualStorm, runStorm({ ...usualStorm, devices: 40 }));

  test('has a plot in a terminal and none elsewhere', () => {
    expect(stormLines([report], true).join('\n')).toContain('█');
    expect(stormLines([report], false).join('\n')).not.toMatch(/[█▁│]/);
  });

  test('is a page that loads nothing, is readable in light and dark and as wide as a phone', () => {
    const html = stormPage([report, report]);
    expect(html).not.toMatch(/https?:|<script|<link|@import|url\(|NaN|undefined/);
    expect(html).toContain('prefers-color-scheme:dark');
    expect(html).toContain('width=device-width');
    expect(html.match(/<svg /g)).toHaveLength(2);
  });
});
