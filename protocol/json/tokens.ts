/** Where the tokens of a JSON text end. Positions in, positions out; -1: no such token stands there. RFC 8259, as `JSON.parse` reads it. */

export const quote = 0x22;
const backslash = 0x5c;
const letterU = 0x75;

/** The first position from `at` on that is no white space. */
export const afterSpace = (text: string, at: number): number => {
  let next = at;
  for (;;) {
    const code = text.charCodeAt(next);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return next;
    next++;
  }
};

/** The end of the string whose opening quote stands at `start`. */
export const endOfString = (text: string, start: number): number => {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at + 1;
    if (code < 0x20) return -1;
    if (code !== backslash) continue;
    const end = endOfEscape(text, at);
    if (end === -1) return -1;
    at = end - 1;
  }
  return -1;
};

const endOfEscape = (text: string, start: number): number => {
  switch (text[start + 1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
      return start + 2;
    case 'u':
      for (let at = start + 2; at < start + 6; at++) if (!isHexDigit(text.charCodeAt(at))) return -1;
      return start + 6;
    default:
      return -1;
  }
};

/**
 * The first half of a character within the string token from `start` to `end` that has no other half, or -1. Both halves
 * must be written alike, as themselves or as escapes: a mixed pair is one character in UTF-16 and none in UTF-8.
 */
export const loneSurrogate = (text: string, start: number, end: number): number => {
  for (let at = start; at < end; ) {
    const width = unitWidth(text, at);
    const unit = unitAt(text, at, width);
    if (!isBetween(unit, 0xd800, 0xdfff)) {
      at += width;
      continue;
    }
    const next = at + width;
    const isPair =
      unit <= 0xdbff && unitWidth(text, next) === width && isBetween(unitAt(text, next, width), 0xdc00, 0xdfff);
    if (!isPair) return at;
    at = next + width;
  }
  return -1;
};

/** Characters that write the UTF-16 unit at `at`: `x`, `\n` or `\u0078`. */
const unitWidth = (text: string, at: number): number => {
  if (text.charCodeAt(at) !== backslash) return 1;
  return text.charCodeAt(at + 1) === letterU ? 6 : 2;
};

/** The unit itself, or 0 for one that is no half of a character in any case. */
const unitAt = (text: string, at: number, width: number): number => {
  if (width === 1) return text.charCodeAt(at);
  // Halves are \uD800 to \uDFFF: the rest is not worth reading.
  if (width === 2 || (text.charCodeAt(at + 2) | 0x20) !== 0x64) return 0;
  return Number.parseInt(text.slice(at + 2, at + 6), 16);
};

/** The end of the number that begins at `start`. */
export const endOfNumber = (text: string, start: number): number => {
  let at = text[start] === '-' ? start + 1 : start;
  at = text[at] === '0' ? at + 1 : afterDigits(text, at);
  if (at !== -1 && text[at] === '.') at = afterDigits(text, at + 1);
  if (at !== -1 && (text[at] === 'e' || text[at] === 'E')) {
    const isSigned = text[at + 1] === '+' || text[at + 1] === '-';
    at = afterDigits(text, at + (isSigned ? 2 : 1));
  }
  return at;
};

/** Behind one digit or more. */
const afterDigits = (text: string, start: number): number => {
  let at = start;
  while (isBetween(text.charCodeAt(at), 0x30, 0x39)) at++;
  return at === start ? -1 : at;
};

/** The end of `true`, `false` or `null`. */
export const endOfWord = (text: string, start: number): number => {
  for (const word of ['true', 'false', 'null']) if (text.startsWith(word, start)) return start + word.length;
  return -1;
};

const isHexDigit = (code: number): boolean => isBetween(code, 0x30, 0x39) || isBetween(code | 0x20, 0x61, 0x66);
const isBetween = (code: number, from: number, to: number): boolean => code >= from && code <= to;
