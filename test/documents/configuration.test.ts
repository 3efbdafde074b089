/** The tables of configuration keys say what the schema says: every key, its bounds and choices, its default. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { StageConfig } from '../../config-schema/stage-config.ts';
import { entriesOf, itemOf, partsOf, requirementOf, type Schema } from '../config-schema/schema-parts.ts';
import { tableOf } from './markdown.ts';

type Key = Readonly<{ key: string; schema: Schema; byDefault: string }>;

const textOf = (path: string): string => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');
/** Each key that has a value of its own; a section has none beside its keys', a list of sections has both. */
const keysOf = (section: Schema, prefix = ''): readonly Key[] =>
  Object.entries(entriesOf(section) ?? {}).flatMap(([name, entry]) => {
    const key = `${prefix}${name}`;
    const schema = entry.wrapped ?? entry;
    if (entriesOf(schema) !== undefined) return keysOf(schema, `${key}.`);
    const fallback = entry.default === undefined ? '–' : `\`${JSON.stringify(entry.default)}\``;
    const here: Key = { key, schema, byDefault: entry.type === 'optional' ? fallback : 'required' };
    const item = itemOf(schema);
    return [here, ...(item === undefined ? [] : keysOf(item, `${key}[].`))];
  });

/** What the schema says to whoever writes a wrong value, once each. */
const sentencesOf = (schema: Schema): readonly string[] => [
  ...new Set(partsOf(schema).flatMap(({ message }) => (typeof message === 'string' ? [message] : []))),
];

/** The column under "must be": the schema's own sentences, and those about the items of a list. */
const demandedOf = (schema: Schema): string => {
  const item = itemOf(schema);
  const ofItems = item === undefined || entriesOf(item) !== undefined ? [] : sentencesOf(item);
  const said = (sentence: string) => sentence.replace(/^must be /, '');
  return [...sentencesOf(schema).map(said), ...ofItems.map((sentence) => `each ${said(sentence)}`)].join('; ');
};

/** The bounds and choices that the schema checks, which its sentences have to name. */
const checkedOf = (schema: Schema): readonly string[] => {
  const bounds = ['min_value', 'max_value'].map((type) => requirementOf(schema, type));
  const choices = [...(schema.options ?? []), ...(itemOf(schema)?.options ?? [])];
  return [...bounds, ...choices].filter((one) => typeof one === 'number' || typeof one === 'string').map(String);
};

const keys = keysOf(StageConfig);
const rows = tableOf(textOf('docs/configuration.md'), 'key');

test('docs/configuration.md lists the keys of the schema in its order, and no other', () => {
  expect(rows.map(([key]) => key)).toEqual(keys.map(({ key }) => `\`${key}\``));
});

test.each(keys)('$key: what it must be, its default and its meaning', ({ key, schema, byDefault }) => {
  const row = rows.find(([name]) => name === `\`${key}\``);
  expect(row).toEqual([`\`${key}\``, demandedOf(schema), byDefault, expect.stringMatching(/\w{2}/)]);
});

test('the constructs say the same defaults in their docstrings', () => {
  const defaults = new Map(keys.map(({ key, byDefault }) => [key, byDefault.replaceAll(/[`"]/g, '')]));
  const said = [...textOf('lib/settings.ts').matchAll(/@default (\w+)\n\s+\*\/\n\s+readonly (\w+)\?/g)];
  const stands = said
    .map(([, value, key = '']) => [key, value])
    .filter(([key = '']) => /^[\da-z]/.test(defaults.get(key) ?? ''));
  expect(stands.length).toBeGreaterThan(8);
  expect(stands).toEqual(stands.map(([key = '']) => [key, defaults.get(key)]));
});

test.each(keys)('$key: the sentence of the schema names the bounds and choices that it checks', ({ schema }) => {
  expect(demandedOf(schema)).not.toBe('');
  for (const checked of checkedOf(schema)) expect(demandedOf(schema)).toMatch(new RegExp(`(^|\\W)${checked}(\\W|$)`));
});

test('the schema is seen: bounds, choices, lists, texts and sections', () => {
  const starting = (text: string) => keys.filter(({ schema }) => demandedOf(schema).startsWith(text)).length;
  expect(starting('a whole number from ')).toBeGreaterThan(10);
  expect(starting('a list')).toBeGreaterThan(3);
  expect(keys.filter(({ schema }) => checkedOf(schema).length > 1).length).toBeGreaterThan(15);
  expect(keys.some(({ key }) => key.startsWith('issuers[].'))).toBe(true);
  expect(keys.some(({ key }) => key.startsWith('budgets.'))).toBe(true);
});

test('docs/configuration.md lists every key of the first level at a glance, once', () => {
  const named = tableOf(textOf('docs/configuration.md'), 'first level').flatMap(([cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, key]) => key),
  );
  expect(named.sort()).toEqual(Object.keys(entriesOf(StageConfig) ?? {}).sort());
});
