/** Tokens that must turn up nowhere, not even a piece of one. */

/** Pieces this long do not occur by chance; ids and keys of ours are written in shorter runs of such characters. */
const pieceChars = 20;

/** What a token is written with, between its dots. */
const runs = /[A-Za-z0-9_-]+/g;

export type Canary = Readonly<{
  /** Remembers the token and yields it. */
  keep: (token: string) => string;
  /** The places that hold a piece: any 39 characters of a segment have a whole one in them. */
  foundIn: (places: Iterable<string>) => readonly string[];
}>;

export const createCanary = (): Canary => {
  const pieces = new Set<string>();

  const holdsPiece = (place: string): boolean => {
    for (const [run] of place.matchAll(runs))
      for (let at = 0; at + pieceChars <= run.length; at++) if (pieces.has(run.slice(at, at + pieceChars))) return true;
    return false;
  };

  return {
    keep: (token) => {
      for (const [segment] of token.matchAll(runs))
        for (let at = 0; at + pieceChars <= segment.length; at += pieceChars)
          pieces.add(segment.slice(at, at + pieceChars));
      return token;
    },
    foundIn: (places) => [...places].filter(holdsPiece),
  };
};
