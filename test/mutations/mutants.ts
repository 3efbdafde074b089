/** What could be taken out of the sources one by one: early returns, conditions of writes, comparisons with a limit. Pure. */
import { seeded } from '../../cost/seeded.ts';

export type Mutant = Readonly<{
  file: string;
  /** From 1. */
  line: number;
  kind: 'early return' | 'condition of a write' | 'comparison';
  before: string;
  after: string;
}>;

const withoutStrings = (line: string): string =>
  line.replace(/'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`|\/\/.*$/g, (text) => ' '.repeat(text.length));

const isComment = (line: string): boolean => /^\s*(\*|\/\*|\/\/)/.test(line);

/** The other side of each limit: off by one where the values are whole. */
const otherSide: Readonly<Record<string, string>> = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' };

const comparisonsIn = (line: string): readonly string[] =>
  // An arrow, a generic and a type annotation have no blank on both sides of the sign.
  [...withoutStrings(line).matchAll(/ (<=|>=|<|>) (?=[\w(-])/g)].map(({ index, 1: sign = '' }) => {
    const at = index + 1;
    return line.slice(0, at) + otherSide[sign] + line.slice(at + sign.length);
  });

const conditionsIn = (line: string): readonly string[] => {
  const list = /^(\s*conditions: \[)([^\]]+)(\],?.*)$/.exec(line);
  if (list !== null) {
    const [, head = '', inner = '', tail = ''] = list;
    const names = inner.split(',').map((name) => name.trim());
    return names.map((_, out) => `${head}${names.filter((__, nth) => nth !== out).join(', ')}${tail}`);
  }
  // A condition that has a name, or is written where it is used: one that always holds stands in its place.
  const named = /^(const is\w+|const has\w+|const \w+(?:Has|Is)\w+) = '[^']+';$/.exec(line);
  return named === null ? [] : [`${named[1]} = '(attribute_exists(pk) OR attribute_not_exists(pk))';`];
};

/** Every mutant of one file. */
export const mutantsOf = (file: string, text: string): readonly Mutant[] =>
  text.split('\n').flatMap((line, index): Mutant[] => {
    if (isComment(line)) return [];
    const one = (kind: Mutant['kind']) => (after: string) => ({ file, line: index + 1, kind, before: line, after });
    const isEarlyReturn = /^\s*if \(.*\) (return\b[^{]*|continue|break);$/.test(line);
    return [
      ...(isEarlyReturn ? [''].map(one('early return')) : []),
      ...conditionsIn(line).map(one('condition of a write')),
      ...comparisonsIn(line).map(one('comparison')),
    ];
  });

/** So many of them, the same for the same seed (Fisher-Yates). */
export const sampled = (mutants: readonly Mutant[], count: number, seed: number): readonly Mutant[] => {
  const chance = seeded(seed);
  const all = [...mutants];
  const chosen: Mutant[] = [];
  while (chosen.length < count && all.length > 0) {
    const [one] = all.splice(Math.floor(chance() * all.length), 1);
    if (one !== undefined) chosen.push(one);
  }
  return chosen;
};
