/** Writes the tables of docs/cost.md anew, after a price, a unit or an assumption has changed. A test compares them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTables } from '../../cost/page-tables.ts';

const page = join(import.meta.dirname, '../..', 'docs', 'cost.md');
writeFileSync(page, withTables(readFileSync(page, 'utf8')));
