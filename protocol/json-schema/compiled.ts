/** What a schema of the subset is once it was read: everything looked up by name, every reference followed. */
import type { Pattern } from './pattern-atoms.ts';

export type JsonType = 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object';

/** What `const` and `enum` may name. Two of them are equal exactly when a `Set` says so. */
export type Scalar = string | number | boolean | null;

/** From a schema or a value to a place in it. */
export type Path = readonly (string | number)[];

/** Why a schema is none of the subset: the rest of a sentence that begins with the place. */
export type SchemaProblem = Readonly<{ at: Path; problem: string }>;

/** How many characters, items or members there are: both numbers are allowed themselves. */
export type Amount = Readonly<{ least: number; most: number }>;

export type TextRules = Readonly<{ length: Amount; pattern: Pattern | undefined }>;

export type NumberRules = Readonly<{
  minimum: number;
  maximum: number;
  exclusiveMinimum: number;
  exclusiveMaximum: number;
  multipleOf: number | undefined;
}>;

export type ListRules = Readonly<{ length: Amount; items: CompiledSchema | undefined }>;

export type ObjectRules = Readonly<{
  size: Amount;
  required: ReadonlySet<string>;
  properties: ReadonlyMap<string, CompiledSchema>;
  /** What any other member must be, if it must be anything; `false`: there may be none. */
  others: CompiledSchema | false | undefined;
}>;

/** Which of several objects it is, by what stands under one key. */
export type Choice = Readonly<{ property: string; branches: ReadonlyMap<Scalar, CompiledSchema> }>;

/** One such value may stand in several places of another: who walks it as a tree may walk for ever. */
export type CompiledSchema = Readonly<{
  types?: readonly JsonType[] | undefined;
  constant?: ReadonlySet<Scalar> | undefined;
  choices?: ReadonlySet<Scalar> | undefined;
  text?: TextRules;
  number?: NumberRules;
  list?: ListRules;
  object?: ObjectRules;
  oneOf?: Choice | undefined;
  /** Schemas within one another in it, itself included. */
  depth: number;
}>;
