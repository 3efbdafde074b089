/** How the parts of a TypeScript declaration are written: names, keys, comments. Pure. */
import type { JsonObject } from '../../protocol/json-schema/values.ts';

/** A name in which every word begins with a capital: `order.status_changed` is `OrderStatusChanged`. */
export const typeName = (words: string): string => {
  const name = (words.match(/[A-Za-z0-9]+/g) ?? [])
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
  return /^[A-Za-z]/.test(name) ? name : `T${name}`;
};

/** A name for each that no other has: what `nameOf` makes of it, with a number where another came first. */
export const uniqueNames = (all: readonly string[], nameOf: (one: string) => string): ReadonlyMap<string, string> => {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const one of all) {
    let name = nameOf(one);
    for (let again = 2; taken.has(name); again++) name = `${nameOf(one)}${again}`;
    taken.add(name);
    names.set(one, name);
  }
  return names;
};

/** A key of an object type, quoted where it has to be. */
export const keyOf = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

/** What a schema says to people, as a comment of one line that stands above; nothing where it says nothing. */
export const commentOf = (schema: JsonObject): string => {
  const said = [schema['title'], schema['description']].filter((one) => typeof one === 'string');
  const text = `${schema['deprecated'] === true ? '@deprecated ' : ''}${said.join('. ')}`
    .replace(/\s+/g, ' ')
    .replaceAll('*/', '* /')
    .trim();
  return text === '' ? '' : `/** ${text} */\n`;
};

/** Only what `\n` ends is a line: texts may have other ends of lines in them. */
export const indented = (lines: string): string =>
  lines
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
