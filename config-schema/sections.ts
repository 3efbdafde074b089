/** What the configuration's schemas are made of. A message is the rest of a sentence that begins with the key. */
import * as v from 'valibot';

/** An object of known keys: an unknown one is refused with the list, a missing one with what it must be. */
export const section = <const Entries extends v.ObjectEntries>(entries: Entries) => {
  const known = Object.keys(entries).join(', ');
  return v.pipe(
    v.custom<Record<string, unknown>>(isObject, `must be an object with keys of ${known}`),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      // Own keys only: `in` would take "constructor" and "__proto__" for known.
      for (const [key, value] of Object.entries(dataset.value))
        if (!Object.hasOwn(entries, key))
          addIssue({
            message: `is no known key; expected one of ${known}`,
            input: value,
            path: [{ type: 'object', origin: 'value', input: dataset.value, key, value }],
          });
    }),
    v.object(entries, (issue) => messageOf(entries[JSON.parse(issue.expected ?? 'null')])),
  );
};

/** A whole number between two bounds, both included; `because` is what else its sentence says. */
export const whole = (from: number, to: number, because = '') => {
  const message = `must be a whole number from ${from} to ${to}${because}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(from, message), v.maxValue(to, message));
};

/** Text of a pattern. */
export const text = (pattern: RegExp, message: string) => v.pipe(v.string(message), v.regex(pattern, message));

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A missing key is told what a wrong value would be told. */
const messageOf = (schema: object | undefined): string =>
  schema !== undefined && 'message' in schema && typeof schema.message === 'string' ? schema.message : 'is required';
