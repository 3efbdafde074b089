/**
 * The one scanner of JSON texts. It does not recurse, looks at each character a fixed number of times, and takes memory
 * in proportion to the text. What it takes, `JSON.parse` takes; of that it refuses what two receivers may read differently.
 */
import { type JsonText, type Refused, scannedBefore } from './json-text.ts';
import { canonicalString } from './strings.ts';
import { afterSpace, endOfNumber, endOfString, endOfWord, loneSurrogate, quote } from './tokens.ts';

/** What is told of a text, in its order. */
export type Visitor = Readonly<{
  /** An object or a list begins at `start`. */
  open(start: number, isObject: boolean): void;
  /** The innermost one that is open ends at `end`. */
  close(end: number): void;
  /** A key, as `canonicalString` writes it. Its value is what comes next. */
  key(canonical: string, start: number): void;
  /** A string, a number or a word. */
  scalar(start: number, end: number): void;
}>;

/**
 * Undefined where every receiver reads the text alike. Else the first thing in it that is not so, but `not_json` wherever
 * `JSON.parse` throws, and nowhere else. `maxDepth`: objects and lists within one another, the outermost included.
 */
export const scan = (text: string, maxDepth: number, visitor: Visitor): Refused | undefined => {
  /** The keys of each open object; a list has none. */
  const open: (Set<string> | undefined)[] = [];
  let unlike: Refused | undefined;
  let at = afterSpace(text, 0);

  const notJson = (): Refused => ({ refused: 'not_json', at });
  const differs = (refused: Refused['refused'], where: number): void => {
    unlike ??= { refused, at: where };
  };

  /** The end of the string at `at`. */
  const stringEnd = (): number => {
    const end = endOfString(text, at);
    const half = end === -1 ? -1 : loneSurrogate(text, at, end);
    if (half !== -1) differs('lone_surrogate', half);
    return end;
  };

  /** The end of the scalar at `at`. */
  const scalarEnd = (): number => {
    const first = text.charCodeAt(at);
    if (first === quote) return stringEnd();
    const end = endOfNumber(text, at);
    if (end === -1) return endOfWord(text, at);
    if (isBeyondDouble(text, at, end)) differs('number_too_large', at);
    return end;
  };

  /** Goes behind a key and its colon; false where none stands. */
  const passKey = (keys: Set<string>): boolean => {
    const end = text.charCodeAt(at) === quote ? stringEnd() : -1;
    const colon = end === -1 ? -1 : afterSpace(text, end);
    if (colon === -1 || text[colon] !== ':') return false;
    const key = canonicalString(text.slice(at, end));
    if (keys.has(key)) differs('duplicate_key', at);
    keys.add(key);
    visitor.key(key, at);
    at = afterSpace(text, colon + 1);
    return true;
  };

  for (;;) {
    // A value begins here.
    const first = text[at];
    if (first === '{' || first === '[') {
      const keys = first === '{' ? new Set<string>() : undefined;
      if (open.push(keys) > maxDepth) differs('too_deep', at);
      visitor.open(at, keys !== undefined);
      at = afterSpace(text, at + 1);
      if (text[at] !== (keys ? '}' : ']')) {
        if (keys && !passKey(keys)) return notJson();
        continue;
      }
    } else {
      const end = scalarEnd();
      if (end === -1) return notJson();
      visitor.scalar(at, end);
      at = afterSpace(text, end);
    }
    // It has ended, or stands at its closing bracket.
    for (;;) {
      const keys = open[open.length - 1];
      if (open.length === 0) return at === text.length ? unlike : notJson();
      if (text[at] === ',') {
        at = afterSpace(text, at + 1);
        if (keys && !passKey(keys)) return notJson();
        break;
      }
      if (text[at] !== (keys ? '}' : ']')) return notJson();
      open.pop();
      visitor.close(at + 1);
      at = afterSpace(text, at + 1);
    }
  }
};

/** Reads any value, and tells of nothing in it. */
export const scanText = (text: string, maxDepth: number): Readonly<{ text: JsonText }> | Refused =>
  scan(text, maxDepth, nobody) ?? { text: scannedBefore(text) };

const nobody: Visitor = { open: () => {}, close: () => {}, key: () => {}, scalar: () => {} };

/** Only an exponent or more than 308 digits lead out of the range of a double. */
const isBeyondDouble = (text: string, start: number, end: number): boolean => {
  const token = end - start > 308 || hasExponent(text, start, end) ? text.slice(start, end) : '0';
  return !Number.isFinite(Number(token));
};

const hasExponent = (text: string, start: number, end: number): boolean => {
  for (let at = start; at < end; at++) if ((text.charCodeAt(at) | 0x20) === 0x65) return true;
  return false;
};
