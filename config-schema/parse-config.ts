import * as v from 'valibot';

/** Configuration is not what it must be. The message is one sentence that names the file and key, what was expected and got. */
export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID';
  readonly file: string;
  readonly key: string | undefined;

  constructor(at: { file: string; key?: string | undefined }, problem: string, options?: ErrorOptions) {
    super(`${at.key === undefined ? at.file : `${at.file}: ${at.key}`} ${problem}`, options);
    this.name = 'ConfigError';
    this.file = at.file;
    this.key = at.key;
  }
}

/** What JSON text holds by a schema, every default filled in; throws `ConfigError`. `file` is where the text is from. */
export const parseConfig = <Schema extends v.GenericSchema>(
  schema: Schema,
  file: string,
  content: string,
): v.InferOutput<Schema> => checkConfig(schema, file, parseJson(file, content));

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

/** A value as an error may quote it. */
export const shown = (value: unknown): string => {
  const json = JSON.stringify(value) ?? 'nothing';
  return json.length <= 80 ? json : `${json.slice(0, 80)}…`;
};
