/** What a token says of its user's memberships, by the rules of its issuer's entry. Pure; of verified claims only. */
import { type MembershipClaim, mayGrantAt } from '../../config-schema/membership-claim.ts';
import type { Domain } from '../../protocol/domain.ts';
import { isRestaurantId, type Role } from '../../protocol/identifiers.ts';

/** Why a claim as a whole, or what it says of one restaurant, makes nobody a member. */
export type ClaimProblem =
  | 'membership_claim_malformed'
  | 'membership_claim_too_long'
  | 'membership_claim_left_out'
  | 'restaurant_not_of_issuer'
  | 'role_unknown';

/** What is asked of a domain. */
export type Roles = Pick<Domain, 'isRole' | 'isOfEveryRestaurant'>;

type Claimed = Readonly<{ role: Role }> | Readonly<{ problem: ClaimProblem }>;

/** By restaurant, or nothing but why the claim cannot be used. */
export type ClaimedMemberships = ReadonlyMap<string, Claimed> | Readonly<{ problem: ClaimProblem }>;

/** More would be of a chain's head office; a token of 8 KB seldom holds them. None of a longer list counts, rather than some. */
export const maxClaimedEntries = 200;

type JsonObject = Readonly<Record<string, unknown>>;
type Entry = Readonly<{ id: string; role: string }>;
type Unread = Readonly<{ id: unknown; role: unknown }>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
/** What a token may make of its user. Never a member of every restaurant: that is the membership table's alone to say. */
const isClaimable = (domain: Roles, role: string): boolean => domain.isRole(role) && !domain.isOfEveryRestaurant(role);

/** The memberships that verified claims give. Whatever the claims hold, it yields an outcome and never throws. */
export const claimedMemberships = (domain: Roles, payload: JsonObject, claim: MembershipClaim): ClaimedMemberships => {
  if (isLeftOut(payload, claim)) return { problem: 'membership_claim_left_out' };
  const value = valueAt(payload, claim.path);
  if (value === 'malformed') return { problem: 'membership_claim_malformed' };
  if (value.found === undefined) return new Map();
  if (lengthOf(value.found) > maxClaimedEntries) return { problem: 'membership_claim_too_long' };
  const entries = entriesOf(value.found, claim);
  return entries === 'malformed' ? { problem: 'membership_claim_malformed' } : grantsOf(domain, entries, claim);
};

/** What the token says of one restaurant: a role there, or why it gives none. */
export const claimedAt = (
  claimed: ClaimedMemberships = new Map(),
  restaurantId: string,
): Claimed | Readonly<{ problem: 'membership_missing' }> =>
  'problem' in claimed ? claimed : (claimed.get(restaurantId) ?? { problem: 'membership_missing' });

/**
 * Of somebody with too many groups an issuer may give none, and say where they can be asked for (OpenID Connect Core 1.0, section 5.6.2;
 * Entra beyond 200). Nobody asks: what is there beside it may be half of the truth.
 */
const isLeftOut = ({ _claim_names: elsewhere }: JsonObject, { path: [name = ''] }: MembershipClaim): boolean =>
  isObject(elsewhere) && Object.hasOwn(elsewhere, name);

/** Own properties only: a token may name what every object has. Null is how databases say that there is nothing. */
const valueAt = (payload: JsonObject, path: readonly string[]): Readonly<{ found: unknown }> | 'malformed' => {
  let value: unknown = payload;
  for (const name of path) {
    if (!isObject(value)) return 'malformed';
    value = Object.hasOwn(value, name) ? value[name] : undefined;
    if (value === undefined || value === null) return { found: undefined };
  }
  return { found: value };
};

const lengthOf = (value: unknown): number => {
  if (Array.isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : 1;
};

const entriesOf = (value: unknown, claim: MembershipClaim): readonly Entry[] | 'malformed' => {
  switch (claim.shape) {
    case 'ids': {
      const ids = isObject(value) ? Object.keys(value) : [value].flat();
      return all(ids, (id) => ({ id, role: claim.role }));
    }
    case 'roles':
      if (!isObject(value)) return 'malformed';
      return all(Object.entries(value), ([id, role]) => ({ id, role }));
    case 'objects':
      if (!Array.isArray(value)) return 'malformed';
      return all(value, (one) => isObject(one) && { id: own(one, claim.idField), role: own(one, claim.roleField) });
  }
};

const own = (object: JsonObject, name: string): unknown => (Object.hasOwn(object, name) ? object[name] : undefined);

const grantsOf = (domain: Roles, entries: readonly Entry[], claim: MembershipClaim): ReadonlyMap<string, Claimed> => {
  const at = new Map<string, Claimed>();
  // What can be no restaurant is a group of another kind.
  for (const { id, role } of entries.filter(({ id }) => isRestaurantId(id))) {
    const claimed = claimedOf(domain, { id, role }, claim);
    // Of two words about one restaurant nobody knows which is meant.
    const before = at.get(id);
    at.set(id, before === undefined || isSame(before, claimed) ? claimed : { problem: 'membership_claim_malformed' });
  }
  return at;
};

const claimedOf = (domain: Roles, { id, role }: Entry, membershipClaim: MembershipClaim): Claimed => {
  if (!mayGrantAt({ membershipClaim }, id)) return { problem: 'restaurant_not_of_issuer' };
  return isClaimable(domain, role) ? { role } : { problem: 'role_unknown' };
};

const isSame = (one: Claimed, other: Claimed): boolean =>
  'role' in one && 'role' in other ? one.role === other.role : 'problem' in one && 'problem' in other;

/** All of them, or none where one is not what the shape says. */
const all = <T>(values: readonly T[], entryOf: (value: T) => Unread | false): readonly Entry[] | 'malformed' => {
  const entries: Entry[] = [];
  for (const value of values) {
    const { id, role } = entryOf(value) || {};
    const restaurantId = textOf(id);
    if (restaurantId === undefined || !isText(role)) return 'malformed';
    entries.push({ id: restaurantId, role });
  }
  return entries;
};

/** A whole number is the id it is written as. */
const textOf = (id: unknown): string | undefined => {
  if (isText(id)) return id;
  return typeof id === 'number' && Number.isSafeInteger(id) && id > 0 ? String(id) : undefined;
};
