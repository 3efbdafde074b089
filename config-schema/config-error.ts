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

/** A value as an error may quote it. */
export const shown = (value: unknown): string => {
  const json = jsonOf(value) ?? 'nothing';
  return json.length <= 80 ? json : `${json.slice(0, 80)}…`;
};

/** What is nested some thousand levels deep, no stack is enough for. */
const jsonOf = (value: unknown): string | undefined => {
  try {
    return JSON.stringify(value);
  } catch {
    return 'what is nested too deep to be shown';
  }
};
