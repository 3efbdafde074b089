/** The file beside the code of each function that holds its stage's configuration. */
import * as v from 'valibot';
import { FunctionConfig, functionKeys } from './function-config.ts';
import { ConfigError } from './config-error.ts';
import { checkConfig, parseJson } from './parse-config.ts';

export const stageFileName = 'stage.json';

/** The file's text, the same for the same configuration. Throws `ConfigError` where the functions would. */
export const stageFileOf = (config: FunctionConfig): string =>
  // Of a whole stage's configuration it takes what the functions read: a new mail address changes no function.
  `${JSON.stringify(checkConfig(v.object(functionKeys), stageFileName, config), null, 2)}\n`;

/** What the file says; throws `ConfigError`. Nothing may be missing: defaults were filled in when it was written. */
export const parseStageFile = (content: string): FunctionConfig => {
  const written = parseJson(stageFileName, content);
  const config = checkConfig(FunctionConfig, stageFileName, written);
  const key = missingKey(config, written);
  if (key !== undefined) throw new ConfigError({ file: stageFileName, key }, 'must be there, got nothing');
  return config;
};

/** The path of the first value that is parsed but was not written. */
const missingKey = (parsed: unknown, written: unknown, at: readonly string[] = []): string | undefined => {
  if (written === undefined) return at.join('.');
  // What was taken as it is has nothing filled in.
  if (parsed === written || !isObject(parsed) || !isObject(written)) return undefined;
  for (const [key, value] of Object.entries(parsed)) {
    const missing = missingKey(value, written[key], [...at, key]);
    if (missing !== undefined) return missing;
  }
  return undefined;
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
