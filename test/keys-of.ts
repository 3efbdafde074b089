/** The keys of a table that has no others than its type says, such as a `const` of its own or one that is exhaustive. */
export const keysOf = <K extends string>(table: Readonly<Record<K, unknown>>): readonly K[] =>
  Object.keys(table) as K[];
