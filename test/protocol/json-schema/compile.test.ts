/** Which schemas are of the subset, and what those are told that are not. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compileSchema, maxSchemaDepth } from '../../../protocol/json-schema/compile.ts';
import { dialectUri } from '../../../protocol/json-schema/forms.ts';
import { keywords } from '../../../protocol/json-schema/keywords.ts';
import { violationOf } from '../../../protocol/json-schema/violation.ts';
import { runs } from '../../harness/runs.ts';

const named = (kind: unknown, rest: object = {}) => ({
  type: 'object',
  properties: { kind: { const: kind } },
  required: ['kind'],
  ...rest,
});
/** Schemas within one another, the innermost of them a text. */
const nested = (depth: number): unknown => {
  let schema: unknown = { type: 'string' };
  for (let around = 1; around < depth; around++) schema = { type: 'array', items: schema };
  return schema;
};
/** Each definition refers to the next, with so many references in each. */
const chain = (length: number, within: (next: unknown) => unknown = (next) => next) => ({
  $ref: '#/$defs/d0',
  $defs: Object.fromEntries([
    ...Array.from({ length: length - 1 }, (_, at) => [`d${at}`, within({ $ref: `#/$defs/d${at + 1}` })]),
    [`d${length - 1}`, { type: 'string' }],
  ]),
});
const fromJson = (text: string): unknown => JSON.parse(text);

describe('a schema is of the subset', () => {
  test.each([
    { why: 'it says nothing', schema: {} },
    {
      why: 'it says something to people alone',
      schema: {
        $schema: dialectUri,
        title: 'a',
        description: 'b',
        examples: [1],
        default: {},
        $comment: 'c',
        deprecated: true,
      },
    },
    {
      why: 'a keyword is about one of its types',
      schema: { type: ['string', 'integer'], pattern: '^a', minimum: 1, title: 'a' },
    },
    { why: 'its bounds are the same', schema: { type: 'string', minLength: 3, maxLength: 3 } },
    {
      why: 'a choice between objects',
      schema: { type: 'object', oneOf: [named('a'), named(1), named(null), named('1')] },
    },
    {
      why: 'a choice between objects by reference, each told by a reference',
      schema: {
        oneOf: [{ $ref: '#/$defs/a' }, named('b')],
        $defs: {
          a: { type: 'object', properties: { kind: { $ref: '#/$defs/k' } }, required: ['kind'] },
          k: { const: 'a' },
        },
      },
    },
    {
      why: 'a choice by the second of two that are required',
      schema: {
        oneOf: [
          named('a', { properties: { of: { const: 1 }, kind: { const: 'a' } }, required: ['of', 'kind'] }),
          named('b', { properties: { of: { const: 1 }, kind: { const: 'b' } }, required: ['of', 'kind'] }),
        ],
      },
    },
    {
      why: 'annotations beside a reference and a choice',
      schema: { $ref: '#/$defs/a', title: 'a', $defs: { a: { oneOf: [named('a')], description: 'b' } } },
    },
    { why: 'as deep as it may be', schema: nested(maxSchemaDepth) },
    { why: 'as deep as it may be by references', schema: chain(maxSchemaDepth - 1) },
    { why: 'a definition that nobody needs', schema: { $defs: { a: { type: 'null' } } } },
    {
      why: 'names that objects have by themselves',
      schema: fromJson(
        '{"type":"object","properties":{"__proto__":{"type":"null"},"constructor":{}},"required":["__proto__","toString"]}',
      ),
    },
    {
      why: 'definitions of such names',
      schema: fromJson('{"$ref":"#/$defs/__proto__","$defs":{"__proto__":{"type":"null"},"constructor":{}}}'),
    },
  ])('where $why', ({ schema }) => {
    expect(compileSchema(schema)).toEqual(expect.not.objectContaining({ problem: expect.anything() }));
  });
});

describe('a schema is refused, with the place and the reason', () => {
  const beside = (type: string) => `must have the type ${type} beside it`;
  const branches = 'must have branches of the type object that all require one property, with another const in each';
  test.each([
    { why: 'no object', schema: true, at: [], problem: 'must be a schema, which is an object' },
    { why: 'nothing', schema: undefined, at: [], problem: 'must be a schema, which is an object' },
    { why: 'a list', schema: [], at: [], problem: 'must be a schema, which is an object' },
    {
      why: 'a keyword of the standard',
      schema: { type: 'string', format: 'date' },
      at: ['format'],
      problem: 'is not a keyword of the subset',
    },
    { why: 'a word of nobody', schema: { tpye: 'string' }, at: ['tpye'], problem: 'is not a keyword of the subset' },
    {
      why: 'a keyword that objects have by themselves',
      schema: { constructor: {} },
      at: ['constructor'],
      problem: 'is not a keyword of the subset',
    },
    {
      why: 'a keyword further in',
      schema: { type: 'object', properties: { a: { type: 'array', items: { not: {} } } } },
      at: ['properties', 'a', 'items', 'not'],
      problem: 'is not a keyword of the subset',
    },
    {
      why: 'a keyword in a definition that nobody needs',
      schema: { $defs: { a: { anyOf: [] } } },
      at: ['$defs', 'a', 'anyOf'],
      problem: 'is not a keyword of the subset',
    },
    {
      why: 'a type of nobody',
      schema: { type: 'text' },
      at: ['type'],
      problem: expect.stringMatching(/^must be one of null, /),
    },
    { why: 'no type', schema: { type: [] }, at: ['type'], problem: expect.stringMatching(/^must be one of null, /) },
    {
      why: 'a type twice',
      schema: { type: ['null', 'null'] },
      at: ['type'],
      problem: expect.stringMatching(/^must be one of null, /),
    },
    {
      why: 'another draft',
      schema: { $schema: 'http://json-schema.org/draft-07/schema#' },
      at: ['$schema'],
      problem: `must be ${dialectUri}`,
    },
    {
      why: 'a draft further in',
      schema: { type: 'array', items: { $schema: dialectUri } },
      at: ['items', '$schema'],
      problem: 'must stand in the outermost schema',
    },
    {
      why: 'definitions further in',
      schema: { type: 'array', items: { $defs: {} } },
      at: ['items', '$defs'],
      problem: 'must stand in the outermost schema',
    },
    {
      why: 'definitions that are a list',
      schema: { $defs: [] },
      at: ['$defs'],
      problem: 'must be an object of schemas',
    },
    {
      why: 'a name of a definition that a reference would have to escape',
      schema: { $defs: { 'a/b': {} } },
      at: ['$defs', 'a/b'],
      problem: 'must have a name of letters, digits, _, . and -',
    },
    { why: 'a title that is no text', schema: { title: 1 }, at: ['title'], problem: 'must be a text' },
    { why: 'examples that are no list', schema: { examples: 1 }, at: ['examples'], problem: 'must be a list' },
    {
      why: 'deprecated by a word',
      schema: { deprecated: 'yes' },
      at: ['deprecated'],
      problem: 'must be true or false',
    },
    {
      why: 'a constant that is an object',
      schema: { const: {} },
      at: ['const'],
      problem: 'must be a text, a number, true, false or null',
    },
    {
      why: 'a constant that JSON does not have',
      schema: { const: Number.NaN },
      at: ['const'],
      problem: 'must be a text, a number, true, false or null',
    },
    {
      why: 'a choice of nothing',
      schema: { enum: [] },
      at: ['enum'],
      problem: expect.stringMatching(/^must be a list of one or more different /),
    },
    {
      why: 'a choice twice',
      schema: { enum: [1, 1.0] },
      at: ['enum'],
      problem: expect.stringMatching(/^must be a list of one or more different /),
    },
    {
      why: 'a choice of lists',
      schema: { enum: [[]] },
      at: ['enum'],
      problem: expect.stringMatching(/^must be a list of one or more different /),
    },
    {
      why: 'half a character as a bound',
      schema: { type: 'string', minLength: 0.5 },
      at: ['minLength'],
      problem: expect.stringMatching(/^must be a whole number from 0 /),
    },
    {
      why: 'a bound below nothing',
      schema: { type: 'array', maxItems: -1 },
      at: ['maxItems'],
      problem: expect.stringMatching(/^must be a whole number from 0 /),
    },
    {
      why: 'a bound without end',
      schema: { type: 'number', maximum: Number.POSITIVE_INFINITY },
      at: ['maximum'],
      problem: 'must be a number',
    },
    {
      why: 'a bound that is a text',
      schema: { type: 'number', minimum: '1' },
      at: ['minimum'],
      problem: 'must be a number',
    },
    {
      why: 'bounds that leave nothing',
      schema: { type: 'string', minLength: 2, maxLength: 1 },
      at: ['maxLength'],
      problem: 'must not be less than minLength',
    },
    {
      why: 'bounds that leave no list',
      schema: { type: 'array', minItems: 2, maxItems: 1 },
      at: ['maxItems'],
      problem: 'must not be less than minItems',
    },
    {
      why: 'bounds that leave no object',
      schema: { type: 'object', minProperties: 2, maxProperties: 1 },
      at: ['maxProperties'],
      problem: 'must not be less than minProperties',
    },
    {
      why: 'bounds that leave no number',
      schema: { type: 'number', minimum: 2, maximum: 1 },
      at: ['maximum'],
      problem: 'must not be less than minimum',
    },
    {
      why: 'exclusive bounds that leave no number',
      schema: { type: 'number', exclusiveMinimum: 2, exclusiveMaximum: 1 },
      at: ['exclusiveMaximum'],
      problem: 'must not be less than exclusiveMinimum',
    },
    {
      why: 'a divisor that a double does not have',
      schema: { type: 'number', multipleOf: 0.01 },
      at: ['multipleOf'],
      problem: expect.stringMatching(/^must be a whole number from 1 /),
    },
    {
      why: 'division by nothing',
      schema: { type: 'number', multipleOf: 0 },
      at: ['multipleOf'],
      problem: expect.stringMatching(/^must be a whole number from 1 /),
    },
    {
      why: 'a pattern that is no text',
      schema: { type: 'string', pattern: 1 },
      at: ['pattern'],
      problem: 'must be a text',
    },
    {
      why: 'a pattern of another form',
      schema: { type: 'string', pattern: '^(a+)+$' },
      at: ['pattern'],
      problem: 'must not have a group',
    },
    {
      why: 'items that are a list of schemas',
      schema: { type: 'array', items: [{}] },
      at: ['items'],
      problem: 'must be a schema, which is an object',
    },
    {
      why: 'properties that are a list',
      schema: { type: 'object', properties: [] },
      at: ['properties'],
      problem: 'must be an object of schemas',
    },
    {
      why: 'a property that is no schema',
      schema: { type: 'object', properties: { a: true } },
      at: ['properties', 'a'],
      problem: 'must be a schema, which is an object',
    },
    {
      why: 'a required name twice',
      schema: { type: 'object', required: ['a', 'a'] },
      at: ['required'],
      problem: 'must be a list of different texts',
    },
    {
      why: 'required as draft 3 had it',
      schema: { type: 'object', required: true },
      at: ['required'],
      problem: 'must be a list of different texts',
    },
    {
      why: 'a name that is required and forbidden',
      schema: { type: 'object', required: ['a'], additionalProperties: false },
      at: ['required'],
      problem: 'names a, which additionalProperties forbids',
    },
    {
      why: 'further members by a word',
      schema: { type: 'object', additionalProperties: 'no' },
      at: ['additionalProperties'],
      problem: 'must be true, false or a schema, which is an object',
    },
    {
      why: 'a keyword of texts without a type',
      schema: { minLength: 1 },
      at: ['minLength'],
      problem: beside('string'),
    },
    {
      why: 'a keyword of texts at a number',
      schema: { type: 'number', pattern: '^a' },
      at: ['pattern'],
      problem: beside('string'),
    },
    {
      why: 'a keyword of numbers at a text',
      schema: { type: 'string', minimum: 1 },
      at: ['minimum'],
      problem: beside('number or integer'),
    },
    {
      why: 'a keyword of lists at an object',
      schema: { type: 'object', items: {} },
      at: ['items'],
      problem: beside('array'),
    },
    {
      why: 'a keyword of objects at a list',
      schema: { type: 'array', required: [] },
      at: ['required'],
      problem: beside('object'),
    },
    {
      why: 'a reference elsewhere',
      schema: { $ref: 'https://example.com/a.json' },
      at: ['$ref'],
      problem: expect.stringMatching(/^must be #\/\$defs\/ /),
    },
    {
      why: 'a reference to a part',
      schema: { $ref: '#/$defs/a/items', $defs: { a: {} } },
      at: ['$ref'],
      problem: expect.stringMatching(/^must be #\/\$defs\/ /),
    },
    {
      why: 'a reference to the whole',
      schema: { $ref: '#' },
      at: ['$ref'],
      problem: expect.stringMatching(/^must be #\/\$defs\/ /),
    },
    {
      why: 'a reference to nothing',
      schema: { $ref: '#/$defs/a' },
      at: ['$ref'],
      problem: 'names a, which $defs does not have',
    },
    {
      why: 'a reference to what objects have by themselves',
      schema: { $ref: '#/$defs/constructor', $defs: {} },
      at: ['$ref'],
      problem: 'names constructor, which $defs does not have',
    },
    {
      why: 'something beside a reference',
      schema: { $ref: '#/$defs/a', type: 'string', $defs: { a: {} } },
      at: ['$ref'],
      problem: 'must not have type beside it',
    },
    {
      why: 'a definition that is itself',
      schema: { $defs: { a: { $ref: '#/$defs/a' } } },
      at: ['$defs', 'a', '$ref'],
      problem: 'leads back to a: a schema must end somewhere',
    },
    {
      why: 'a definition within itself',
      schema: {
        $ref: '#/$defs/a',
        $defs: {
          a: { type: 'object', properties: { b: { $ref: '#/$defs/b' } } },
          b: { type: 'array', items: { $ref: '#/$defs/a' } },
        },
      },
      at: ['$defs', 'b', 'items', '$ref'],
      problem: 'leads back to a: a schema must end somewhere',
    },
    {
      why: 'something beside a choice',
      schema: { oneOf: [named('a')], type: 'object', properties: {} },
      at: ['oneOf'],
      problem: 'must not have properties beside it',
    },
    {
      why: 'a choice of another type',
      schema: { type: ['object', 'null'], oneOf: [named('a')] },
      at: ['oneOf'],
      problem: 'must have no type but object beside it',
    },
    {
      why: 'a choice between nothing',
      schema: { oneOf: [] },
      at: ['oneOf'],
      problem: 'must be a list of one or more schemas',
    },
    {
      why: 'a choice of what is no object',
      schema: { oneOf: [named('a'), { type: 'null' }] },
      at: ['oneOf'],
      problem: branches,
    },
    {
      why: 'a choice of what may be no object',
      schema: { oneOf: [named('a', { type: ['object', 'null'] })] },
      at: ['oneOf'],
      problem: branches,
    },
    { why: 'a choice by nothing', schema: { oneOf: [{ type: 'object' }] }, at: ['oneOf'], problem: branches },
    {
      why: 'a choice by what may be left out',
      schema: { oneOf: [named('a'), named('b', { required: [] })] },
      at: ['oneOf'],
      problem: branches,
    },
    {
      why: 'a choice by other names',
      schema: { oneOf: [named('a'), { type: 'object', properties: { sort: { const: 'b' } }, required: ['sort'] }] },
      at: ['oneOf'],
      problem: branches,
    },
    {
      why: 'a choice between the same',
      schema: { oneOf: [named('a'), named('b'), named('a')] },
      at: ['oneOf'],
      problem: branches,
    },
    {
      why: 'a choice by several words each',
      schema: { oneOf: [named('a', { properties: { kind: { enum: ['a', 'b'] } } })] },
      at: ['oneOf'],
      problem: branches,
    },
    { why: 'a choice of choices', schema: { oneOf: [{ oneOf: [named('a')] }] }, at: ['oneOf'], problem: branches },
    {
      why: 'too deep',
      schema: nested(maxSchemaDepth + 1),
      at: Array.from({ length: maxSchemaDepth }, () => 'items'),
      problem: `is more than ${maxSchemaDepth} schemas deep`,
    },
    {
      why: 'too deep for any stack',
      schema: nested(10_000),
      at: Array.from({ length: maxSchemaDepth }, () => 'items'),
      problem: `is more than ${maxSchemaDepth} schemas deep`,
    },
    {
      why: 'too deep by references',
      schema: chain(10_000),
      at: ['$defs', `d${maxSchemaDepth - 1}`],
      problem: `is more than ${maxSchemaDepth} schemas deep`,
    },
  ])('$why', ({ schema, at, problem }) => {
    expect(compileSchema(schema)).toEqual({ at, problem });
  });

  test('too deep by a definition that was read where it was not', () => {
    const list = (items: unknown) => ({ type: 'array', items });
    const half = nested(maxSchemaDepth / 2);
    let around: unknown = { $ref: '#/$defs/half' };
    for (let at = 1; at < maxSchemaDepth / 2; at++) around = list(around);
    const properties = { first: { $ref: '#/$defs/half' }, second: around };
    expect(compileSchema({ type: 'object', properties, $defs: { half } })).toEqual({
      at: expect.arrayContaining(['second']),
      problem: `is more than ${maxSchemaDepth} schemas deep`,
    });
    expect(
      compileSchema({ type: 'object', properties: { first: properties.first }, $defs: { half } }),
    ).not.toHaveProperty('problem');
  });
});

test('definitions that each name the next one twice are read once each', () => {
  const both = (next: unknown) => ({ type: 'object', properties: { one: next, other: next } });
  const compiled = compileSchema(chain(31, both));
  if ('problem' in compiled) throw new Error(compiled.problem);
  const depths = Array.from({ length: 30 }, (_, at) => (at % 2 === 0 ? 'one' : 'other'));
  const value = (innermost: unknown) => depths.reduceRight((within, name) => ({ [name]: within }), innermost);
  expect(violationOf(compiled, value('a'))).toBeUndefined();
  expect(violationOf(compiled, value(1))).toEqual({ at: depths, keyword: 'type' });
});

test('whatever JSON is taken for a schema is taken or refused, never thrown', () => {
  const word = fc.oneof(
    fc.constantFrom(...Object.keys(keywords), '__proto__', 'not', 'a'),
    fc.string({ maxLength: 3 }),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'medium' },
      fc.constantFrom(
        null,
        true,
        false,
        0,
        1,
        1.5,
        '^a',
        'string',
        'object',
        'array',
        '#/$defs/a',
        '#/$defs/__proto__',
      ),
      fc.array(tie('value'), { maxLength: 3 }),
      fc
        .array(fc.tuple(word, tie('value')), { maxLength: 4 })
        .map((entries) =>
          fromJson(`{${entries.map(([key, one]) => `${JSON.stringify(key)}:${JSON.stringify(one)}`).join(',')}}`),
        ),
    ),
  }));
  fc.assert(
    fc.property(value, value, (schema, of) => {
      const compiled = compileSchema(schema);
      if ('problem' in compiled) expect(compiled).toEqual({ at: expect.any(Array), problem: expect.any(String) });
      else violationOf(compiled, of);
    }),
    { numRuns: runs(10_000) },
  );
});
