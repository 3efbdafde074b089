/** Values that only a deployment knows, as somebody gives them for this machine. */
import { existsSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import type { Stack } from './assembly.ts';
import { StartError } from './start-error.ts';

export type GivenValues = {
  /**
   * The value of a key: a logical id for `Ref`, `Id.Attribute` for `Fn::GetAtt`, and likewise a parameter's name, an export's, SSM's. One
   * with the stack before it is meant before one without.
   */
  readonly find: (key: string, stack: Pick<Stack, 'name'>) => string | readonly string[] | undefined;
  /** What to write and where, as the end of a sentence. */
  readonly advice: (key: string) => string;
  /** The keys that nobody has asked for until now. */
  readonly unasked: () => readonly string[];
  /** For sentences. */
  readonly file: string;
};

/** A file of values, by its name for sentences. */
export const givenValues = (
  values: Readonly<Record<string, string | readonly string[]>>,
  file: string,
): GivenValues => {
  const own = new Map(Object.entries(values));
  const asked = new Set<string>();
  return {
    find: (key, { name }) => {
      const its = [`${name}/${key}`, key].find((one) => own.has(one));
      if (its === undefined) return undefined;
      asked.add(its);
      return own.get(its);
    },
    advice: (key) => `give its value as ${JSON.stringify(key)}: "…" in ${file}`,
    unasked: () => [...own.keys()].filter((key) => !asked.has(key)),
    file,
  };
};

/** The file that is read where it is there. */
export const usualValuesFile = 'maitred.values.json';

/** Nobody gives any. */
export const noValues = givenValues({}, usualValuesFile);

const text = v.pipe(v.string(), v.nonEmpty());
// A list has keys, too.
const File = v.pipe(
  v.unknown(),
  v.check((read) => !Array.isArray(read)),
  v.record(v.string(), v.union([text, v.array(text)])),
);

/** Throws `StartError` that says what of the file is not as it should be. */
export const readGivenValues = (path: string, name: string): GivenValues => {
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const problem = existsSync(path) ? 'cannot be read as JSON' : 'is not there';
    throw new StartError('VALUES_UNREADABLE', `${name} ${problem}.`, { cause });
  }
  const checked = v.safeParse(File, read);
  if (checked.success) return givenValues(checked.output, name);
  const key = v.getDotPath(checked.issues[0]);
  throw new StartError(
    'VALUES_UNREADABLE',
    `${name} must be an object of texts that are not empty, or lists of them${key === null ? '' : `, which ${key} is not`}.`,
  );
};
