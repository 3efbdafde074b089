/** Stack traces of the functions' bundles, with the places in the sources. Nothing of a map is read before a trace names its build. */
import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join } from 'node:path';

/** The map of a build by the name that its traces have; undefined where it is not there. */
export type FindMap = (buildName: string) => SourceMap | undefined;

/** What a bundle says of itself (its `sourceURL`): its entry and which build it is. */
const buildNamePattern = String.raw`maitred-[a-z-]+-[0-9a-f]{12}\.mjs`;

/** The folder of an assembly in which the maps lie, each under the name of its build. */
export const mapsFolder = 'maps';

/** A place in a bundle, in whatever text: `maitred-connect-0f3a5c7e9b1d.mjs:12:3456`, as an address or not. */
const place = new RegExp(String.raw`(?:file://[\w/.-]*/)?(${buildNamePattern}):(\d+):(\d+)`, 'g');

/** The text with every place of a bundle whose map is found replaced by that of the source. What is not found stays. */
export const resolvedText = (text: string, findMap: FindMap): string =>
  text.replace(place, (whole, build: string, line: string, column: string) => {
    // Maps count from 0, and V8 from 1.
    const entry = findMap(build)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (entry === undefined || !('originalSource' in entry)) return whole;
    // As the bundler names it: seen from the bundle's folder, two below the project.
    const source = entry.originalSource.replace(/^(\.\.\/)+/, '');
    return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });

/**
 * A line of a log, ready to be read. Where it is JSON, or ends in it, and a stack is in that, the stack's lines stand below what was
 * before it; every other line is as it was, with its places resolved.
 */
export const resolvedLine = (line: string, findMap: FindMap): string => {
  const at = line.indexOf('{');
  const stacks = at < 0 ? [] : stacksIn(parsed(line.slice(at)));
  if (stacks.length === 0) return resolvedText(line, findMap);
  return [line.slice(0, at).trimEnd(), ...stacks]
    .filter((part) => part !== '')
    .map((part) => resolvedText(part, findMap))
    .join('\n');
};

/** Every text, or list of texts, in a value that is a stack: one that has a line which begins with "at". */
const stacksIn = (value: unknown): readonly string[] => {
  const text = Array.isArray(value) && value.every((one) => typeof one === 'string') ? value.join('\n') : value;
  if (typeof text === 'string') return /^\s+at /m.test(text) ? [text] : [];
  return typeof text === 'object' && text !== null ? Object.values(text).flatMap(stacksIn) : [];
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Every build that a text names. */
export const buildsIn = (text: string): ReadonlySet<string> => new Set(text.match(new RegExp(buildNamePattern, 'g')));

/** Maps of these folders, where they lie under the names of their builds. Each is read once. */
export const mapsIn = (folders: readonly string[]): FindMap => {
  const found = new Map<string, SourceMap | undefined>();
  return (buildName) => {
    if (!found.has(buildName)) {
      const file = folders.map((folder) => join(folder, `${buildName}.map`)).find((one) => existsSync(one));
      found.set(buildName, file === undefined ? undefined : readMap(readFileSync(file, 'utf8'), buildName));
    }
    return found.get(buildName);
  };
};

/** A map that says to be of another build is none of this one. */
export const readMap = (text: string, buildName: string): SourceMap | undefined => {
  const map = JSON.parse(text);
  return map.file === buildName ? new SourceMap(map) : undefined;
};
