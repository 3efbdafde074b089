/**
 * dynalite's expressions, parsed once. Its parsers try many ways through each text: a condition of four parts takes 0.1 ms, and an
 * app has a few dozen texts. What a parse yields depends on the text, the names and the types of the values; the values themselves
 * it only points to.
 */
export type Context = Readonly<{
  attrNames?: Readonly<Record<string, string>>;
  attrVals?: Readonly<Record<string, object>>;
  /** Each parse takes out of these what its text has used. */
  unusedAttrNames?: Record<string, unknown>;
  unusedAttrVals?: Record<string, unknown>;
}>;

export type Parser = { parse: (text: string, options: { readonly context: Context }) => unknown };

/** Here an error depends on a value beyond its type. */
const looksAtValues = /between|attribute_type/i;

/** An app that writes values into its texts has more and more of them. */
const mostKept = 500;

/** In the place of a value. */
class Value {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

type Parsed = Readonly<{ result: unknown; usedNames: readonly string[]; usedValues: readonly string[] }>;

/** Makes a parser remember; what it refuses, with an error or with a text, it reads again each time. */
export const rememberParses = (parser: Parser): void => {
  const parse = parser.parse.bind(parser);
  const known = new Map<string, Parsed>();
  parser.parse = (text, options) => {
    const { context } = options;
    if (looksAtValues.test(text)) return parse(text, options);
    const key = keyOf(text, context);
    const found = known.get(key);
    if (found !== undefined) return again(found, context);

    // As if it were the only text of its request: with another one beside it, a name may have been used before.
    const unusedAttrNames = { ...context.attrNames };
    const unusedAttrVals = { ...context.attrVals };
    const result = parse(text, { context: { ...context, unusedAttrNames, unusedAttrVals } });
    const nameOf = new Map(Object.entries(context.attrVals ?? {}).map(([name, value]) => [value, new Value(name)]));
    const parsed = {
      result: copied(result, (part) => nameOf.get(part)),
      usedNames: Object.keys(context.attrNames ?? {}).filter((name) => !(name in unusedAttrNames)),
      usedValues: Object.keys(context.attrVals ?? {}).filter((name) => !(name in unusedAttrVals)),
    };
    if (typeof result === 'object') {
      if (known.size >= mostKept) known.clear();
      known.set(key, parsed);
    }
    return again(parsed, context);
  };
};

const keyOf = (text: string, { attrNames = {}, attrVals = {} }: Context): string => {
  let key = text;
  for (const name in attrNames) key += `\0${name}\0${attrNames[name]}`;
  key += '\0';
  for (const name in attrVals) key += `\0${name}\0${Object.keys(attrVals[name] ?? {})}`;
  return key;
};

/** A tree of its own for each request: dynalite turns some comparisons round in what it was given. */
const again = ({ result, usedNames, usedValues }: Parsed, context: Context): unknown => {
  for (const name of usedNames) delete context.unusedAttrNames?.[name];
  for (const name of usedValues) delete context.unusedAttrVals?.[name];
  return copied(result, (part) => (part instanceof Value ? context.attrVals?.[part.name] : undefined));
};

/** @param replaced what stands in a part's place, as it is */
const copied = (tree: unknown, replaced: (part: object) => object | undefined): unknown => {
  if (typeof tree !== 'object' || tree === null) return tree;
  const other = replaced(tree);
  if (other !== undefined) return other;
  if (Array.isArray(tree)) return tree.map((part) => copied(part, replaced));
  const copy: Record<string, unknown> = Object.create(Object.getPrototypeOf(tree));
  for (const [name, part] of Object.entries(tree)) copy[name] = copied(part, replaced);
  return copy;
};
