import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { mayGrantAt } from '../config-schema/membership-claim.ts';
import type { StageConfig } from '../config-schema/stage-config.ts';
import { readStageConfig } from '../lib/config.ts';
import { isRestaurantId } from '../protocol/identifiers.ts';

const folder = join(import.meta.dirname, '..', 'config');

/** The issuers of a stage as its file in this checkout has them; without a stage, of the local one. None where there is no file. */
export const configuredIssuers = (stage = 'local'): StageConfig['issuers'] =>
  existsSync(join(folder, `${stage}.json`)) ? readStageConfig(folder, stage).issuers : [];

/** The aliases of the issuers whose tokens may make their users members there. */
export const issuersThatGrantAt = (restaurantId: string, stage: string | undefined): readonly string[] =>
  configuredIssuers(stage)
    .filter((issuer) => isRestaurantId(restaurantId) && mayGrantAt(issuer, restaurantId))
    .map(({ alias }) => alias);
