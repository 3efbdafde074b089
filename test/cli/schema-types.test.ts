/** The TypeScript types of schemas: as they are written, and as the compiler takes them, which is asked once for all. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { declarationsOf } from '../../bin/types/schema-types.ts';
import { typeName, uniqueNames } from '../../bin/types/type-text.ts';
import { compileSchema } from '../../protocol/json-schema/compile.ts';
import { violationOf } from '../../protocol/json-schema/violation.ts';
import { runs } from '../harness/runs.ts';
import { type Schema, samples } from '../protocol/json-schema/samples.ts';

const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

/** `takes` and `refuses`: expressions of TypeScript. What is refused is no more than what the type can tell. */
type Row = Readonly<{
  why: string;
  schema: Schema;
  declared: string;
  takes: readonly string[];
  refuses: readonly string[];
}>;
const branch = (kind: string, rest: object) => ({
  type: 'object',
  properties: { kind: { const: kind }, ...rest },
  required: ['kind'],
  additionalProperties: false,
});

const rows: readonly Row[] = [
  { why: 'anything', schema: {}, declared: 'export type T = unknown;', takes: ['1', '{}', 'undefined'], refuses: [] },
  {
    why: 'plain types',
    schema: { type: ['string', 'integer', 'null'] },
    declared: 'export type T = string | number | null;',
    takes: ["'a'", '1', 'null'],
    refuses: ['true', '{}'],
  },
  {
    why: 'both kinds of numbers',
    schema: { type: ['integer', 'number'] },
    declared: 'export type T = number;',
    takes: ['1.5'],
    refuses: ["'1'"],
  },
  {
    why: 'constants',
    schema: { enum: ['a', 1, true, null] },
    declared: 'export type T = "a" | 1 | true | null;',
    takes: ["'a'", '1', 'true', 'null'],
    refuses: ["'b'", '2', 'false'],
  },
  {
    why: 'the constants of a type',
    schema: { type: 'string', enum: ['a', 1] },
    declared: 'export type T = "a";',
    takes: ["'a'"],
    refuses: ['1'],
  },
  {
    why: 'constants that exclude each other',
    schema: { const: 1, enum: [2] },
    declared: 'export type T = never;',
    takes: [],
    refuses: ['1', '2'],
  },
  {
    why: 'text that TypeScript has to escape',
    schema: { const: '"\\\n\u2028\ud83d${`*/' },
    declared: 'export type T = "\\"\\\\\\n\u2028\\ud83d${`*/";',
    takes: ["'\"\\\\\\n\\u2028\\ud83d${`*/'"],
    refuses: ["'a'"],
  },
  {
    why: 'lists',
    schema: { type: 'array', items: { type: 'array', items: { type: ['null', 'boolean'] } } },
    declared: 'export type T = ReadonlyArray<ReadonlyArray<null | boolean>>;',
    takes: ['[]', '[[null], [true]]'],
    refuses: ['[null]', '[[1]]'],
  },
  {
    why: 'lists of anything',
    schema: { type: 'array' },
    declared: 'export type T = ReadonlyArray<unknown>;',
    takes: ['[1, {}]'],
    refuses: ['{}'],
  },
  {
    why: 'members that must be there, may be there, and others',
    schema: { type: 'object', properties: { a: { type: 'string' }, b: { type: 'number' } }, required: ['a', 'c'] },
    declared:
      'export type T = {\n  readonly a: string;\n  readonly b?: number;\n  readonly c: unknown;\n  readonly [member: string]: unknown;\n};',
    takes: ["{ a: 'a', c: 1 }", "{ a: 'a', b: 1, c: 1, d: [] }"],
    refuses: ['{}', "{ a: 'a' }", "{ a: 'a', b: 'b', c: 1 }"],
  },
  {
    why: 'no other members',
    schema: { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false },
    declared: 'export type T = {\n  readonly a?: string;\n};',
    takes: ['{}', "{ a: 'a' }"],
    refuses: ['{ b: 1 }', '{ a: undefined }'],
  },
  {
    why: 'no members',
    schema: { type: 'object', additionalProperties: false },
    declared: 'export type T = { readonly [member: string]: never };',
    takes: ['{}'],
    refuses: ['{ a: 1 }'],
  },
  {
    why: 'a map',
    schema: { type: 'object', additionalProperties: { type: 'number' } },
    declared: 'export type T = {\n  readonly [member: string]: number;\n};',
    takes: ['{}', '{ a: 1 }'],
    refuses: ["{ a: 'a' }"],
  },
  {
    why: 'a required member of a map',
    schema: { type: 'object', required: ['a'], additionalProperties: { type: 'number' } },
    declared: 'export type T = {\n  readonly a: number;\n  readonly [member: string]: unknown;\n};',
    takes: ['{ a: 1, b: 2 }'],
    refuses: ['{}', "{ a: 'a' }"],
  },
  {
    why: 'keys that are no names',
    schema: {
      type: 'object',
      properties: { 'a-b': {}, '': {}, '1': {}, 'ä"\n': {}, $a_1: {} },
      additionalProperties: false,
    },
    declared:
      'export type T = {\n  readonly "1"?: unknown;\n  readonly "a-b"?: unknown;\n  readonly ""?: unknown;\n  readonly "ä\\"\\n"?: unknown;\n  readonly $a_1?: unknown;\n};',
    takes: ["{ 'a-b': 1, '': 1, 1: 1, 'ä\"\\n': 1, $a_1: 1 }"],
    refuses: ["{ 'a-c': 1 }"],
  },
  {
    why: 'members that every object has',
    schema: {
      type: 'object',
      properties: { toString: { type: 'null' }, constructor: { type: 'number' } },
      required: ['constructor'],
      additionalProperties: false,
    },
    declared: 'export type T = {\n  readonly toString?: unknown;\n  readonly constructor: number;\n};',
    takes: ['{ constructor: 1 }', '{ constructor: 1, toString: null }'],
    refuses: ['{}', "{ constructor: 'a' }"],
  },
  {
    why: 'a choice that its discriminator tells',
    schema: { oneOf: [branch('a', { of: { type: 'string' } }), branch('b', { of: { type: 'number' } })] },
    declared:
      'export type T = {\n  readonly kind: "a";\n  readonly of?: string;\n} | {\n  readonly kind: "b";\n  readonly of?: number;\n};',
    takes: ["{ kind: 'a', of: 'x' }", "{ kind: 'b', of: 1 }", "{ kind: 'b' }"],
    refuses: ["{ kind: 'a', of: 1 }", "{ kind: 'c' }", '{ of: 1 }'],
  },
  {
    why: 'definitions by safe names',
    schema: {
      type: 'array',
      items: { $ref: '#/$defs/a-b' },
      $defs: { 'a-b': { type: 'array', items: { $ref: '#/$defs/a.b' } }, 'a.b': { type: 'null' } },
    },
    declared:
      'export type T_a_b = ReadonlyArray<T_a_b2>;\nexport type T_a_b2 = null;\nexport type T = ReadonlyArray<T_a_b>;',
    takes: ['[[null]]'],
    refuses: ['[null]', '[[1]]'],
  },
  {
    why: 'what is said to people',
    schema: {
      title: 'An order',
      description: 'Taken\n by a till */',
      type: 'object',
      properties: { a: { type: 'null', deprecated: true, title: 'Old' } },
      additionalProperties: false,
    },
    declared:
      '/** An order. Taken by a till * / */\nexport type T = {\n  /** @deprecated Old */\n  readonly a?: null;\n};',
    takes: ['{ a: null }'],
    refuses: ['{ a: 1 }'],
  },
];

test.each(rows)('a schema of $why is written so', ({ schema, declared }) => {
  expect(compileSchema(schema)).not.toHaveProperty('problem');
  expect(declarationsOf('T', schema).join('\n')).toBe(declared);
});

describe('the compiler', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'maitred-types-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  test('takes every valid value as one of the type, and refuses what the type can tell', () => {
    const lines: string[] = [];
    for (const [at, { schema, takes, refuses }] of rows.entries()) {
      lines.push(...declarationsOf(`Row${at}`, schema));
      for (const value of takes) lines.push(`take<Row${at}>(${value});`);
      for (const value of refuses) lines.push('// @ts-expect-error', `take<Row${at}>(${value});`);
    }
    let valid = 0;
    for (const [at, { schema, value }] of fc.sample(samples, runs(1000)).entries()) {
      const compiled = compileSchema(schema);
      if ('problem' in compiled || violationOf(compiled, value) !== undefined) continue;
      valid++;
      lines.push(...declarationsOf(`Sample${at}`, schema), `take<Sample${at}>(${JSON.stringify(value)});`);
    }
    expect(valid).toBeGreaterThan(runs(1000) / 4);
    const file = join(dir, 'types.ts');
    writeFileSync(file, `const take = <T>(value: T): T => value;\n${lines.join('\n')}\n`);
    const flags = [
      '--noEmit',
      '--strict',
      '--exactOptionalPropertyTypes',
      '--module',
      'esnext',
      '--target',
      'es2024',
      '--types',
      '',
    ];
    const { stdout, status } = spawnSync(process.execPath, [tsc, ...flags, file], {
      encoding: 'utf8',
      cwd: dir,
      timeout: 120_000,
    });
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
  });
});

describe('a name', () => {
  test.each([
    { words: 'order.status_changed', name: 'OrderStatusChanged' },
    { words: 'a', name: 'A' },
    { words: '2nd.try', name: 'T2ndTry' },
    { words: 'é', name: 'T' },
  ])('of $words is $name', ({ words, name }) => {
    expect(typeName(words)).toBe(name);
  });

  test('is never that of another', () => {
    expect([...uniqueNames(['a.b', 'a_b', 'ab', 'A.B'], typeName)]).toEqual([
      ['a.b', 'AB'],
      ['a_b', 'AB2'],
      ['ab', 'Ab'],
      ['A.B', 'AB3'],
    ]);
  });
});
