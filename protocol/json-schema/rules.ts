/** What the keywords of one schema say together. Each was looked at before: it has its form and stands at its place. */
import type {
  Amount,
  Choice,
  CompiledSchema,
  ListRules,
  NumberRules,
  ObjectRules,
  Path,
  TextRules,
} from './compiled.ts';
import type { Form } from './forms.ts';
import { type KeywordName, keywords } from './keywords.ts';
import { choiceOf } from './one-of.ts';
import type { JsonObject } from './values.ts';

/** The schemas within the one that is read, and what refuses a keyword of it. */
export type Inner = Readonly<{
  schema: (unread: unknown, ...under: Path) => CompiledSchema;
  definition: (name: string) => CompiledSchema;
  refuse: (keyword: KeywordName, problem: string) => void;
}>;

/** What a keyword of the schema says, if it stands there. */
type Said = <T>(name: KeywordName, keyword: Readonly<{ form: Form<T> }>) => T | undefined;

/** A schema that says nothing. */
export const anything: CompiledSchema = { depth: 1 };

export const rulesOf = (schema: JsonObject, inner: Inner): CompiledSchema => {
  const said: Said = (name, { form }) => (Object.hasOwn(schema, name) ? form.read(schema[name]) : undefined);
  const referred = said('$ref', keywords.$ref);
  if (referred !== undefined) {
    const definition = inner.definition(referred);
    return { ...definition, depth: definition.depth + 1 };
  }
  const list = listRules(said, inner);
  const object = objectRules(said, inner);
  const oneOf = oneOfRules(said, inner);
  const within = [list.items, ...object.properties.values(), object.others, ...(oneOf?.branches.values() ?? [])];
  return {
    types: said('type', keywords.type),
    constant: setOf(said('const', keywords.const), (only) => [only]),
    choices: setOf(said('enum', keywords.enum), (all) => all),
    text: textRules(said, inner),
    number: numberRules(said, inner),
    list,
    object,
    oneOf,
    depth: 1 + within.reduce((deepest, one) => Math.max(deepest, one ? one.depth : 0), 0),
  };
};

const setOf = <T, Item>(value: T | undefined, items: (value: T) => readonly Item[]): ReadonlySet<Item> | undefined =>
  value === undefined ? undefined : new Set(items(value));

const textRules = (said: Said, inner: Inner): TextRules => {
  const pattern = said('pattern', keywords.pattern);
  if (typeof pattern === 'string') inner.refuse('pattern', pattern);
  return {
    length: amount(said, inner, 'minLength', 'maxLength'),
    pattern: typeof pattern === 'string' ? undefined : pattern,
  };
};

const numberRules = (said: Said, inner: Inner): NumberRules => {
  const bound = (name: NumberBound, otherwise: number) => said(name, keywords[name]) ?? otherwise;
  const rules = {
    minimum: bound('minimum', Number.NEGATIVE_INFINITY),
    maximum: bound('maximum', Number.POSITIVE_INFINITY),
    exclusiveMinimum: bound('exclusiveMinimum', Number.NEGATIVE_INFINITY),
    exclusiveMaximum: bound('exclusiveMaximum', Number.POSITIVE_INFINITY),
    multipleOf: said('multipleOf', keywords.multipleOf),
  };
  if (rules.minimum > rules.maximum) inner.refuse('maximum', 'must not be less than minimum');
  if (rules.exclusiveMinimum > rules.exclusiveMaximum)
    inner.refuse('exclusiveMaximum', 'must not be less than exclusiveMinimum');
  return rules;
};

type NumberBound = 'minimum' | 'maximum' | 'exclusiveMinimum' | 'exclusiveMaximum';

const listRules = (said: Said, inner: Inner): ListRules => {
  const items = said('items', keywords.items);
  return {
    length: amount(said, inner, 'minItems', 'maxItems'),
    items: items === undefined ? undefined : inner.schema(items, 'items'),
  };
};

const objectRules = (said: Said, inner: Inner): ObjectRules => {
  const properties = said('properties', keywords.properties) ?? {};
  const required = said('required', keywords.required) ?? [];
  const others = said('additionalProperties', keywords.additionalProperties);
  const impossible = required.find((name) => others === false && !Object.hasOwn(properties, name));
  if (impossible !== undefined) inner.refuse('required', `names ${impossible}, which additionalProperties forbids`);
  return {
    size: amount(said, inner, 'minProperties', 'maxProperties'),
    required: new Set(required),
    properties: new Map(Object.entries(properties).map(([name, one]) => [name, inner.schema(one, 'properties', name)])),
    others: others === true ? undefined : others && inner.schema(others, 'additionalProperties'),
  };
};

const oneOfRules = (said: Said, inner: Inner): Choice | undefined => {
  const branches = said('oneOf', keywords.oneOf);
  if (branches === undefined) return undefined;
  const choice = choiceOf(branches.map((branch, index) => inner.schema(branch, 'oneOf', index)));
  if (choice === undefined)
    inner.refuse(
      'oneOf',
      'must have branches of the type object that all require one property, with another const in each',
    );
  return choice;
};

type Least = 'minLength' | 'minItems' | 'minProperties';
type Most = 'maxLength' | 'maxItems' | 'maxProperties';

const amount = (said: Said, inner: Inner, least: Least, most: Most): Amount => {
  const from = said(least, keywords[least]) ?? 0;
  const to = said(most, keywords[most]) ?? Number.POSITIVE_INFINITY;
  if (from > to) inner.refuse(most, `must not be less than ${least}`);
  return { least: from, most: to };
};
