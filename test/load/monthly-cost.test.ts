/** docs/cost.md says what its inputs give. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { alternatives, inDollars, levers, measured, monthlyCost, plainMonth, total } from './monthly-cost.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/cost.md'), 'utf8');
const rows = new Map(
  text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => {
      const [name = '', ...cells] = line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
      return [name, cells];
    }),
);
const items = monthlyCost(plainMonth);
const all = total(items);
const change = (dollars: number): string => {
  const percent = Math.round(100 * (dollars / all - 1));
  return `${percent < 0 ? '−' : '+'}${Math.abs(percent)} %`;
};

test.each(Object.entries(items))('the plain month: %s', (item, dollars) => {
  expect(rows.get(item)).toEqual([inDollars(dollars), `${Math.round((100 * dollars) / all)} %`]);
});

test('the plain month in all', () => {
  expect(rows.get('**together**')).toEqual([`**${inDollars(all)}**`, '']);
});

test.each(levers)('a lever: $lever', ({ lever, month }) => {
  const dollars = total(monthlyCost(month));
  expect(rows.get(lever)).toEqual([inDollars(dollars), change(dollars)]);
});

test.each(Object.entries(alternatives(plainMonth)))('an alternative: %s', (name, dollars) => {
  expect(rows.get(name)?.[0]).toBe(inDollars(dollars));
});

test.each(Object.entries(measured))('a measured unit: %s', (unit, value) => {
  expect(rows.get(`\`${unit}\``)?.[0]).toBe(value.toLocaleString('en-US'));
});
