/** The tables of configuration keys say what the schema says: every key, its bounds and choices, its default. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { StageConfig } from '../../lib/config.ts';
import { tableOf } from './markdown.ts';

/** As much of a valibot schema as the table is about. */
type Schema = Readonly<{
  type: string;
  pipe?: readonly Schema[];
  entries?: Readonly<Record<string, Schema>>;
  item?: Schema;
  wrapped?: Schema;
  default?: unknown;
  requirement?: unknown;
  options?: readonly unknown[];
}>;

type Key = Readonly<{ key: string; schema: Schema; byDefault: string }>;

const textOf = (path: string): string => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');
const partsOf = (schema: Schema): readonly Schema[] => schema.pipe ?? [schema];
const entriesOf = (schema: Schema) => partsOf(schema).find(({ entries }) => entries !== undefined)?.entries;
const itemOf = (schema: Schema) => partsOf(schema).find(({ item }) => item !== undefined)?.item;
const requirementOf = (schema: Schema, type: string): unknown =>
  partsOf(schema).find((part) => part.type === type)?.requirement;

const codeOf = (value: unknown): string => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;

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

/** What the table has to say about the value, where the schema says it in numbers or choices. */
const demandedOf = (schema: Schema): string | undefined => {
  const [least, most] = [requirementOf(schema, 'min_value'), requirementOf(schema, 'max_value')];
  if (typeof least === 'number' && typeof most === 'number')
    return `whole number, ${least.toLocaleString('en-US')} to ${most.toLocaleString('en-US')}`;
  if (schema.type === 'picklist') return `one of ${schema.options?.map(codeOf).join(', ')}`;
  const choices = itemOf(schema)?.options;
  return choices === undefined ? undefined : `list of ${choices.map(codeOf).join(', ')}`;
};

const keys = keysOf(StageConfig);
const rows = tableOf(textOf('docs/configuration.md'), 'key');

test('docs/configuration.md lists the keys of the schema in its order, and no other', () => {
  expect(rows.map(([key]) => key)).toEqual(keys.map(({ key }) => `\`${key}\``));
});

test.each(keys)('$key: default, bounds and choices are those of the schema', ({ key, schema, byDefault }) => {
  const [, demanded, written, meaning] = rows.find(([name]) => name === `\`${key}\``) ?? [];
  expect(written).toBe(byDefault);
  expect(demanded).toBe(demandedOf(schema) ?? demanded);
  expect(meaning).not.toBe('');
});

test('the schema is seen: bounds, choices, lists and sections', () => {
  expect(keys.filter(({ schema }) => demandedOf(schema)?.startsWith('whole number')).length).toBeGreaterThan(10);
  expect(keys.filter(({ schema }) => demandedOf(schema)?.startsWith('one of')).length).toBeGreaterThan(3);
  expect(keys.some(({ key }) => key.startsWith('issuers[].'))).toBe(true);
  expect(keys.some(({ key }) => key.startsWith('budgets.'))).toBe(true);
});

test('docs/configuration.md lists every key of the first level at a glance, once', () => {
  const named = tableOf(textOf('docs/configuration.md'), 'first level').flatMap(([cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, key]) => key),
  );
  expect(named.sort()).toEqual(Object.keys(entriesOf(StageConfig) ?? {}).sort());
});
