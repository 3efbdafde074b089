/** What a release may break, as `docs/upgrade.md` says it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableOf } from '../documents/markdown.ts';

export const upgradePage = readFileSync(join(import.meta.dirname, '../../docs/upgrade.md'), 'utf8');

/** The hand-offs that the earlier version does not understand: the first column of the page's table for the next release. */
export const exceptionsIn = (page: string): readonly string[] =>
  tableOf(page, 'what is left').map(([name = '']) => name);
