/** The membership table: who may enter which restaurant, as what. */
import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { isRestaurantId } from '../../protocol/identifiers.ts';
import { everyRestaurant, type Membership, unreadableRole } from '../access/membership.ts';
import type { FindMemberships, KnownHead, UnreadHead } from '../ports.ts';
import type { AuthorizationTables } from './authorization-tables.ts';
import { headKey, headOf, partitionOf } from './stream-item.ts';
import { type Found, isThrottled, type Item, pauseFor, readAll, UnprocessedKeysError } from './table.ts';

/** Keys are prefixed by their kind, so that no id can be taken for another kind's. */
export const membershipKey = (
  restaurantId: string,
  { issuer, userId }: Readonly<{ issuer: string; userId: string }>,
) => ({
  pk: `R#${restaurantId}`,
  sk: `M#${issuer}#${userId}`,
});

export const MembershipItem = v.object({
  pk: v.string(),
  sk: v.string(),
  restaurant_id: v.string(),
  issuer: v.string(),
  user_id: v.string(),
  role: v.string(),
  connection_types: v.optional(v.array(v.string())),
  revoked_before_ms: v.optional(v.number()),
  suspended_at_ms: v.optional(v.number()),
  revoked_before_suspension_ms: v.optional(v.number()),
});

/**
 * What stands in `revoked_before_ms` while somebody is suspended: the last moment that `Date` can hold (ECMAScript, section
 * 21.4.1.1). No token is younger, so that a version which knows no suspensions keeps them out as well.
 */
export const afterEveryLoginMs = 8.64e15;
/** What stands in `revoked_before_suspension_ms` where nothing was revoked. */
export const neverRevokedMs = 0;

/** Whose membership stands under a key. No alias of an issuer has a `#`; a user id may. */
const memberAt = ({ pk, sk }: Item): Pick<Membership, 'restaurantId' | 'issuer' | 'userId'> => {
  const [, issuer = '', userId = ''] = /^M#([^#]*)#(.*)$/s.exec(String(sk)) ?? [];
  return { restaurantId: String(pk).replace(/^R#/, ''), issuer, userId };
};

/**
 * What an item says of the member that its key names. One that is no membership is read as `unreadable`, and not thrown: others wrote
 * this table, too, and one bad row must not keep a restaurant's events from everybody else.
 */
export const membershipOf = (stored: Item): Membership => {
  const member = memberAt(stored);
  const { success, output: item } = v.safeParse(MembershipItem, stored);
  if (!success || !isOf(member, item)) return { ...member, role: unreadableRole };
  const isSuspended = item.suspended_at_ms !== undefined;
  const revokedBeforeMs = isSuspended ? item.revoked_before_suspension_ms : item.revoked_before_ms;
  return {
    restaurantId: item.restaurant_id,
    issuer: item.issuer,
    userId: item.user_id,
    role: item.role,
    ...(item.connection_types === undefined ? {} : { connectionTypes: item.connection_types }),
    ...(revokedBeforeMs === undefined || revokedBeforeMs === neverRevokedMs ? {} : { revokedBeforeMs }),
    ...(item.suspended_at_ms === undefined ? {} : { suspendedAtMs: item.suspended_at_ms }),
  };
};

/** An item that names somebody else than its key does would count for one in one place, and for the other in another. */
const isOf = (member: ReturnType<typeof memberAt>, item: v.InferOutput<typeof MembershipItem>): boolean =>
  item.restaurant_id === member.restaurantId && item.issuer === member.issuer && item.user_id === member.userId;

const nobodysRestaurant = '';

const headIn = ([item]: readonly Item[] = []): KnownHead => (item === undefined ? 'none' : headOf(item));

/**
 * Finds both rows and the head in one request. Throws when the memberships cannot be read: where the head is throttled, they stand
 * without it, and where the tables refuse the request, they are asked for alone.
 */
export const findMemberships =
  (client: DynamoDBDocumentClient, tables: AuthorizationTables): FindMemberships =>
  async (restaurantId, user) => {
    // Text that can be no id (`*`, a whole token, more than a key may hold) is looked up under a key that nobody has, so that it takes
    // as long as any other.
    const place = isRestaurantId(restaurantId) ? restaurantId : nobodysRestaurant;
    const here = membershipKey(place, user);
    const everywhere = membershipKey(everyRestaurant, user);
    const rows = { [tables.memberships]: { Keys: [here, everywhere], ConsistentRead: true } };
    const head = { [tables.events]: { Keys: [{ pk: partitionOf(place), sk: headKey }], ConsistentRead: false } };
    const both = await readAll(client, { ...rows, ...head }, pauseFor, tables.events).then(
      (found) => ({ found, head: headIn(found[tables.events]) }),
      withoutHead(tables),
    );
    const found = both.found ?? (await readAll(client, rows));
    const items = found[tables.memberships] ?? [];
    const find = ({ pk }: { pk: string }): Membership | undefined => {
      const item = items.find((one) => one['pk'] === pk);
      return item && membershipOf(item);
    };
    return { here: find(here), everywhere: find(everywhere), head: both.head };
  };

/** What there is where the request failed. What says nothing of the head alone, such as that there was no answer in time, is thrown. */
const withoutHead =
  ({ memberships }: AuthorizationTables) =>
  (error: unknown): Readonly<{ found?: Found; head: UnreadHead }> => {
    if (error instanceof UnprocessedKeysError && !error.tables.includes(memberships))
      return { found: error.found, head: { unread: 'throttled', error } };
    if (!(error instanceof DynamoDBServiceException) || isThrottled(error)) throw error;
    return { head: { unread: 'failed', error } };
  };
