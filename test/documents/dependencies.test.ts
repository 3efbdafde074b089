/** docs/dependencies.md has every package that package.json names, once, with its reason and what becomes of us without it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { tableOf } from './markdown.ts';

const textOf = (path: string): string => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');
const page = textOf('docs/dependencies.md');
const tables = ['in the functions', 'for a deployment', 'on this machine', 'for the tests'];
const { dependencies, devDependencies, optionalDependencies } = JSON.parse(textOf('package.json'));

const rowsOf = (text: string) => tables.flatMap((table) => tableOf(text, table));
const namesIn = (cell: string): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

test('the tables name the packages of package.json, each once, and no other', () => {
  const named = rowsOf(page).flatMap(([cell = '']) => namesIn(cell));
  expect(named.toSorted()).toEqual(
    Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies }).toSorted(),
  );
});

test('each row says what it is for and what happens when it is gone', () => {
  for (const row of rowsOf(page))
    expect(row).toEqual([expect.stringMatching(/^`/), expect.stringMatching(/\w{3}/), expect.stringMatching(/\w{3}/)]);
});

test('what is bundled into the functions are dependencies, and all tests need are devDependencies', () => {
  const namesUnder = (table: string) => tableOf(page, table).flatMap(([cell = '']) => namesIn(cell));
  expect(Object.keys(dependencies)).toEqual(expect.arrayContaining([...namesUnder('in the functions')]));
  expect(Object.keys(devDependencies)).toEqual(expect.arrayContaining([...namesUnder('for the tests')]));
});

test('each package of which the page says how much it brings is one of those', () => {
  const named = rowsOf(page).flatMap(([cell = '']) => namesIn(cell));
  expect(named).toEqual(expect.arrayContaining(tableOf(page, 'brought by').flatMap(([cell = '']) => namesIn(cell))));
});
