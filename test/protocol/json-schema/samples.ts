/** Schemas of the subset, each around a value that is mostly what it says: both sides of every rule are met often. */
import fc from 'fast-check';

export type Schema = Readonly<{ [keyword: string]: unknown }>;
export type Sample = Readonly<{ schema: Schema; value: unknown }>;

/** Every keyword of the subset, `__proto__` apart, which not every validator knows as a name. */
export const samples: fc.Arbitrary<Sample> = fc.gen().map((choose) => {
  const chance = (percent: number): boolean => choose(fc.nat, 99) < percent;
  const one = <T>(values: readonly T[]): T => choose(() => fc.constantFrom(...values));
  const definitions: Record<string, Schema> = {};

  const anyValue = (depth: number): unknown => {
    const kind = choose(fc.nat, depth > 0 ? 9 : 5);
    if (kind < 2) return one(texts);
    if (kind < 4) return one(numbers);
    if (kind < 6) return one([null, true, false]);
    if (kind < 8) return objectOf(depth);
    return Array.from({ length: choose(fc.nat, 3) }, () => anyValue(depth - 1));
  };
  const objectOf = (depth: number) => Object.fromEntries(some(names).map((name) => [name, anyValue(depth - 1)]));
  const some = <T>(values: readonly T[]): readonly T[] => values.filter(() => chance(40));

  /** Mostly a little below what there is, seldom above. */
  const least = (count: number): number => Math.max(0, count + one([-2, -1, 0, 0, 0, 1]));
  const most = (count: number): number => Math.max(0, count + one([-1, 0, 0, 0, 0, 1, 2]));
  const maybe = (percent: number, keyword: string, said: () => unknown): Schema =>
    chance(percent) ? { [keyword]: said() } : {};

  const schemaOf = (value: unknown): Schema => {
    if (chance(5)) return schemaOf(anyValue(0));
    const schema = { ...plainSchemaOf(value), ...maybe(10, 'title', () => 'a title') };
    if (!chance(15)) return schema;
    const name = `d${Object.keys(definitions).length}`;
    definitions[name] = schema;
    return { $ref: `#/$defs/${chance(20) ? one(Object.keys(definitions)) : name}` };
  };

  const plainSchemaOf = (value: unknown): Schema => {
    if (chance(5)) return {};
    if (typeof value === 'string') return textSchemaOf(value);
    if (typeof value === 'number') return numberSchemaOf(value);
    if (Array.isArray(value)) return listSchemaOf(value);
    if (typeof value === 'object' && value !== null) return objectSchemaOf({ ...value });
    return chance(50) ? constantsOf(value) : { type: typeOf(value === null ? 'null' : 'boolean') };
  };
  const typeOf = (type: string): unknown =>
    chance(70) ? type : [...new Set([type, one(['null', 'string', 'object', 'integer'])])];
  const constantsOf = (value: unknown): Schema =>
    chance(50)
      ? { const: chance(90) ? value : one(scalars) }
      : { enum: [...new Set([...some(scalars), chance(90) ? value : one(scalars)])] };

  const textSchemaOf = (text: string): Schema => ({
    type: typeOf('string'),
    ...(chance(15) ? constantsOf(text) : {}),
    ...maybe(30, 'minLength', () => least([...text].length)),
    ...maybe(30, 'maxLength', () => most([...text].length)),
    ...maybe(30, 'pattern', () => one(patterns)),
  });
  const numberSchemaOf = (value: number): Schema => ({
    type: typeOf(Number.isInteger(value) && chance(60) ? 'integer' : 'number'),
    ...(chance(15) ? constantsOf(value) : {}),
    ...maybe(30, 'minimum', () => value + one([-1, 0, 0, 0.5])),
    ...maybe(30, 'maximum', () => value + one([1, 0, 0, -0.5])),
    ...maybe(20, 'exclusiveMinimum', () => value + one([-1, -0.5, 0])),
    ...maybe(20, 'exclusiveMaximum', () => value + one([1, 0.5, 0])),
    ...maybe(20, 'multipleOf', () => one([1, 1, 2, 3])),
  });
  const listSchemaOf = (list: readonly unknown[]): Schema => ({
    type: typeOf('array'),
    ...maybe(30, 'minItems', () => least(list.length)),
    ...maybe(30, 'maxItems', () => most(list.length)),
    ...maybe(70, 'items', () => (list.length > 0 ? schemaOf(one(list)) : schemaOf(anyValue(0)))),
  });
  const objectSchemaOf = (object: Readonly<Record<string, unknown>>): Schema => {
    const told = Object.keys(object).find((name) => scalars.some((scalar) => scalar === object[name]));
    return told !== undefined && chance(40) ? choiceOf(object, told) : plainObjectSchemaOf(object);
  };
  const plainObjectSchemaOf = (object: Readonly<Record<string, unknown>>): Schema => {
    const there = Object.keys(object);
    const known = chance(60) ? [...there, ...some(names)] : some(names);
    return {
      type: typeOf('object'),
      ...maybe(20, 'minProperties', () => least(there.length)),
      ...maybe(20, 'maxProperties', () => most(there.length)),
      ...maybe(80, 'properties', () =>
        Object.fromEntries(
          known.map((name) => [name, schemaOf(Object.hasOwn(object, name) ? object[name] : anyValue(0))]),
        ),
      ),
      ...maybe(50, 'required', () => (chance(85) ? some(there) : some(names))),
      ...maybe(40, 'additionalProperties', () => (chance(60) ? chance(50) : schemaOf(anyValue(0)))),
    };
  };
  const choiceOf = (object: Readonly<Record<string, unknown>>, told: string): Schema => {
    const constants = [...new Set([...some(scalars), ...(chance(85) ? [object[told]] : [true])])];
    const branch = (constant: unknown): Schema => {
      const of = plainObjectSchemaOf(constant === object[told] ? object : {});
      const properties = { ...Object(of['properties']), [told]: { const: constant } };
      const required = [...new Set([...(Array.isArray(of['required']) ? of['required'] : []), told])];
      return { ...of, type: 'object', properties, required };
    };
    return { ...maybe(50, 'type', () => 'object'), oneOf: constants.map(branch) };
  };

  const value = anyValue(3);
  const schema = schemaOf(value);
  return { value, schema: Object.keys(definitions).length > 0 ? { ...schema, $defs: definitions } : schema };
});

const texts = ['', 'a', 'ab', 'b7', '😀', 'a😀', '\ud83d', 'constructor', 'A-1', 'aaaaaaaa'];
const numbers = [0, -0, 1, -1, 2, 6, 1.5, -7.25, Number.MAX_SAFE_INTEGER];
const scalars = [null, true, false, 0, 1, 1.5, '', 'a', 'ab', '1', 'null'];
const names = ['a', 'b', 'kind', 'constructor', 'toString', 'hasOwnProperty', '', '0', 'a/b', '~1', '😀'];
const patterns = [
  '^a',
  '^[a-z]+$',
  '^.{1,2}$',
  '^[^0-9]*$',
  '^\\w*$',
  '^[A-Z]-\\d{1,3}$',
  '^a?b?',
  '^[\\x20-\\x7e]{1,128}$',
];
