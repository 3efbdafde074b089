/** The configuration of a stage: one JSON file, read and validated once, before anything is built from it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isLoopback } from '../config-schema/loopback.ts';
import { ConfigError, shown } from '../config-schema/config-error.ts';
import { parseConfig } from '../config-schema/parse-config.ts';
import { StageConfig } from '../config-schema/stage-config.ts';

const stageNamePattern = /^[a-z][a-z0-9-]{0,19}$/;

/** The configuration in `<directory>/<stage>.json`; throws `ConfigError`. */
export const readStageConfig = (directory: string, stage: string): StageConfig => {
  demandStageName('stage name', stage);
  const file = `config/${stage}.json`;
  let content: string;
  try {
    content = readFileSync(join(directory, `${stage}.json`), 'utf8');
  } catch (cause) {
    throw new ConfigError({ file }, `cannot be read; stages with a file are ${stagesIn(directory)}`, { cause });
  }
  const config = parseConfig(StageConfig, file, content);
  refuseDevelopmentOnAws(file, config);
  return config;
};

/** Throws `ConfigError`, whose sentence begins with `at`. */
export const demandStageName = (at: string, stage: string): void => {
  if (!stageNamePattern.test(stage))
    throw new ConfigError({ file: at }, `must be up to 20 of a-z, 0-9 and "-", a letter first, got ${shown(stage)}`);
};

/** Issuers of this machine are what the local gateway has and a deployed one cannot use: nobody would ever get in there. */
export const refuseDevelopmentOnAws = (file: string, { developmentOrigins, issuers }: StageConfig): void => {
  const isLocal = issuers.length > 0 && issuers.every(({ issuer }) => isLoopback(new URL(issuer).hostname));
  if (developmentOrigins && !isLocal)
    throw new ConfigError(
      { file, key: 'developmentOrigins' },
      'must be false unless every issuer is on this machine, got true: it is for the local gateway alone',
    );
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
