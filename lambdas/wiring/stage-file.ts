import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionConfig } from '../../config-schema/function-config.ts';
import { ConfigError } from '../../config-schema/config-error.ts';
import { parseStageFile, stageFileName } from '../../config-schema/stage-file.ts';

/**
 * The stage's configuration, from the file beside the code; each entry reads it once, while it starts. Throws `ConfigError`.
 *
 * @param dir where Lambda has unpacked the code
 */
export const readStageFile = (dir = process.env['LAMBDA_TASK_ROOT'] ?? '.'): FunctionConfig => {
  let content: string;
  try {
    content = readFileSync(join(dir, stageFileName), 'utf8');
  } catch (cause) {
    throw new ConfigError({ file: stageFileName }, 'cannot be read beside the code of the function', { cause });
  }
  return parseStageFile(content);
};
