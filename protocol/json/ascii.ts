import type { JsonText } from './json-text.ts';

/**
 * The same JSON in printable ASCII and white space: every other character becomes an escape. The value is the same, and so is
 * the spelling of all the rest. Such characters stand in strings alone, where an escape means the same as what it replaces.
 *
 * Why: SQS takes no U+FFFE and no U+FFFF, and other queues take no character above U+FFFF.
 */
export const asciiJson = (text: JsonText): JsonText => text.replace(/[\u007f-\uffff]/g, escaped) as JsonText;

/**
 * The text that `asciiJson` was made of, unless its author wrote such escapes: those are undone as well. An escaped backslash
 * is none of them.
 */
export const fromAsciiJson = (text: JsonText): JsonText =>
  text.replace(/\\(?:u([0-9a-fA-F]{4})|.)/g, (written, digits: string | undefined) => {
    const unit = digits === undefined ? 0 : Number.parseInt(digits, 16);
    return unit < 0x7f ? written : String.fromCharCode(unit);
  }) as JsonText;

/** The length, and the bytes, of what `asciiJson` makes of a text. */
export const asciiLength = (text: JsonText): number => {
  let length = text.length;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7e) length += escapeLength - 1;
  return length;
};

const escapeLength = '\\uffff'.length;
const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
