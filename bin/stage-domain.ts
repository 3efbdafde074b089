/** The domain of a stage, for the commands that let one choose of it: as its file in this checkout has it. */
import { join } from 'node:path';
import type { StageConfig } from '../config-schema/stage-config.ts';
import { readStageConfig } from '../lib/config.ts';
import { type Domain, domainOf } from '../protocol/domain.ts';
import { configFileOf } from './gateway-file.ts';
import { localConfig } from './local-config.ts';

const folder = join(import.meta.dirname, '..', 'config');

/** Of whom a command is asked: a stage, or else the gateway on this machine, by its port where several run. */
export type AskedStage = Readonly<{ stage?: string | undefined; port?: string | undefined }>;

/** Throws `ConfigError` where there is no file, or a wrong one. */
export const stageConfig = ({ stage, port }: AskedStage): StageConfig =>
  stage === undefined ? localConfig(configFileOf(port)) : readStageConfig(folder, stage);

export const stageDomain = (asked: AskedStage): Domain => domainOf(stageConfig(asked));
