/**
 * The patterns that are read in one pass: `^`, then single characters and classes with a quantifier each, then `$` or not.
 * No group, no alternative, and where a quantifier leaves a choice the next character makes it: what may follow takes none
 * of the characters that are repeated. So a text is never read twice, whatever the pattern.
 */
import { contains, overlap } from './character-set.ts';
import { type Atom, type Pattern, readAtoms } from './pattern-atoms.ts';

/** Longer ones are refused, so that a set has a hundred ranges at most and a character is looked up in seven comparisons. */
export const maxPatternChars = 256;

/** A text: why it is refused, as the rest of a sentence. */
export const readPattern = (source: string): Pattern | string => {
  if (source.length > maxPatternChars) return `must have at most ${maxPatternChars} characters`;
  if (!source.startsWith('^')) return 'must begin with ^';
  const read = readAtoms(source);
  if (typeof read === 'string') return read;
  const ambiguous = ambiguity(read.atoms);
  return ambiguous ?? read;
};

/** The first atom that could end in more than one place. */
const ambiguity = (atoms: readonly Atom[]): string | undefined => {
  for (const [at, atom] of atoms.entries()) {
    if (atom.least === atom.most) continue;
    for (const next of atoms.slice(at + 1)) {
      if (overlap(atom.set, next.set))
        return `must not repeat ${atom.written} before ${next.written}: a character may be of both, so that there are several ways to read a text`;
      if (next.least > 0) break;
    }
  }
  return undefined;
};

/** Whether a text is of a pattern. */
export const matches = ({ atoms, toTheEnd }: Pattern, text: string, steps: { taken: number }): boolean => {
  let at = 0;
  for (const { set, least, most } of atoms) {
    let count = 0;
    while (count < most && at < text.length) {
      steps.taken++;
      const character = text.codePointAt(at) ?? 0;
      if (!contains(set, character)) break;
      at += character > 0xffff ? 2 : 1;
      count++;
    }
    if (count < least) return false;
  }
  return !toTheEnd || at === text.length;
};
