/** The configuration of a gateway, its domain above all, for the commands that let one choose of it. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { FunctionConfig } from '../config-schema/function-config.ts';
import { parseConfig } from '../config-schema/parse-config.ts';
import { StageConfig } from '../config-schema/stage-config.ts';
import { readStageConfig } from '../lib/config.ts';
import { type Domain, domainOf } from '../protocol/domain.ts';
import { type AskedGateway, stacksAsked } from './asked-gateway.ts';
import { isPackaged, UsageError } from './command.ts';
import { runningGateway, stageFileOf } from './gateway-file.ts';
import { localConfig, runningConfig } from './local-config.ts';
import { synthesizedConfig } from './synthesized-config.ts';

const folder = join(import.meta.dirname, '..', 'config');

/**
 * That of a stage of this project by its file, of a deployed app by its last synthesis, of the gateway on this machine by what its functions
 * have; where none runs, the one that would be started by default. Throws `ConfigError` where there is no file, or a wrong one.
 */
export const stageConfig = (asked: AskedGateway): FunctionConfig => {
  const stacks = stacksAsked(asked);
  if (asked.stage !== undefined) return readStageConfig(folder, asked.stage);
  if (stacks !== undefined) return synthesizedConfig(stacks);
  const running = stageFileOf(asked.port);
  if (running !== undefined) return runningConfig(running);
  return isPackaged ? parseConfig(StageConfig, 'the default', '{}') : localConfig();
};

export const stageDomain = (asked: AskedGateway): Domain => domainOf(stageConfig(asked));

/** Where `types` and `asyncapi` have it from. */
export type AskedConfig = AskedGateway & Readonly<{ config?: string | undefined }>;

/** The same for what other programs read: nothing is taken for granted, but that the one gateway here is meant, or else the app's. */
export const statedConfig = async ({ config, ...asked }: AskedConfig): Promise<FunctionConfig> => {
  const said = Object.values({ config, ...asked }).filter((one) => one !== undefined);
  if (said.length > 1 && config !== undefined)
    throw new UsageError('--config says all that is asked for: say nothing else beside it');
  if (config !== undefined) return configIn(config);
  if (asked.port !== undefined && said.length === 1) return runningConfig((await runningGateway(asked.port)).stageFile);
  if (said.length > 0) return stageConfig(asked);
  const running = stageFileOf(undefined);
  return running === undefined ? synthesizedConfig(undefined) : runningConfig(running);
};

const configIn = (file: string): StageConfig => {
  let text: string;
  try {
    text = readFileSync(resolve(file), 'utf8');
  } catch {
    throw new UsageError(`--config: ${file} cannot be read`);
  }
  return parseConfig(StageConfig, file, text);
};
