/**
 * A string token in the one way to write it: with the escapes of `JSON.stringify` (RFC 8785, 3.2.2.2) and no others. Two
 * tokens are the same string exactly when this is the same.
 */
export const canonicalString = (token: string): string =>
  token.includes('\\') ? JSON.stringify(JSON.parse(token)) : token;

/** What a string token says. */
export const unescaped = (token: string): string => (token.includes('\\') ? JSON.parse(token) : token.slice(1, -1));
