/** Sets of characters, which are Unicode code points: ranges in order that do not touch, both ends within. */

export type CharacterRange = readonly [first: number, last: number];
export type CharacterSet = readonly CharacterRange[];

const lastCharacter = 0x10ffff;

export const setOf = (ranges: readonly CharacterRange[]): CharacterSet => {
  const joined: [number, number][] = [];
  for (const [first, last] of ranges.toSorted(([one], [other]) => one - other)) {
    const before = joined.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else joined.push([first, last]);
  }
  return joined;
};

/** Every other character. */
export const complement = (set: CharacterSet): CharacterSet => {
  const others: CharacterRange[] = [];
  let from = 0;
  for (const [first, last] of set) {
    if (first > from) others.push([from, first - 1]);
    from = last + 1;
  }
  return from > lastCharacter ? others : [...others, [from, lastCharacter]];
};

export const contains = (set: CharacterSet, character: number): boolean => {
  let low = 0;
  let high = set.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [first, last] = set[middle] ?? [0, -1];
    if (character < first) high = middle - 1;
    else if (character > last) low = middle + 1;
    else return true;
  }
  return false;
};

export const overlap = (one: CharacterSet, other: CharacterSet): boolean =>
  one.some(([first, last]) => other.some((range) => first <= range[1] && range[0] <= last));
