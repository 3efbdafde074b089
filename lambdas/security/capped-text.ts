/**
 * Client text on its way into a record: printable ASCII only, everything else written as a `\uXXXX` escape, cut at
 * `maxBytes` without leaving half an escape. The result is what it is in any log, table or terminal.
 */
export const cappedText = (text: string, maxBytes: number): string => {
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
