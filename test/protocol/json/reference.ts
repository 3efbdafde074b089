/** The plainest reader of JSON that tells everything of a text: recursive, slow, and written apart from the scanner. */

/** A value as written. A string is what it says; `raw` is the text of a string or a number. */
export type Read =
  | Readonly<{ kind: 'object'; members: readonly (readonly [key: ReadString, value: Read])[] }>
  | Readonly<{ kind: 'list'; elements: readonly Read[] }>
  | ReadString
  | Readonly<{ kind: 'number'; raw: string }>
  | Readonly<{ kind: 'word'; value: boolean | null }>;
type ReadString = Readonly<{ kind: 'string'; value: string; raw: string }>;

const token = {
  space: /[ \t\n\r]*/y,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that JSON does not take.
  string: /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y,
  number: /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y,
  word: /true|false|null/y,
};

/** The value of a text, or undefined where it is no JSON. */
export const read = (text: string): Read | undefined => {
  let at = 0;
  const next = (what: RegExp): string | undefined => {
    what.lastIndex = at;
    const found = what.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const next1 = (character: string): boolean => {
    next(token.space);
    if (text[at] !== character) return false;
    at++;
    return true;
  };
  const wrong = (): never => {
    throw new SyntaxError();
  };
  const string = (): ReadString => {
    next(token.space);
    const raw = next(token.string) ?? wrong();
    return { kind: 'string', value: JSON.parse(raw), raw };
  };
  const listed = <T>(close: string, one: () => T): readonly T[] => {
    const all: T[] = [];
    if (next1(close)) return all;
    do all.push(one());
    while (next1(','));
    return next1(close) ? all : wrong();
  };
  const member = (): readonly [ReadString, Read] => {
    const key = string();
    return next1(':') ? [key, value()] : wrong();
  };
  const value = (): Read => {
    if (next1('{')) return { kind: 'object', members: listed('}', member) };
    if (next1('[')) return { kind: 'list', elements: listed(']', value) };
    if (text[at] === '"') return string();
    const word = next(token.word);
    if (word !== undefined) return { kind: 'word', value: JSON.parse(word) };
    return { kind: 'number', raw: next(token.number) ?? wrong() };
  };
  try {
    const whole = value();
    next(token.space);
    return at === text.length ? whole : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

const within = (value: Read): readonly Read[] => {
  if (value.kind === 'list') return value.elements;
  return value.kind === 'object' ? value.members.flat() : [];
};

export const depthOf = (value: Read): number =>
  value.kind === 'object' || value.kind === 'list' ? 1 + Math.max(0, ...within(value).map(depthOf)) : 0;

/** Everything in a value that receivers may read differently. */
export const differences = (value: Read, maxDepth: number): readonly string[] => [
  ...(depthOf(value) > maxDepth ? ['too_deep'] : []),
  ...[value, ...everythingIn(value)].flatMap((one) => {
    if (one.kind === 'string') return one.raw.isWellFormed() && one.value.isWellFormed() ? [] : ['lone_surrogate'];
    if (one.kind === 'number') return Number.isFinite(Number(one.raw)) ? [] : ['number_too_large'];
    if (one.kind !== 'object') return [];
    const keys = one.members.map(([{ value: key }]) => key);
    return new Set(keys).size === keys.length ? [] : ['duplicate_key'];
  }),
];

const everythingIn = (value: Read): readonly Read[] => within(value).flatMap((one) => [one, ...everythingIn(one)]);
