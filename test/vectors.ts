/** Third-party test data, which is not part of the project: beside it, or where `VECTORS_DIR` says. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from '@jest/globals';

const folder = process.env['VECTORS_DIR'] || join(import.meta.dirname, '..', '..', 'shared', 'vectors');

/** `test` where the data is there, else a test that shows as skipped. `.ci/run` refuses to go on without the data. */
export const testWithVectors = existsSync(folder) ? test : test.skip;

export const vector = (...path: readonly string[]): unknown => JSON.parse(readFileSync(join(folder, ...path), 'utf8'));
