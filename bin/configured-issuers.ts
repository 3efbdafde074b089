import { mayGrantAt } from '../config-schema/membership-claim.ts';
import type { FunctionConfig } from '../config-schema/function-config.ts';
import { isRestaurantId } from '../protocol/identifiers.ts';
import type { AskedGateway } from './asked-gateway.ts';
import { stageConfig } from './stage-domain.ts';

/** The issuers of a gateway as its configuration has them; none where that is not to be found. */
export const configuredIssuers = (asked: AskedGateway): FunctionConfig['issuers'] => {
  try {
    return stageConfig(asked).issuers;
  } catch {
    return [];
  }
};

/** The aliases of the issuers whose tokens may make their users members there. */
export const issuersThatGrantAt = (restaurantId: string, asked: AskedGateway): readonly string[] =>
  configuredIssuers(asked)
    .filter((issuer) => isRestaurantId(restaurantId) && mayGrantAt(issuer, restaurantId))
    .map(({ alias }) => alias);
