/**
 * TypeScript types of what a schema of the subset takes (docs/json-schema.md). What TypeScript cannot say, such as bounds and
 * patterns, is left out: a value that is valid is of the type, and one of the type may be invalid. Pure.
 */
import type { JsonObject } from '../../protocol/json-schema/values.ts';
import { isObject, isOf } from '../../protocol/json-schema/values.ts';
import * as forms from '../../protocol/json-schema/forms.ts';
import type { JsonType } from '../../protocol/json-schema/compiled.ts';
import { commentOf, indented, keyOf, uniqueNames } from './type-text.ts';

/**
 * Declarations of a schema that `compileSchema` takes: first its `$defs`, whose names begin with `name` and `_`, then the type
 * `name`. So no two schemas share a name as long as theirs differ and have no `_`.
 */
export const declarationsOf = (name: string, schema: JsonObject): readonly string[] => {
  const definitions = forms.schemas.read(schema['$defs']) ?? {};
  const names = uniqueNames(Object.keys(definitions), (one) => `${name}_${one.replace(/\W/g, '_')}`);
  const declaration = (as: string, one: unknown): string =>
    `${isObject(one) ? commentOf(one) : ''}export type ${as} = ${typeOf(one, names)};`;
  return [...[...names].map(([definition, as]) => declaration(as, definitions[definition])), declaration(name, schema)];
};

/** The names of the definitions, by what the schema calls them. */
type Names = ReadonlyMap<string, string>;

const typeOf = (schema: unknown, names: Names): string => {
  if (!isObject(schema)) return 'unknown';
  const referred = forms.reference.read(schema['$ref']);
  if (referred !== undefined) return names.get(referred) ?? 'unknown';
  const branches = forms.branches.read(schema['oneOf']);
  if (branches !== undefined) return union(branches.map((branch) => typeOf(branch, names)));
  const types = forms.types.read(schema['type']);
  const constants = constantsOf(schema);
  if (constants !== undefined)
    return union(
      constants.filter((one) => types?.some((type) => isOf(type, one)) ?? true).map((one) => JSON.stringify(one)),
    );
  return types === undefined ? 'unknown' : union(types.map((type) => typeOfKind(type, schema, names)));
};

/** What `const` and `enum` leave together. */
const constantsOf = (schema: JsonObject): readonly unknown[] | undefined => {
  const choices = forms.scalars.read(schema['enum']);
  const constant = Object.hasOwn(schema, 'const') ? forms.scalar.read(schema['const']) : undefined;
  if (constant === undefined) return choices;
  return choices === undefined || choices.includes(constant) ? [constant] : [];
};

const typeOfKind = (type: JsonType, schema: JsonObject, names: Names): string => {
  switch (type) {
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return `ReadonlyArray<${typeOf(schema['items'], names)}>`;
    case 'object':
      return objectType(schema, names);
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    default:
      return type satisfies never;
  }
};

const objectType = (schema: JsonObject, names: Names): string => {
  const properties = new Map(Object.entries(forms.schemas.read(schema['properties']) ?? {}));
  const required = new Set(forms.names.read(schema['required']));
  const others = schema['additionalProperties'];
  const other = typeOf(others, names);
  const member = (name: string, one: unknown): string => {
    const isRequired = required.has(name);
    const type = isRequired || !isOfEveryObject(name) ? typeOf(one, names) : 'unknown';
    return `${isObject(one) ? commentOf(one) : ''}readonly ${keyOf(name)}${isRequired ? '' : '?'}: ${type};`;
  };
  const members = [
    ...[...properties].map(([name, one]) => member(name, one)),
    ...[...required].filter((name) => !properties.has(name)).map((name) => member(name, others)),
  ];
  // An index is about every member, those with names included.
  if (others !== false) members.push(`readonly [member: string]: ${members.length === 0 ? other : 'unknown'};`);
  return members.length === 0 ? '{ readonly [member: string]: never }' : `{\n${indented(members.join('\n'))}\n}`;
};

/** `toString` and the like: TypeScript takes the one that is inherited for a member that may be left out. */
const isOfEveryObject = (name: string): boolean => name in Object.prototype;

/** Each once; of nothing it is `never`. */
const union = (types: readonly string[]): string => [...new Set(types)].join(' | ') || 'never';
