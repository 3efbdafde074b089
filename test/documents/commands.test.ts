/** What docs/commands.md promises to scripts is what the commands do. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { exitCodes } from '../../bin/exit-codes.ts';
import { tableOf } from './markdown.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/commands.md'), 'utf8');

test('docs/commands.md has every exit code, and no other', () => {
  expect(tableOf(page, 'code').map(([code, ending]) => [ending?.replaceAll('`', ''), Number(code)])).toEqual(
    Object.entries(exitCodes),
  );
});
