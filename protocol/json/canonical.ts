/**
 * The canonical form of a JSON value: two texts are the same value exactly when it is the same. RFC 8785 but for numbers,
 * which keep their exact decimal value. It is JSON itself. docs/content-identity.md defines it for publishers.
 */
import { canonicalNumber } from './canonical-number.ts';
import type { JsonText } from './json-text.ts';
import { scan } from './scan.ts';
import { canonicalString, unescaped } from './strings.ts';

type Entry = Readonly<{ key: string; value: string }>;
/** An object or a list that is open, and the key it stands under. */
type Open = Readonly<{ isObject: boolean; under: string; entries: Entry[] }>;

/** For texts that were scanned; any other is a mistake of the caller's, and thrown. */
export const canonicalJson = (text: JsonText): string => {
  const open: Open[] = [];
  let key = '';
  let whole = '';

  /** A value goes where it stands. */
  const put = (value: string, under: string): void => {
    const innermost = open.at(-1);
    if (innermost) innermost.entries.push({ key: under, value });
    else whole = value;
  };

  const refused = scan(text, Number.POSITIVE_INFINITY, {
    open: (_, isObject) => open.push({ isObject, under: key, entries: [] }),
    close: () => {
      const ended = open.pop();
      if (ended) put(ended.isObject ? objectOf(ended.entries) : listOf(ended.entries), ended.under);
    },
    key: (canonical) => {
      key = canonical;
    },
    scalar: (start, end) => put(scalarOf(text.slice(start, end)), key),
  });
  if (refused) throw new SyntaxError(`canonical form of a text that was never scanned: ${refused.refused}`);
  return whole;
};

const listOf = (entries: readonly Entry[]): string => `[${entries.map(({ value }) => value).join(',')}]`;

/** Keys are sorted by the UTF-16 units of what they say, not of how they are written. */
const objectOf = (entries: readonly Entry[]): string => {
  const members = entries.map(({ key, value }) => ({ name: unescaped(key), text: `${key}:${value}` }));
  members.sort((one, other) => (one.name < other.name ? -1 : 1));
  return `{${members.map(({ text }) => text).join(',')}}`;
};

const scalarOf = (token: string): string => {
  if (token.startsWith('"')) return canonicalString(token);
  return /^[tfn]/.test(token) ? token : canonicalNumber(token);
};
