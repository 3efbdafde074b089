import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { namesRestaurant } from '../config-schema/membership-claim.ts';
import type { StageConfig } from '../config-schema/stage-config.ts';
import { isKnownRestaurant } from '../lambdas/access/known-restaurant.ts';
import { listMembers } from '../lambdas/dynamodb/member-list.ts';
import { streams } from '../lambdas/dynamodb/streams.ts';
import { readStageConfig } from '../lib/config.ts';
import type { Target } from './target.ts';

/** The issuers of a stage, as its file in this checkout has them; of a stage without a file, none. */
export const configuredIssuers = (stage = 'local'): StageConfig['issuers'] =>
  existsSync(join(folder, `${stage}.json`)) ? readStageConfig(folder, stage).issuers : [];

const folder = join(import.meta.dirname, '..', 'config');

/** Whether the gateway would number an event there. */
export const isRestaurantOf =
  ({ events, memberships }: Pick<Target, 'events' | 'memberships'>, stage: string | undefined) =>
  async (restaurantId: string): Promise<boolean> => {
    const ofEvents = streams(events);
    if ((await ofEvents.readHead(restaurantId)) !== undefined) return true;
    return isKnownRestaurant({
      streams: ofEvents,
      listMembers: listMembers(memberships),
      isNamedByIssuer: (id) => configuredIssuers(stage).some((issuer) => namesRestaurant(issuer, id)),
    })(restaurantId);
  };
