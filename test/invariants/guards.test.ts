import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { guards, invariants } from './guards.ts';

const root = join(import.meta.dirname, '..', '..');
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');
/** A contract is run by the suites of its storages, whose files name none of its tests. */
const titlesIn = (file: string): string =>
  file === 'test/contract/storage.test.ts'
    ? ['audit', 'address-counters', 'connections', 'memberships', 'streams']
        .map((one) => textOf(`test/contract/${one}-contract.ts`))
        .join()
    : textOf(file);
const table = textOf('docs/invariants.md');

describe('each invariant has a guard and a test that fails without it', () => {
  test.each(Object.keys(invariants))('%s', (id) => {
    expect(guards.filter(({ of }) => of === id)).not.toEqual([]);
  });

  test.each(guards)('$of: $guard', ({ of, guard, file, text, without, test: testFile, title }) => {
    expect(textOf(file).split(text)).toHaveLength(2);
    expect(without).not.toContain(text);
    expect(titlesIn(testFile)).toContain(title);
    expect(table).toContain(`| ${of} ${invariants[of]} | ${guard} | ${file} | ${testFile}: "${title}" |`);
  });

  test('and the table has no other', () => {
    expect(table.split('\n').filter((line) => /^\| I\d/.test(line))).toHaveLength(guards.length);
  });
});
