/** The restaurant preset as the tests ask it: the domain of a stage that says nothing of its own, and what asks it, bound to it. */
import * as v from 'valibot';
import { StageConfig } from '../config-schema/stage-config.ts';
import { advanced as advancedIn } from '../lambdas/events/numbering.ts';
import { publicationOf as publicationIn } from '../lambdas/events/publication.ts';
import { demoOf } from '../local/demo.ts';
import { parseClientMessage as parseIn } from '../protocol/client-messages.ts';
import type { RestaurantEvent, StreamHead } from '../protocol/restaurant-events.ts';
import { dataJudge } from '../protocol/data-judge.ts';
import { domainOf } from '../protocol/domain.ts';

export const restaurantConfig = v.parse(StageConfig, {});
export const restaurantDomain = domainOf(restaurantConfig);
export const restaurantDemo = demoOf(restaurantConfig.demoUsers);

export const {
  connectionTypes,
  defaultConnectionType,
  defaultAudience,
  isConnectionType,
  isRole,
  mayConnectAs,
  narrowerRole,
  roles,
} = restaurantDomain;

/** Those that a token may give. */
export const claimableRoles = roles.filter((role) => !restaurantDomain.isOfEveryRestaurant(role));

export const judgeData = dataJudge();

export const parseClientMessage = (text: string) => parseIn(text, restaurantDomain, judgeData);

export const publicationOf = (
  record: Parameters<typeof publicationIn>[0],
  isOwnSender: Parameters<typeof publicationIn>[1],
) => publicationIn(record, isOwnSender, restaurantDomain);

export const advanced = (head: StreamHead, event: RestaurantEvent) => advancedIn(restaurantDomain, head, event);

/** Each event with its type. */
export const deviceEventEntries = restaurantDomain.events.map((event) => [event.type, event] as const);

/** What a kind of session is shown of a restaurant's events. */
export const streamOf = (connectionType: string, epoch = 'e', restaurantId = 'r-17') => ({
  restaurantId,
  epoch,
  connectionType,
  seesPublishers: restaurantDomain.seesPublishers(connectionType),
});
