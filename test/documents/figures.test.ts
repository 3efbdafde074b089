/** The pages that sum up say the figures of those they sum up: limits, measurements, prices. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { limits } from '../../protocol/limits.ts';
import { alternatives } from '../../cost/alternatives.ts';
import { reference } from '../../cost/fleet.ts';
import { totalOf } from '../../cost/month.ts';
import { inDollars } from '../../cost/price.ts';
import { boldOf, sectionsOf, tableOf } from './markdown.ts';

const textOf = (path: string): string => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');

/** A page cut in two: its summary, and all that is summed up. */
const summedUp = (path: string): Readonly<{ glance: string; rest: string }> => {
  const text = textOf(path);
  const glance = sectionsOf(text).get('At a glance');
  if (glance === undefined) throw new Error(`${path} has no summary`);
  return { glance, rest: text.replace(glance, '') };
};
const limitsPage = summedUp('docs/limits.md');
const performance = summedUp('docs/performance.md');

test('docs/limits.md says the limits of the protocol', () => {
  expect(limitsPage.glance).toContain(
    `**${limits.maxEventDataBytes / 1024} KB** of data from a backend, **${limits.maxFrameBytes / 1024} KB** a message of a device`,
  );
  expect(limitsPage.glance).toContain(`A session ends after **${limits.maxSessionMs / 3_600_000} hours**`);
});

test('docs/limits.md has no figure at a glance that the rest of it, the costs and the protocol do not have', () => {
  const pages = [limitsPage.rest, textOf('docs/cost.md'), textOf('PROTOCOL.md')].join('\n');
  const figures = boldOf(limitsPage.glance);
  expect(figures.length).toBeGreaterThan(7);
  expect(figures.filter((figure) => !pages.includes(figure))).toEqual([]);
});

test('docs/performance.md has no figure at a glance that its tables do not have, and names as many misses', () => {
  const rows = tableOf(performance.glance, '`npm run bench`, `npm run bench:events`');
  expect(rows.length).toBeGreaterThan(7);
  const figuresIn = (text: string): readonly string[] => text.match(/\d+(?:,\d{3})*(?:\.\d+)?/g) ?? [];
  const known = new Set(figuresIn(performance.rest).map((figure) => figure.replace(',', '')));
  const measured = rows.flatMap(([, cell = '']) => figuresIn(cell)).map((figure) => figure.replace(',', ''));
  expect(measured.filter((figure) => !known.has(figure) && !known.has(`${figure}.00`))).toEqual([]);
  const misses = (text: string): number => text.match(/\*\*(?:rate )?missed\*\*/g)?.length ?? 0;
  expect(misses(performance.glance)).toBeGreaterThan(0);
  expect(misses(performance.glance)).toBe(misses(performance.rest));
});

test('docs/comparison.md has the prices of docs/cost.md for the same month, and no other', () => {
  const of = (named: string): readonly number[] =>
    alternatives(reference)
      .filter(({ name }) => name.startsWith(named))
      .flatMap(({ alone, alike }) => [alone, ...(alike === undefined ? [] : [alike])]);
  const prices: Readonly<Record<string, readonly number[]>> = {
    maitred: [totalOf(reference)],
    'AWS AppSync Events': of('AWS AppSync Events'),
    'AWS IoT Core': of('AWS IoT Core'),
    'Ably Pro': of('Ably Pro'),
    'Supabase Realtime Pro': of('Supabase Realtime Pro'),
  };
  const said = tableOf(textOf('docs/comparison.md'), '').map(
    ([name = '', ...cells]) => [name.replaceAll('*', ''), cells.at(-1)?.match(/\$\d{1,3}(?:,\d{3})*/g) ?? []] as const,
  );
  expect(said.filter(([, figures]) => figures.length > 0)).toEqual(
    Object.entries(prices).map(([name, dollars]) => [name, dollars.map(inDollars)]),
  );
});
