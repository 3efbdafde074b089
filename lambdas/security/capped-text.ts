import { withoutPasses } from '../../protocol/reentry-pass.ts';

/** A token, or what is left of one that was cut: the base64url of `{"` and on, with dots (RFC 7515, section 3.1). */
const tokens = /eyJ[\w-]{6,}(?:\.[\w-]*)*/g;

/** Client text without the tokens and re-entry passes somebody put where they do not belong, such as into a user id. */
export const withoutTokens = (text: string): string => withoutPasses(text.replace(tokens, '[token]'));

/**
 * Client text on its way into a record: without tokens, printable ASCII only, everything else written as a `\uXXXX` escape, cut at
 * `maxBytes` without leaving half an escape. The result is what it is in any log, table or terminal.
 */
export const cappedText = (clientText: string, maxBytes: number): string => {
  const text = withoutTokens(clientText);
  let out = '';
  for (let i = 0; i < text.length && i < maxBytes; i++) {
    const unit = text.charCodeAt(i);
    const piece =
      unit >= 0x20 && unit < 0x7f && unit !== 0x5c ? text.charAt(i) : `\\u${unit.toString(16).padStart(4, '0')}`;
    if (out.length + piece.length > maxBytes) break;
    out += piece;
  }
  return out;
};
