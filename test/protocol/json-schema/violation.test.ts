/** What each keyword asks of a value, and where it is said to be violated. */
import { describe, expect, test } from '@jest/globals';
import { compileSchema } from '../../../protocol/json-schema/compile.ts';
import { keywords } from '../../../protocol/json-schema/keywords.ts';
import { violationOf } from '../../../protocol/json-schema/violation.ts';

const violation = (schema: unknown, value: unknown) => {
  const compiled = compileSchema(schema);
  if ('problem' in compiled) throw new Error(`${compiled.at.join('.')} ${compiled.problem}`);
  return violationOf(compiled, value);
};
const fromJson = (text: string): unknown => JSON.parse(text);

type Rule = Readonly<{
  keyword: string;
  why: string;
  schema: unknown;
  valid: readonly unknown[];
  not: readonly unknown[];
}>;
const rules: readonly Rule[] = [
  { keyword: 'type', why: 'one', schema: { type: 'string' }, valid: ['', 'a'], not: [1, null, [], {}, true] },
  {
    keyword: 'type',
    why: 'one of several',
    schema: { type: ['null', 'boolean'] },
    valid: [null, false],
    not: [0, '', [], {}],
  },
  { keyword: 'type', why: 'a list is no object', schema: { type: 'object' }, valid: [{}], not: [[], null] },
  { keyword: 'type', why: 'an object is no list', schema: { type: 'array' }, valid: [[]], not: [{ length: 0 }, 'a'] },
  {
    keyword: 'type',
    why: 'an integer is a whole number, however it is written',
    schema: { type: 'integer' },
    valid: [0, -3, fromJson('1.0'), fromJson('1e3'), 2 ** 60],
    not: [0.5, '1', null],
  },
  { keyword: 'type', why: 'an integer is a number', schema: { type: 'number' }, valid: [0, 0.5], not: ['0', true] },
  { keyword: 'const', why: 'a text', schema: { const: '1' }, valid: ['1'], not: [1, '', ['1'], {}] },
  { keyword: 'const', why: 'zero of either sign', schema: { const: 0 }, valid: [0, -0], not: [false, null, '', '0'] },
  { keyword: 'const', why: 'null', schema: { const: null }, valid: [null], not: [0, false, '', {}] },
  {
    keyword: 'enum',
    why: 'one of several',
    schema: { enum: ['a', 1, true, null] },
    valid: ['a', 1, true, null],
    not: ['1', false, 0, [], {}],
  },
  {
    keyword: 'minLength',
    why: 'characters, not their halves',
    schema: { type: 'string', minLength: 2 },
    valid: ['ab', '😀😀'],
    not: ['', 'a', '😀'],
  },
  {
    keyword: 'maxLength',
    why: 'characters, not their halves',
    schema: { type: 'string', maxLength: 2 },
    valid: ['', '😀😀', 'ab'],
    not: ['abc', '😀😀😀'],
  },
  {
    keyword: 'pattern',
    why: 'a form',
    schema: { type: 'string', pattern: '^[a-z]+$' },
    valid: ['a'],
    not: ['', 'A', 'a1'],
  },
  { keyword: 'minimum', why: 'itself included', schema: { type: 'number', minimum: 1 }, valid: [1, 2], not: [0.9, -1] },
  { keyword: 'maximum', why: 'itself included', schema: { type: 'integer', maximum: 1 }, valid: [1, -2], not: [2] },
  {
    keyword: 'exclusiveMinimum',
    why: 'itself excluded',
    schema: { type: 'number', exclusiveMinimum: 1 },
    valid: [1.1],
    not: [1, 0],
  },
  {
    keyword: 'exclusiveMaximum',
    why: 'itself excluded',
    schema: { type: 'number', exclusiveMaximum: 1 },
    valid: [0.9],
    not: [1, 2],
  },
  {
    keyword: 'multipleOf',
    why: 'without a remainder',
    schema: { type: 'number', multipleOf: 3 },
    valid: [0, 3, -6, 9007199254740990],
    not: [1, 3.5, 9007199254740991],
  },
  { keyword: 'minItems', why: 'of a list', schema: { type: 'array', minItems: 1 }, valid: [[null]], not: [[]] },
  { keyword: 'maxItems', why: 'of a list', schema: { type: 'array', maxItems: 1 }, valid: [[], [null]], not: [[1, 2]] },
  {
    keyword: 'minProperties',
    why: 'of an object',
    schema: { type: 'object', minProperties: 1 },
    valid: [{ a: 1 }],
    not: [{}],
  },
  {
    keyword: 'maxProperties',
    why: 'of an object',
    schema: { type: 'object', maxProperties: 1 },
    valid: [{}, { a: 1 }, fromJson('{"__proto__":1}')],
    not: [{ a: 1, b: 2 }, fromJson('{"__proto__":1,"a":2}')],
  },
];

describe('a value', () => {
  test.each(rules)('has to meet $keyword: $why', ({ keyword, schema, valid, not }) => {
    expect(valid.map((value) => violation(schema, value))).toEqual(valid.map(() => undefined));
    expect(not.map((value) => violation(schema, value))).toEqual(not.map(() => ({ at: [], keyword })));
  });

  test.each([
    {
      why: 'a text that meets no bound of numbers',
      schema: { type: ['string', 'number'], minimum: 5, pattern: '^a' },
      value: 'a',
    },
    {
      why: 'a number that meets no pattern of texts',
      schema: { type: ['string', 'number'], minimum: 5, pattern: '^a' },
      value: 5,
    },
    { why: 'an item of a list without items', schema: { type: 'array' }, value: [1, 'a', null] },
    {
      why: 'a member that nobody named',
      schema: { type: 'object', properties: { a: { type: 'null' } } },
      value: { b: 1 },
    },
    {
      why: 'anything where a member may be anything',
      schema: { type: 'object', additionalProperties: true },
      value: { b: [1, {}] },
    },
    {
      why: 'an absent member that is not required',
      schema: { type: 'object', properties: { a: { type: 'null' } } },
      value: {},
    },
    { why: 'what is no text of a form, where no type is asked for', schema: {}, value: [{}] },
    {
      why: 'names that objects have by themselves, which are absent',
      schema: fromJson(
        '{"type":"object","properties":{"constructor":{"type":"null"},"__proto__":{"type":"null"},"toString":{"type":"null"}}}',
      ),
      value: {},
    },
  ])('may be $why', ({ schema, value }) => {
    expect(violation(schema, value)).toBeUndefined();
  });
});

describe('a violation stands', () => {
  const branch = (kind: unknown, rest: object) => ({
    type: 'object',
    properties: { kind: { const: kind }, ...rest },
    required: ['kind'],
  });
  const choice = {
    oneOf: [branch('a', { of: { type: 'null' } }), branch(2, { of: { type: 'string' } }), branch(null, {})],
  };
  test.each([
    {
      why: 'at an item',
      schema: { type: 'array', items: { type: 'null' } },
      value: [null, 1, 2],
      at: [1],
      keyword: 'type',
    },
    {
      why: 'at a member',
      schema: { type: 'object', properties: { a: { type: 'array', items: { const: 1 } } } },
      value: { b: 0, a: [1, 2] },
      at: ['a', 1],
      keyword: 'const',
    },
    {
      why: 'at the first of two',
      schema: { type: 'object', additionalProperties: { type: 'null' } },
      value: { b: 0, a: 1 },
      at: ['b'],
      keyword: 'type',
    },
    {
      why: 'at what is missing',
      schema: { type: 'object', required: ['a', 'b'] },
      value: { a: 1 },
      at: ['b'],
      keyword: 'required',
    },
    {
      why: 'at what every object has by itself, where it is missing',
      schema: { type: 'object', required: ['toString'] },
      value: {},
      at: ['toString'],
      keyword: 'required',
    },
    {
      why: 'at __proto__, where it is missing',
      schema: fromJson('{"type":"object","required":["__proto__"]}'),
      value: {},
      at: ['__proto__'],
      keyword: 'required',
    },
    {
      why: 'at __proto__, where it is something else',
      schema: fromJson('{"type":"object","properties":{"__proto__":{"type":"null"}}}'),
      value: fromJson('{"__proto__":1}'),
      at: ['__proto__'],
      keyword: 'type',
    },
    {
      why: 'at what is too much',
      schema: { type: 'object', properties: { a: {} }, additionalProperties: false },
      value: { a: 1, c: 2 },
      at: ['c'],
      keyword: 'additionalProperties',
    },
    {
      why: 'at __proto__, where it is too much',
      schema: { type: 'object', additionalProperties: false },
      value: fromJson('{"__proto__":1}'),
      at: ['__proto__'],
      keyword: 'additionalProperties',
    },
    {
      why: 'at a further member that is something else',
      schema: { type: 'object', properties: { a: {} }, additionalProperties: { type: 'null' } },
      value: { a: 1, c: 2 },
      at: ['c'],
      keyword: 'type',
    },
    {
      why: 'behind a reference',
      schema: { type: 'array', items: { $ref: '#/$defs/a' }, $defs: { a: { $ref: '#/$defs/b' }, b: { const: 1 } } },
      value: [1, 2],
      at: [1],
      keyword: 'const',
    },
    { why: 'in the branch that was chosen', schema: choice, value: { kind: 2, of: null }, at: ['of'], keyword: 'type' },
    {
      why: 'at the property that chooses no branch',
      schema: choice,
      value: { kind: 'b' },
      at: ['kind'],
      keyword: 'oneOf',
    },
    {
      why: 'at the property that chooses no branch, being an object',
      schema: choice,
      value: { kind: {} },
      at: ['kind'],
      keyword: 'oneOf',
    },
    {
      why: 'at the property that is not there to choose, though another branch has null',
      schema: choice,
      value: {},
      at: ['kind'],
      keyword: 'oneOf',
    },
    { why: 'at what is no object to choose for', schema: choice, value: [], at: [], keyword: 'type' },
    {
      why: 'at a text before a number: 2 is not its spelling',
      schema: choice,
      value: { kind: '2' },
      at: ['kind'],
      keyword: 'oneOf',
    },
  ])('$why', ({ schema, value, at, keyword }) => {
    expect(violation(schema, value)).toEqual({ at, keyword });
  });
});

test('each keyword that says something about values has a row', () => {
  const tried = new Set([
    ...rules.map(({ keyword }) => keyword),
    'required',
    'additionalProperties',
    'oneOf',
    'properties',
    'items',
    '$ref',
  ]);
  const checking = Object.entries(keywords).filter(([, keyword]) => !('annotates' in keyword));
  expect([...tried].sort()).toEqual(checking.map(([name]) => name).sort());
});
