/** What stands directly in an object or a list, as it was written. */
import { type JsonProblem, type JsonText, type Refused, scannedBefore } from './json-text.ts';
import { scan } from './scan.ts';
import { unescaped } from './strings.ts';
import { afterSpace } from './tokens.ts';

/** One value in a text: `text.slice(start, end)`. */
export type Span = Readonly<{
  start: number;
  end: number;
  text: JsonText;
  /** Objects and lists within one another in it, itself included; 0: it is neither. */
  depth: number;
}>;

/** A value under a key. `written` is the member as it stands in the text, from the quote of its key on. */
export type Member = Span & Readonly<{ written: string }>;

/** The members of an object by their unescaped keys, in the order of the text: also where keys look like numbers. */
export type Members = ReadonlyMap<string, Member>;

/** Reads an object. `maxDepth` is of the whole text, so that 1 takes an object of scalars. `under`: the member that is refused. */
export const scanObject = (
  text: string,
  maxDepth: number,
): Readonly<{ members: Members }> | (Refused & Readonly<{ under?: string }>) => {
  const members = new Map<string, Member>();
  const refused = scanOutermost(text, maxDepth, '{', (span, keyStart, key) => {
    members.set(unescaped(key), { ...span, written: text.slice(keyStart, span.end) });
  });
  return refused ?? { members };
};

/** Reads a list. */
export const scanList = (text: string, maxDepth: number): Readonly<{ elements: readonly Span[] }> | Refused => {
  const elements: Span[] = [];
  const refused = scanOutermost(text, maxDepth, '[', (span) => elements.push(span));
  return refused ?? { elements };
};

/** An object of members that were read elsewhere. The caller sees to it that no two of them have the same key. */
export const objectOf = (members: Iterable<Member>): JsonText =>
  scannedBefore(`{${Array.from(members, ({ written }) => written).join(',')}}`);

const otherwise = { '{': 'not_an_object', '[': 'not_a_list' } as const satisfies Record<string, JsonProblem>;

/** Hands on each value that stands directly in the outermost object or list, with its key where it has one. */
const scanOutermost = (
  text: string,
  maxDepth: number,
  bracket: '{' | '[',
  found: (span: Span, keyStart: number, key: string) => void,
): (Refused & Readonly<{ under?: string }>) | undefined => {
  let depth = 0;
  let deepest = 0;
  let start = 0;
  let keyStart = 0;
  let key = '';
  const keys: Readonly<{ key: string; at: number }>[] = [];
  const ended = (end: number): void => {
    if (depth === 1)
      found({ start, end, text: scannedBefore(text.slice(start, end)), depth: deepest - 1 }, keyStart, key);
  };
  const refused = scan(text, maxDepth, {
    open: (at) => {
      if (depth === 1) start = at;
      deepest = depth <= 1 ? depth + 1 : Math.max(deepest, depth + 1);
      depth++;
    },
    close: (end) => {
      depth--;
      ended(end);
    },
    key: (canonical, at) => {
      if (depth !== 1) return;
      key = canonical;
      keyStart = at;
      keys.push({ key, at });
    },
    scalar: (at, end) => {
      if (depth !== 1) return;
      start = at;
      deepest = 1;
      ended(end);
    },
  });
  if (refused) {
    const under = keys.filter(({ at }) => at <= refused.at).pop();
    return under === undefined ? refused : { ...refused, under: unescaped(under.key) };
  }
  const outermost = afterSpace(text, 0);
  return text[outermost] === bracket ? undefined : { refused: otherwise[bracket], at: outermost };
};
