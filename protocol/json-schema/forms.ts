/** What the value of a keyword may be: how it is read, and the rest of the sentence that refuses another. */
import { isObject, isScalar, jsonTypes, type JsonObject } from './values.ts';
import type { JsonType, Scalar } from './compiled.ts';
import { readPattern } from './pattern.ts';
import type { Pattern } from './pattern-atoms.ts';

export type Form<T> = Readonly<{ must: string; read: (value: unknown) => T | undefined }>;

const ifIs =
  <T>(is: (value: unknown) => value is T) =>
  (value: unknown): T | undefined =>
    is(value) ? value : undefined;
const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => Number.isFinite(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && isNumber(value) && value >= 0;
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isFull = (value: unknown): value is readonly unknown[] => isList(value) && value.length > 0;
const isOneOf =
  <T>(values: readonly T[]) =>
  (value: unknown): value is T =>
    values.some((one) => one === value);

/** A list in which each is of a kind and none stands twice. */
const distinct = <T>(value: unknown, is: (one: unknown) => one is T): readonly T[] | undefined =>
  isList(value) && value.every(is) && new Set(value).size === value.length ? value : undefined;

const defined = '#/$defs/';
export const dialectUri = 'https://json-schema.org/draft/2020-12/schema';

export const text: Form<string> = { must: 'must be a text', read: ifIs(isText) };
export const flag: Form<boolean> = { must: 'must be true or false', read: ifIs(isOneOf([true, false])) };
export const list: Form<readonly unknown[]> = { must: 'must be a list', read: ifIs(isList) };
export const anything: Form<true> = { must: 'may be anything', read: () => true };
export const number: Form<number> = { must: 'must be a number', read: ifIs(isNumber) };
export const count: Form<number> = { must: 'must be a whole number from 0 to 9007199254740991', read: ifIs(isCount) };

/** The remainder of such a division is exact in floating point; 0.1 as a divisor is another number from the start. */
export const divisor: Form<number> = {
  must: 'must be a whole number from 1 to 9007199254740991, the only ones that divide exactly',
  read: (value) => (isCount(value) && value > 0 ? value : undefined),
};
export const dialect: Form<string> = { must: `must be ${dialectUri}`, read: ifIs(isOneOf([dialectUri])) };
export const scalar: Form<Scalar> = { must: 'must be a text, a number, true, false or null', read: ifIs(isScalar) };
export const scalars: Form<readonly Scalar[]> = {
  must: 'must be a list of one or more different texts, numbers, true, false or null',
  read: (value) => (isFull(value) ? distinct(value, isScalar) : undefined),
};
export const types: Form<readonly JsonType[]> = {
  must: `must be one of ${jsonTypes.join(', ')}, or a list of one or more different ones`,
  read: (value) => {
    const all = isList(value) ? value : [value];
    return all.length > 0 ? distinct(all, isOneOf(jsonTypes)) : undefined;
  },
};
export const names: Form<readonly string[]> = {
  must: 'must be a list of different texts',
  read: (value) => distinct(value, isText),
};
/** Why a pattern is refused, it says itself. */
export const pattern: Form<Pattern | string> = {
  must: 'must be a text',
  read: (value) => (isText(value) ? readPattern(value) : undefined),
};
export const schema: Form<JsonObject> = { must: 'must be a schema, which is an object', read: ifIs(isObject) };
export const schemaOrFlag: Form<JsonObject | boolean> = {
  must: 'must be true, false or a schema, which is an object',
  read: (value) => (isObject(value) ? value : flag.read(value)),
};
export const schemas: Form<JsonObject> = { must: 'must be an object of schemas', read: ifIs(isObject) };
export const branches: Form<readonly unknown[]> = { must: 'must be a list of one or more schemas', read: ifIs(isFull) };

/** The name that it refers to. */
export const reference: Form<string> = {
  must: `must be ${defined} and a name of letters, digits, _, . and -`,
  read: (value) => (isText(value) && /^#\/\$defs\/[\w.-]+$/.test(value) ? value.slice(defined.length) : undefined),
};
