/** The domain of a stage, for the commands that let one choose of it: as its file in this checkout has it. */
import { join } from 'node:path';
import type { StageConfig } from '../config-schema/stage-config.ts';
import { readStageConfig } from '../lib/config.ts';
import { type Demo, demoOf } from '../local/demo.ts';
import { type Domain, domainOf } from '../protocol/domain.ts';

const folder = join(import.meta.dirname, '..', 'config');

export const stageConfig = (stage = 'local'): StageConfig => readStageConfig(folder, stage);

/** Without a stage that of the gateway on this machine. Throws `ConfigError` where there is no file, or a wrong one. */
export const stageDomain = (stage?: string): Domain => domainOf(stageConfig(stage));

/** The people of the gateway on this machine. */
export const localDemo = (): Demo => demoOf(stageConfig().demoUsers);
