/**
 * The patterns that are read in one pass: `^`, then characters and classes of them with a quantifier each, then `$` or not.
 * No group, no alternative, and where a quantifier leaves a choice the next character makes it: what may follow has none of
 * the characters that are repeated. So nothing is read again, whatever the text.
 */
import { contains, overlap } from './character-set.ts';
import { type Atom, type Pattern, readAtoms } from './pattern-atoms.ts';

/** Longer ones are refused: a class has a hundred ranges then, and a character is looked up in it by seven comparisons. */
export const maxPatternChars = 256;

/** So many atoms in a row may match nothing. Each is tried on the same character, which the one before and the one behind are, too. */
export const maxOptionalInRow = 6;

/** How often a pattern looks at a character. */
export const looksAtMost = maxOptionalInRow + 2;

/** A text: why it is refused, as the rest of a sentence. */
export const readPattern = (source: string): Pattern | string => {
  if (source.length > maxPatternChars) return `must have at most ${maxPatternChars} characters`;
  if (!source.startsWith('^')) return 'must begin with ^';
  const read = readAtoms(source);
  return typeof read === 'string' ? read : (choiceIn(read.atoms) ?? read);
};

/** Why a text would be read more than once, if so. */
const choiceIn = (atoms: readonly Atom[]): string | undefined => {
  let optionalInRow = 0;
  for (const [at, atom] of atoms.entries()) {
    optionalInRow = atom.least === 0 ? optionalInRow + 1 : 0;
    if (optionalInRow > maxOptionalInRow)
      return `must not have more than ${maxOptionalInRow} in a row that may be left out`;
    const next = atom.least === atom.most ? undefined : behind(atoms, at).find(({ set }) => overlap(set, atom.set));
    if (next !== undefined)
      return `must not leave open how often ${atom.written} stands before ${next.written}: a character that is both could be either`;
  }
  return undefined;
};

/** What may be the next after an atom: all that may be left out, and the first that may not. */
const behind = (atoms: readonly Atom[], at: number): readonly Atom[] => {
  const next = atoms.slice(at + 1);
  const needed = next.findIndex(({ least }) => least > 0);
  return needed < 0 ? next : next.slice(0, needed + 1);
};

/** Whether a text is of a pattern. Each atom takes all that it can: by the form of the pattern nothing else could. */
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
