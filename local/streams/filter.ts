/** `FilterCriteria` of an event source: which records its function gets at all. */
import * as v from 'valibot';

const scalar = v.union([v.string(), v.number(), v.boolean(), v.null()]);
const rule = v.union([scalar, v.strictObject({ prefix: v.string() })]);

type Rule = v.InferOutput<typeof rule>;

/** A tree whose leaves are lists of rules, one of which must hold. */
export type Pattern = { readonly [name: string]: Pattern | readonly Rule[] };

/** What is wrong with a pattern, as the rest of a sentence. */
export type PatternProblem = { readonly problem: string };

/**
 * Reads a pattern in the subset that is known here: exact values and `{ "prefix": … }`. Anything else would let through other
 * records than where it is deployed.
 */
export const patternIn = (text: string): Pattern | PatternProblem => {
  try {
    return treeOf(JSON.parse(text));
  } catch (error) {
    return { problem: error instanceof Unsupported ? error.message : 'is no JSON' };
  }
};

class Unsupported extends Error {}

const treeOf = (value: unknown): Pattern => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Unsupported('is no object of lists of values');
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (name.startsWith('$')) throw new Unsupported(`uses ${name}, which is not supported locally`);
      if (!Array.isArray(inner)) return [name, treeOf(inner)];
      return [
        name,
        inner.map((one): Rule => {
          const read = v.safeParse(rule, one);
          if (!read.success) throw new Unsupported(`uses ${JSON.stringify(one)}, which is not supported locally`);
          return read.output;
        }),
      ];
    }),
  );
};

export const isPatternProblem = (read: Pattern | PatternProblem): read is PatternProblem =>
  typeof read['problem'] === 'string';

/** Whether a record has, for each leaf of the pattern, a value that one of its rules takes. */
export const matches = (pattern: Pattern, value: unknown): boolean =>
  Object.entries(pattern).every(([name, inner]) => {
    const found = memberOf(value, name);
    if (!isRules(inner)) return matches(inner, found);
    return [found].flat().some((one) => inner.some((each) => holds(each, one)));
  });

const isRules = (inner: Pattern | readonly Rule[]): inner is readonly Rule[] => Array.isArray(inner);

const holds = (each: Rule, value: unknown): boolean =>
  typeof each === 'object' && each !== null
    ? typeof value === 'string' && value.startsWith(each.prefix)
    : value === each;

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;
