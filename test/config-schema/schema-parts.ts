/** A valibot schema taken apart, by those who ask what the configuration's schema says. */

/** As much of a valibot schema as the table is about. */
export type Schema = Readonly<{
  type: string;
  message?: unknown;
  pipe?: readonly Schema[];
  entries?: Readonly<Record<string, Schema>>;
  item?: Schema;
  wrapped?: Schema;
  default?: unknown;
  requirement?: unknown;
  options?: readonly unknown[];
}>;

/** The schema's steps in their order; a pipe is its own first step. */
export const partsOf = (schema: Schema): readonly Schema[] =>
  schema.pipe === undefined
    ? [schema]
    : schema.pipe.flatMap((part) => (part.pipe === undefined ? [part] : partsOf(part)));
export const entriesOf = (schema: Schema) => partsOf(schema).find(({ entries }) => entries !== undefined)?.entries;
export const itemOf = (schema: Schema) => partsOf(schema).find(({ item }) => item !== undefined)?.item;
export const requirementOf = (schema: Schema, type: string): unknown =>
  partsOf(schema).find((part) => part.type === type)?.requirement;
