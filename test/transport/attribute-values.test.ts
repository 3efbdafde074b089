/** Items on their way to a table and back, held to the SDK's document client. */
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { itemTranslation } from '../../lambdas/dynamodb/table.ts';
import { marshallItem, UnsupportedValue, unmarshallItem } from '../../transport/attribute-values.ts';
import { runs } from '../harness/runs.ts';
import { item } from './requests.ts';

const { marshallOptions, unmarshallOptions } = itemTranslation;

/** The SDK's attributes as its serializer writes them: bytes in base64. */
const written = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, one) => (one instanceof Uint8Array ? Buffer.from(one).toString('base64') : one)),
  );

const bytes = fc.uint8Array({ maxLength: 9 });
/** Numbers that an attribute can hold. */
const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -(2 ** 53) + 1, max: 2 ** 53 - 1 }),
);
const name = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('__proto__', 'constructor', 'S', 'N', 'toJSON'));
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary' }),
    number,
    fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }),
    fc.boolean(),
    fc.constant(null),
    fc.constant(undefined),
    bytes,
    fc.uniqueArray(fc.string(), { minLength: 1 }).map((all) => new Set(all)),
    fc.uniqueArray(number, { minLength: 1 }).map((all) => new Set(all)),
    fc.array(bytes, { minLength: 1 }).map((all) => new Set(all)),
    fc.array(tie('value')),
    fc.dictionary(fc.string({ unit: 'binary' }), tie('value')),
  ),
}));
const items = fc.dictionary(name, value);
const withoutBigint = (_: string, one: unknown) => (typeof one === 'bigint' ? 0 : one);

describe('an item', () => {
  test('of every type is written as the SDK writes it, and read as it reads it', () => {
    const wire = marshallItem(item, marshallOptions);
    expect(written(wire)).toEqual(written(marshall(item, marshallOptions)));
    expect(unmarshallItem(wire, unmarshallOptions)).toEqual(
      unmarshall(marshall(item, marshallOptions), unmarshallOptions),
    );
  });

  test('of any values is written as the SDK writes it', () => {
    fc.assert(
      fc.property(items, (one) => {
        // Of these names the SDK refuses one and loses the other.
        fc.pre(!/constructor|__proto__/.test(JSON.stringify(Object.entries(one), withoutBigint)));
        expect(written(marshallItem(one, marshallOptions))).toEqual(written(marshall(one, marshallOptions)));
      }),
      { numRuns: runs(2_000) },
    );
  });

  test('comes back as it was, under any names: bytes as bytes, numbers as they were', () => {
    fc.assert(
      fc.property(items, (one) => {
        const wire = JSON.stringify(marshallItem(one, marshallOptions));
        expect(JSON.stringify(marshallItem(unmarshallItem(JSON.parse(wire), {}), {}))).toBe(wire);
      }),
      { numRuns: runs(2_000) },
    );
  });

  test.each([
    '0',
    '-0.5',
    '1e-130',
    '9007199254740991',
    '9007199254740993',
    '-12345678901234567890123456789',
    '1E+125',
  ])('has the number %s as the SDK has it, with the functions’ options and without any', (text) => {
    const wire = { n: { N: text }, s: { NS: [text] } };
    expect(unmarshallItem(wire, unmarshallOptions)).toEqual(unmarshall(wire, unmarshallOptions));
    const theirs = () => unmarshall(wire);
    if (/e-|E\+/.test(text)) return;
    expect(unmarshallItem(wire, {})).toEqual(theirs());
  });

  test('keeps a name that objects have by themselves', () => {
    const odd = JSON.parse('{"__proto__":"a","constructor":"b"}');
    const wire = JSON.stringify(marshallItem(odd, {}));
    expect(wire).toBe('{"__proto__":{"S":"a"},"constructor":{"S":"b"}}');
    expect(Object.keys(unmarshallItem(JSON.parse(wire), {}))).toEqual(['__proto__', 'constructor']);
  });
});

describe('a value that no attribute can hold is refused, as the SDK refuses it', () => {
  test.each([
    { why: 'no number', value: Number.NaN },
    { why: 'no end', value: Number.NEGATIVE_INFINITY },
    { why: 'a number that was rounded', value: 2 ** 53 },
    { why: 'an empty set', value: new Set() },
    { why: 'a date', value: new Date(0) },
    { why: 'an instance of a class', value: new (class Order {})() },
    { why: 'a symbol', value: Symbol('s') },
    { why: 'deep inside', value: [{ a: [Number.NaN] }] },
  ])('$why', ({ value: refused }) => {
    expect(() => marshallItem({ a: refused }, marshallOptions)).toThrow(UnsupportedValue);
    expect(() => marshall({ a: refused }, marshallOptions)).toThrow();
  });

  test('a set of two kinds, which the SDK would write as texts', () => {
    expect(() => marshallItem({ a: new Set(['a', {}]) }, marshallOptions)).toThrow(UnsupportedValue);
  });

  test('nothing at all, where it is not to be left out', () => {
    expect(() => marshallItem({ a: undefined }, {})).toThrow(UnsupportedValue);
    expect(() => marshallItem({ a: [undefined] }, {})).toThrow(UnsupportedValue);
    expect(() => marshall({ a: undefined })).toThrow();
  });
});

test.each([{}, { X: 'a' }])('an attribute of a type that nobody knows is unreadable: %j', (wire) => {
  expect(() => unmarshallItem({ a: wire }, {})).toThrow(UnsupportedValue);
});
