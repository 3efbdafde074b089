/** Reads the atoms of a pattern, as ECMAScript reads them with its flag `u`. */
import { type CharacterRange, type CharacterSet, complement, setOf } from './character-set.ts';

/** So many of a set of characters, one after another. */
export type Atom = Readonly<{ set: CharacterSet; least: number; most: number; written: string }>;

export type Pattern = Readonly<{ atoms: readonly Atom[]; toTheEnd: boolean }>;

const digits: CharacterSet = [[0x30, 0x39]];
const wordCharacters: CharacterSet = [...digits, [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]];
/** ECMAScript's white space and line ends. */
const spaces: CharacterSet = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const notALineEnd = complement([
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
]);
const classEscapes: ReadonlyMap<string, CharacterSet> = new Map([
  ['d', digits],
  ['D', complement(digits)],
  ['w', wordCharacters],
  ['W', complement(wordCharacters)],
  ['s', spaces],
  ['S', complement(spaces)],
]);
const controlEscapes: ReadonlyMap<string, number> = new Map([
  ['t', 0x09],
  ['n', 0x0a],
  ['v', 0x0b],
  ['f', 0x0c],
  ['r', 0x0d],
]);

/** One character, written out or as an escape; `\d` and its like; one class between brackets. */
const token = /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]{1,6}\}|.)|[^\\]/suy;
const quantifier = /[*+?]|\{(\d{1,5})(?:(,)(\d{1,5})?)?\}/uy;
const refusals: ReadonlyMap<string, string> = new Map([
  ['(', 'must not have a group'],
  [')', 'must not have a group'],
  ['|', 'must not have alternatives'],
  ['^', 'must have ^ at its beginning alone'],
  ['$', 'must have $ at its end alone'],
  ['*', 'must have a character or a class before *'],
  ['+', 'must have a character or a class before +'],
  ['?', 'must have a character or a class before ?'],
  ['{', 'must have a character or a class and then a number, as in x{3}, x{3,} or x{3,5}, where it has {'],
  ['}', 'must have \\} for }'],
  [']', 'must have \\] for ]'],
]);

/** The source begins with `^`. A text: why it is refused. */
export const readAtoms = (source: string): Pattern | string => {
  const atoms: Atom[] = [];
  let at = 1;
  while (at < source.length) {
    if (source[at] === '$' && at === source.length - 1) return { atoms, toTheEnd: true };
    const set = source[at] === '[' ? readClass(source, at) : readOne(source, at);
    if (typeof set === 'string') return set;
    const counted = readQuantifier(source, set.end);
    if (typeof counted === 'string') return counted;
    if (counted.most > 0) atoms.push({ ...counted, set: set.set, written: source.slice(at, set.end) });
    at = counted.end;
  }
  return { atoms, toTheEnd: false };
};

type Read<T> = (T & { readonly end: number }) | string;

const readOne = (source: string, at: number): Read<{ set: CharacterSet }> => {
  const one = readToken(source, at);
  if (typeof one === 'string') return one;
  const { written } = one;
  if (written === '.') return { set: notALineEnd, end: one.end };
  return refusals.get(written) ?? { set: one.set, end: one.end };
};

/** From its bracket on. */
const readClass = (source: string, start: number): Read<{ set: CharacterSet }> => {
  const isNegated = source[start + 1] === '^';
  const ranges: CharacterRange[] = [];
  let at = start + (isNegated ? 2 : 1);
  while (source[at] !== ']') {
    const first = readToken(source, at, '-');
    if (typeof first === 'string') return first;
    at = first.end;
    if (source[at] !== '-' || source[at + 1] === ']') {
      ranges.push(...first.set);
      continue;
    }
    const last = readToken(source, at + 1, '-');
    if (typeof last === 'string') return last;
    at = last.end;
    const [from, to] = [first.character, last.character];
    if (from === undefined || to === undefined || from > to)
      return `must not have the range ${first.written}-${last.written}`;
    ranges.push([from, to]);
  }
  if (ranges.length === 0) return 'must not have a class of nothing';
  const set = setOf(ranges);
  return { set: isNegated ? complement(set) : set, end: at + 1 };
};

/** One character or class escape. `alsoEscaped`: what may have a backslash beside the characters of the syntax. */
const readToken = (
  source: string,
  at: number,
  alsoEscaped = '',
): Read<{ set: CharacterSet; character?: number; written: string }> => {
  token.lastIndex = at;
  const written = token.exec(source)?.[0];
  if (written === undefined) return source[at] === '\\' ? 'must not end with \\' : 'must have ] where a class ends';
  const end = at + written.length;
  const set = classEscapes.get(written.slice(1));
  if (written.startsWith('\\') && set !== undefined) return { set, end, written };
  const character = characterOf(written, alsoEscaped);
  if (typeof character === 'string') return character;
  return { set: [[character, character]], character, end, written };
};

const characterOf = (written: string, alsoEscaped: string): number | string => {
  if (!written.startsWith('\\')) return written.codePointAt(0) ?? 0;
  const escaped = written.slice(1);
  const hex = /^[xu]\{?([0-9a-fA-F]+)\}?$/.exec(escaped)?.[1];
  if (hex === undefined) {
    const isSyntax = escaped.length === 1 && `^$\\.*+?()[]{}|/${alsoEscaped}`.includes(escaped);
    const control = isSyntax ? escaped.charCodeAt(0) : controlEscapes.get(escaped);
    return control ?? `must not have ${written}`;
  }
  const character = Number.parseInt(hex, 16);
  const isHalf = character >= 0xd800 && character <= 0xdfff;
  return isHalf || character > 0x10ffff ? `must not have ${written}, which is no character` : character;
};

/** None is once. */
const readQuantifier = (source: string, at: number): Read<{ least: number; most: number }> => {
  quantifier.lastIndex = at;
  const found = quantifier.exec(source);
  if (found === null) return { least: 1, most: 1, end: at };
  const [written, least, comma, most] = found;
  const end = at + written.length;
  if (/[*+?{]/.test(source[end] ?? '')) return `must have one quantifier where it has ${written}${source[end]}`;
  if (written === '*') return { least: 0, most: Number.POSITIVE_INFINITY, end };
  if (written === '+') return { least: 1, most: Number.POSITIVE_INFINITY, end };
  if (written === '?') return { least: 0, most: 1, end };
  const from = Number(least);
  const to = comma === undefined ? from : most === undefined ? Number.POSITIVE_INFINITY : Number(most);
  return from > to ? `must not have ${written}` : { least: from, most: to, end };
};
