/** The configuration of a stage: one JSON file, read and validated once, before anything is built from it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, parseConfig, shown } from '../config-schema/parse-config.ts';
import { StageConfig } from '../config-schema/stage-config.ts';

const stageNamePattern = /^[a-z][a-z0-9-]{0,19}$/;

/** The configuration in `<directory>/<stage>.json`; throws `ConfigError`. */
export const readStageConfig = (directory: string, stage: string): StageConfig => {
  if (!stageNamePattern.test(stage))
    throw new ConfigError(
      { file: 'stage name' },
      `must be up to 20 of a-z, 0-9 and "-", a letter first, got ${shown(stage)}`,
    );
  const file = `config/${stage}.json`;
  let content: string;
  try {
    content = readFileSync(join(directory, `${stage}.json`), 'utf8');
  } catch (cause) {
    throw new ConfigError({ file }, `cannot be read; stages with a file are ${stagesIn(directory)}`, { cause });
  }
  return parseConfig(StageConfig, file, content);
};

const stagesIn = (directory: string): string => {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -'.json'.length))
      .sort()
      .join(', ');
  } catch {
    return 'none';
  }
};
