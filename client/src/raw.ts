/** Pieces of a frame as they were written. For texts that `JSON.parse` took: nothing is checked, and nothing is parsed again. */

/** What an object or a list holds, cut at its commas. */
export const pieces = (text: string): readonly string[] => {
  const found: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const one = text[at];
    if (one === '"') while (text[++at] !== '"') at += text[at] === '\\' ? 1 : 0;
    else if (one === '{' || one === '[') from = depth++ === 0 ? at + 1 : from;
    else if (one === '}' || one === ']' ? --depth === 0 : one === ',' && depth === 1) {
      found.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  return found;
};

/** The value of a member, if its key is written without escapes, as the gateway does. */
export const memberText = (text: string, key: string): string | undefined => {
  const member = pieces(text).find((piece) => piece.startsWith(`"${key}"`));
  return member?.slice(member.indexOf(':') + 1).trim();
};
