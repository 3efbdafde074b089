import * as v from 'valibot';
import { scanText } from '../protocol/json/scan.ts';
import { ConfigError, shown } from './config-error.ts';

/** What JSON text holds by a schema, every default filled in; throws `ConfigError`. `file` is where the text is from. */
export const parseConfig = <Schema extends v.GenericSchema>(
  schema: Schema,
  file: string,
  content: string,
): v.InferOutput<Schema> => checkConfig(schema, file, parseWritten(file, content));

/** The same for what JSON text held. */
export const checkConfig = <Schema extends v.GenericSchema>(
  schema: Schema,
  file: string,
  unverified: unknown,
): v.InferOutput<Schema> => {
  const checked = v.safeParse(schema, unverified);
  if (checked.success) return checked.output;
  const [issue] = checked.issues;
  throw new ConfigError({ file, key: v.getDotPath(issue) ?? undefined }, `${issue.message}, got ${shown(issue.input)}`);
};

/** What a person wrote as JSON: a key that stands twice in an object is refused, of which `JSON.parse` would lose the first. */
export const parseWritten = (file: string, content: string): unknown => {
  const value = parseJson(file, content);
  const scanned = scanText(content, Number.POSITIVE_INFINITY);
  if ('refused' in scanned && scanned.refused === 'duplicate_key') {
    const line = content.slice(0, scanned.at).split('\n').length;
    throw new ConfigError({ file }, `must have each key of an object once, got one twice in line ${line}`);
  }
  return value;
};

/** Whatever JSON text holds; throws `ConfigError`. */
export const parseJson = (file: string, content: string): unknown => {
  try {
    return JSON.parse(content);
  } catch (cause) {
    throw new ConfigError({ file }, `is not JSON (${cause instanceof Error ? cause.message : String(cause)})`, {
      cause,
    });
  }
};
