/**
 * Tokens of identity providers in their shapes, which are not part of the project: beside it, or where `ISSUER_FIXTURES` says. Keys and
 * times are gaps in it that a test fills.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from '@jest/globals';

type Fields = Readonly<Record<string, unknown>>;
/** `sign`: the pair that signs, such as `rsa:a`, a shared secret, `none` or `zeros`. */
export type TokenShape = Readonly<{ sign: string; header: Fields; payload: Fields }>;
export type ProviderShape = Readonly<{
  id: string;
  name: string;
  jwks: Readonly<{ keys?: readonly Fields[] }>;
  accept: TokenShape | null;
  refuse: readonly (TokenShape &
    Readonly<{ why: string; expect: string; jwks?: Readonly<{ keys: readonly Fields[] }> }>)[];
}>;

const file = process.env['ISSUER_FIXTURES'] || join(import.meta.dirname, '..', '..', 'shared', 'issuer-fixtures.json');
const isThere = existsSync(file);

/** `test` where the data is there, else a test that shows as skipped. `.ci/run` refuses to go on without the data. */
export const testWithIssuerFixtures = isThere ? test : test.skip;

export const issuerFixtures = (): readonly ProviderShape[] =>
  isThere ? JSON.parse(readFileSync(file, 'utf8')).providers : [];
