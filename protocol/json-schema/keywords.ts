/** The keywords of JSON Schema 2020-12 that a schema here may have, one table of them. Any other is refused by its name. */
import type { JsonType } from './compiled.ts';
import * as forms from './forms.ts';

export type Keyword = Readonly<{
  form: forms.Form<unknown>;
  /** The type it is about, which the schema has to name: without it, it would say nothing of values of any other. */
  of?: JsonType;
  /** It stands in the outermost schema alone. */
  atRoot?: true;
  /** It says something to people and nothing about values. */
  annotates?: true;
}>;

export const keywords = {
  $schema: { form: forms.dialect, atRoot: true, annotates: true },
  $defs: { form: forms.schemas, atRoot: true, annotates: true },
  $comment: { form: forms.text, annotates: true },
  title: { form: forms.text, annotates: true },
  description: { form: forms.text, annotates: true },
  examples: { form: forms.list, annotates: true },
  default: { form: forms.anything, annotates: true },
  deprecated: { form: forms.flag, annotates: true },
  $ref: { form: forms.reference },
  oneOf: { form: forms.branches },
  type: { form: forms.types },
  const: { form: forms.scalar },
  enum: { form: forms.scalars },
  minLength: { form: forms.count, of: 'string' },
  maxLength: { form: forms.count, of: 'string' },
  pattern: { form: forms.pattern, of: 'string' },
  minimum: { form: forms.number, of: 'number' },
  maximum: { form: forms.number, of: 'number' },
  exclusiveMinimum: { form: forms.number, of: 'number' },
  exclusiveMaximum: { form: forms.number, of: 'number' },
  multipleOf: { form: forms.divisor, of: 'number' },
  items: { form: forms.schema, of: 'array' },
  minItems: { form: forms.count, of: 'array' },
  maxItems: { form: forms.count, of: 'array' },
  properties: { form: forms.schemas, of: 'object' },
  required: { form: forms.names, of: 'object' },
  additionalProperties: { form: forms.schemaOrFlag, of: 'object' },
  minProperties: { form: forms.count, of: 'object' },
  maxProperties: { form: forms.count, of: 'object' },
} as const satisfies Readonly<Record<string, Keyword>>;

export type KeywordName = keyof typeof keywords;

const known: ReadonlyMap<string, Keyword> = new Map(Object.entries(keywords));

/** Undefined: no keyword of the subset. */
export const keywordOf = (name: string): Keyword | undefined => known.get(name);
