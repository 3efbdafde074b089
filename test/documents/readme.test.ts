/** The README says the figures of the pages it leads to, and the commands that the checks run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { limits } from '../../protocol/limits.ts';
import { alternatives, inDollars, monthlyCost, plainMonth, total } from '../load/monthly-cost.ts';
import { linksOf, tableOf } from './markdown.ts';

const textOf = (path: string): string => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');
const readme = textOf('README.md');

/** The sections under headings of the second level. */
const sections = new Map(
  readme
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [heading = '', ...lines] = section.split('\n');
      return [heading, lines.join('\n')];
    }),
);
const section = (heading: string): string => {
  const text = sections.get(heading);
  if (text === undefined) throw new Error(`the README has no section ${heading}`);
  return text;
};

describe('the README', () => {
  test.each([
    { heading: 'Quick start', leadsTo: 'docs/architecture.md' },
    { heading: 'Deploy', leadsTo: 'docs/deploy.md' },
    { heading: 'Connect your app', leadsTo: 'PROTOCOL.md' },
    { heading: 'Configure', leadsTo: 'docs/configuration.md' },
    { heading: 'Operate', leadsTo: 'docs/runbook.md' },
    { heading: 'Limits', leadsTo: 'docs/limits.md' },
    { heading: 'Alternatives', leadsTo: 'docs/cost.md' },
  ])('has a section $heading whose last paragraph leads to $leadsTo', ({ heading, leadsTo }) => {
    const last = section(heading).trim().split('\n\n').at(-1) ?? '';
    expect(linksOf(last).map(({ target }) => target.split('#')[0])).toContain(leadsTo);
  });

  test('shows a picture before it explains anything', () => {
    expect(linksOf(readme.split(/^## /m)[0] ?? '').some(({ image }) => image)).toBe(true);
  });

  test('has the two commands of a newcomer word for word, and the second is what .ci/run runs', () => {
    expect(readme).toContain('```sh\nnpm ci && npm start\n```');
    expect(readme).toContain('```sh\nnpm ci && npm test\n```');
    expect(textOf('.ci/run').split('\n')).toContain('npm ci && npm test');
  });

  test('says the limits of the protocol', () => {
    expect(section('Limits')).toContain(
      `**${limits.maxEventDataBytes / 1024} KB** of data from a backend, **${limits.maxFrameBytes / 1024} KB** a message of a device`,
    );
    expect(section('Limits')).toContain(`A session ends after **${limits.maxSessionMs / 3_600_000} hours**`);
  });

  test('has no figure under Limits that the pages it leads to do not have', () => {
    const pages = ['docs/limits.md', 'docs/cost.md', 'PROTOCOL.md'].map(textOf).join('\n');
    const list = section('Limits').split('\n| ')[0] ?? '';
    const figures = [...list.matchAll(/\*\*([^*]+)\*\*/g)].map(([, figure = '']) => figure);
    expect(figures.length).toBeGreaterThan(4);
    expect(figures.filter((figure) => !pages.includes(figure))).toEqual([]);
  });

  test('has no measured figure that docs/performance.md does not have, and names as many misses', () => {
    const page = textOf('docs/performance.md');
    const rows = tableOf(section('Limits'), '`npm run bench`, `npm run bench:events`');
    expect(rows.length).toBeGreaterThan(7);
    const figuresIn = (text: string): readonly string[] => text.match(/\d+(?:,\d{3})*(?:\.\d+)?/g) ?? [];
    const known = new Set(figuresIn(page).map((figure) => figure.replace(',', '')));
    const measured = rows.flatMap(([, cell = '']) => figuresIn(cell)).map((figure) => figure.replace(',', ''));
    expect(measured.filter((figure) => !known.has(figure) && !known.has(`${figure}.00`))).toEqual([]);
    const misses = (text: string): number => text.match(/\*\*(?:rate )?missed\*\*/g)?.length ?? 0;
    expect(misses(section('Limits'))).toBe(misses(page));
  });

  test('has the prices of docs/cost.md for the same month, and no other', () => {
    const prices: Readonly<Record<string, number>> = {
      maitred: total(monthlyCost(plainMonth)),
      ...alternatives(plainMonth),
    };
    const said = tableOf(section('Alternatives'), '').map(([name = '', ...cells]) => [
      name.replaceAll('*', ''),
      cells.at(-1)?.match(/\$\d{1,3}(?:,\d{3})*/)?.[0],
    ]);
    expect(said.filter(([, price]) => price !== undefined)).toEqual(
      Object.entries(prices).map(([name, dollars]) => [name, inDollars(dollars)]),
    );
  });
});
