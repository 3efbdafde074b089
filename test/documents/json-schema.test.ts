/** docs/json-schema.md states the subset: its keywords, bounds and patterns are those of the code. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { compileSchema, maxSchemaDepth } from '../../protocol/json-schema/compile.ts';
import { keywordOf, keywords } from '../../protocol/json-schema/keywords.ts';
import { maxOptionalInRow, maxPatternChars, readPattern } from '../../protocol/json-schema/pattern.ts';
import { stepsAtMost } from '../../protocol/json-schema/violation.ts';
import { blocksOf, boldOf, tableOf } from './markdown.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/json-schema.md'), 'utf8');
const names = (annotate: boolean): readonly string[] =>
  Object.keys(keywords).filter((name) => (keywordOf(name)?.annotates === true) === annotate);
/** What the code says to whoever writes another value. */
const saidOf = (name: string): string | undefined => keywordOf(name)?.form.must.replace(/^must be /, '');
const meaning = expect.stringMatching(/\w{2}/);

test('the table of keywords has each that judges a value, its type and what it may say', () => {
  const besides = (name: string): string => {
    const of = keywordOf(name)?.of;
    if (of === undefined) return '–';
    return of === 'number' ? '`number`, `integer`' : `\`${of}\``;
  };
  expect(tableOf(page, 'keyword')).toEqual(
    names(false).map((name) => [`\`${name}\``, besides(name), saidOf(name), meaning]),
  );
});

test('the table of annotations has each that judges none', () => {
  expect(tableOf(page, 'annotation')).toEqual(names(true).map((name) => [`\`${name}\``, saidOf(name), meaning]));
});

test('the outermost schema alone has what is said to stand there', () => {
  const atRoot = Object.keys(keywords).filter((name) => keywordOf(name)?.atRoot === true);
  expect(page).toContain(`${atRoot.map((name) => `\`${name}\``).join(' and ')} stand in the outermost schema alone.`);
});

test('each pattern of the table is taken, or refused with its words', () => {
  const rows = tableOf(page, 'pattern');
  expect(rows.length).toBeGreaterThan(5);
  for (const [cell = '', said = ''] of rows) {
    const read = readPattern(cell.replaceAll('`', ''));
    expect([cell, typeof read === 'string' ? read : 'taken']).toEqual([cell, said]);
  }
});

test('its figures are those of the code, and its example is a schema', () => {
  const figures = boldOf(page).filter((bold) => /^\d+$/.test(bold));
  expect(figures.map(Number)).toEqual([maxSchemaDepth, maxPatternChars, maxOptionalInRow, stepsAtMost]);
  const examples = blocksOf(page).filter(({ language }) => language === 'json');
  expect(examples.map(({ text }) => compileSchema(JSON.parse(text)))).toEqual([
    expect.not.objectContaining({ problem: meaning }),
  ]);
});
