/**
 * Whether a value is what a schema says.
 *
 * The work is linear in the value alone. Each value within it is judged by one schema, because nothing that judges may
 * stand beside a `$ref` or a `oneOf`; a constant, a branch and a property are looked up; a pattern is read in one pass;
 * and of the names that are required, each but the last that is looked for is there.
 */
import type {
  Amount,
  Choice,
  CompiledSchema,
  ListRules,
  NumberRules,
  ObjectRules,
  Path,
  Scalar,
  TextRules,
} from './compiled.ts';
import { looksAtMost, matches } from './pattern.ts';
import { isObject, isOf, isScalar, type JsonObject } from './values.ts';

/** Where in the value, and the keyword that is not met there. What is missing and what is too much stand at their own names. */
export type Violation = Readonly<{ at: Path; keyword: string }>;

/** Counts what was looked at: values, names and characters. */
export type Steps = { taken: number };

/**
 * For each value, name and character in what is judged. A character may tell a branch, be of a constant, be one of several,
 * be counted, and be looked at by a pattern; a name is read and required; a value is judged, and asked for what it lacks.
 */
export const stepsAtMost = looksAtMost + 4;

/** The first violation of a value, which is JSON. */
export const violationOf = (
  compiled: CompiledSchema,
  value: unknown,
  steps: Steps = { taken: 0 },
): Violation | undefined => {
  const walk: Walk = { at: [], steps };
  const keyword = violated(compiled, value, walk);
  return keyword === undefined ? undefined : { at: walk.at, keyword };
};

/** `at` is the way to the value that is judged; behind a violation it stays as it is. */
type Walk = Readonly<{ at: (string | number)[]; steps: Steps }>;

/** The keyword that is violated, by the value or by one within it. */
const violated = (schema: CompiledSchema, value: unknown, walk: Walk): string | undefined => {
  walk.steps.taken++;
  if (schema.types?.some((type) => isOf(type, value)) === false) return 'type';
  if (schema.oneOf !== undefined) return chosen(schema.oneOf, value, walk);
  const unnamed = unlikeConstants(schema, value, walk);
  if (unnamed !== undefined) return unnamed;
  if (typeof value === 'string') return schema.text && ofText(schema.text, value, walk);
  if (typeof value === 'number') return schema.number && ofNumber(schema.number, value);
  if (Array.isArray(value)) return schema.list && ofList(schema.list, value, walk);
  return isObject(value) ? schema.object && ofObject(schema.object, value, walk) : undefined;
};

const under = (key: string | number, schema: CompiledSchema, value: unknown, walk: Walk): string | undefined => {
  walk.at.push(key);
  const keyword = violated(schema, value, walk);
  if (keyword === undefined) walk.at.pop();
  return keyword;
};

const chosen = ({ property, branches }: Choice, value: unknown, walk: Walk): string | undefined => {
  if (!isObject(value)) return 'type';
  const constant = Object.hasOwn(value, property) ? value[property] : undefined;
  if (typeof constant === 'string') walk.steps.taken += constant.length;
  const branch = isScalar(constant) ? branches.get(constant) : undefined;
  if (branch !== undefined) return violated(branch, value, walk);
  walk.at.push(property);
  return 'oneOf';
};

const unlikeConstants = (
  { constant, choices }: CompiledSchema,
  value: unknown,
  { steps }: Walk,
): string | undefined => {
  const isIn = (values: ReadonlySet<Scalar> | undefined): boolean => {
    if (values === undefined) return true;
    if (typeof value === 'string') steps.taken += value.length;
    return isScalar(value) && values.has(value);
  };
  if (!isIn(constant)) return 'const';
  return isIn(choices) ? undefined : 'enum';
};

const ofText = ({ length, pattern }: TextRules, text: string, { steps }: Walk): string | undefined => {
  const outside = outsideOf(length, charactersOf(text, length, steps));
  if (outside !== undefined) return outside === 'less' ? 'minLength' : 'maxLength';
  return pattern === undefined || matches(pattern, text, steps) ? undefined : 'pattern';
};

/** Unicode code points, counted where a bound needs it. */
const charactersOf = (text: string, { least, most }: Amount, steps: Steps): number => {
  if (least === 0 && text.length <= most) return text.length;
  let characters = 0;
  for (const _ of text) characters++;
  steps.taken += characters;
  return characters;
};

const ofNumber = (rules: NumberRules, value: number): string | undefined => {
  if (value < rules.minimum) return 'minimum';
  if (value > rules.maximum) return 'maximum';
  if (value <= rules.exclusiveMinimum) return 'exclusiveMinimum';
  if (value >= rules.exclusiveMaximum) return 'exclusiveMaximum';
  return rules.multipleOf !== undefined && value % rules.multipleOf !== 0 ? 'multipleOf' : undefined;
};

const ofList = ({ length, items }: ListRules, list: readonly unknown[], walk: Walk): string | undefined => {
  const outside = outsideOf(length, list.length);
  if (outside !== undefined) return outside === 'less' ? 'minItems' : 'maxItems';
  if (items === undefined) return undefined;
  for (const [index, item] of list.entries()) {
    const keyword = under(index, items, item, walk);
    if (keyword !== undefined) return keyword;
  }
  return undefined;
};

const ofObject = (rules: ObjectRules, object: JsonObject, walk: Walk): string | undefined => {
  const names = Object.keys(object);
  walk.steps.taken += names.length;
  const outside = outsideOf(rules.size, names.length);
  if (outside !== undefined) return outside === 'less' ? 'minProperties' : 'maxProperties';
  for (const name of rules.required) {
    walk.steps.taken++;
    if (Object.hasOwn(object, name)) continue;
    walk.at.push(name);
    return 'required';
  }
  for (const name of names) {
    const schema = rules.properties.get(name) ?? rules.others;
    if (schema === undefined) continue;
    if (schema === false) {
      walk.at.push(name);
      return 'additionalProperties';
    }
    const keyword = under(name, schema, object[name], walk);
    if (keyword !== undefined) return keyword;
  }
  return undefined;
};

const outsideOf = ({ least, most }: Amount, count: number): 'less' | 'more' | undefined =>
  count < least ? 'less' : count > most ? 'more' : undefined;
