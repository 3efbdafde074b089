/** What docs/memberships.md promises to whoever writes the table: its rows are those that the code reads, and its policy allows no more. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { memberColumns, requiredColumns } from '../../bin/members/member-row.ts';
import { MembershipItem } from '../../lambdas/dynamodb/memberships.ts';
import { blocksOf, sectionsOf, tableOf } from './markdown.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/memberships.md'), 'utf8');
const section = (heading: string): string => sectionsOf(page).get(heading) ?? '';
const plain = (cell = ''): string => cell.replaceAll('`', '');

test('docs/memberships.md has every column of a file, and says which are required', () => {
  const rows = tableOf(section('From a file'), 'column');
  expect(rows.map(([name]) => plain(name)).sort()).toEqual([...memberColumns].sort());
  expect(rows.filter(([, text]) => text?.startsWith('required')).map(([name]) => plain(name))).toEqual(requiredColumns);
});

describe('docs/memberships.md, of the table', () => {
  const rows = tableOf(section('In the table'), 'attribute').map(([name, type, text]) => ({
    name: plain(name),
    type,
    text,
  }));
  const neverWritten = rows.filter(({ text }) => text?.startsWith('never write it')).map(({ name }) => name);

  test('has every attribute that the code reads', () => {
    expect(rows.map(({ name }) => name)).toEqual(Object.keys(MembershipItem.entries));
  });

  test('says what is optional as the code does', () => {
    const optional = Object.entries(MembershipItem.entries).filter(([, schema]) => schema.type === 'optional');
    const said = rows.filter(({ name, text }) => text?.startsWith('optional') || neverWritten.includes(name));
    expect(said.map(({ name }) => name)).toEqual(optional.map(([name]) => name));
  });

  test('has a policy that lets nobody write what is never to be written, nor put or delete an item', () => {
    const [json = ''] = blocksOf(section('In the table'))
      .filter(({ language }) => language === 'json')
      .map(({ text }) => text);
    const { Action, Condition } = JSON.parse(json);
    expect(Action).toBe('dynamodb:UpdateItem');
    const writable: readonly string[] = Condition['ForAllValues:StringEquals']['dynamodb:Attributes'];
    const dates = ['revoked_before_ms', ...neverWritten];
    expect([...writable].sort()).toEqual(
      rows
        .map(({ name }) => name)
        .filter((name) => !dates.includes(name))
        .sort(),
    );
    expect(Condition['ForAllValues:StringLike']['dynamodb:LeadingKeys']).not.toContain('R#*');
  });
});
