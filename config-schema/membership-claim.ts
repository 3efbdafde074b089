/** The claim of an issuer's tokens that makes their user a member, as a stage configures it. */
import * as v from 'valibot';
import { rolePattern } from '../protocol/identifiers.ts';
import { section, text } from './sections.ts';

const step = 'must be 1 to 256 printable ASCII characters';
const path = 'must be a list of 1 to 8 names, one for each level';
const usersOwn = 'must not go through what users write themselves';
const shapes = ['roles', 'objects', 'ids'] as const;
const shape = 'must be "roles", "objects" or "ids"';
const role = 'must be a role';
const field = 'must be 1 to 64 printable ASCII characters';
const restaurant = 'must be 1 to 64 letters, digits, "_" and "-", the first one a letter or digit';
const restaurants = 'must be a list of 1 to 200 ids of restaurants';
const prefix = 'must be what ids begin with: 1 to 63 letters, digits, "_" and "-", the first one a letter or digit';

/** Whatever a provider calls it: `user_metadata`, `userMetadata`, `https://example.com/user_metadata`, `raw_user_meta_data`. */
const usersOwnParts = ['usermetadata', 'unsafemetadata', 'untrustedmetadata', 'publicprofile'];
/** What providers call the places where users keep things of theirs. */
const usersOwnPlaces = ['traits', 'prefs', 'preferences', 'profile'];
/** The claims of a profile, at the top of a token (OpenID Connect Core 1.0, section 5.1). */
const profileClaims = [
  ...['name', 'givenname', 'familyname', 'middlename', 'nickname', 'preferredusername', 'picture', 'website', 'email'],
  ...['gender', 'birthdate', 'zoneinfo', 'locale', 'phonenumber', 'address'],
];

/** Whether the step leads to what the user may have written. An app client of Cognito may write `custom:` unless that was taken from it. */
const isUsersOwn = (name: string, level: number): boolean => {
  const letters = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  if (name.toLowerCase().startsWith('custom:')) return true;
  if (level === 0 && profileClaims.includes(letters)) return true;
  return usersOwnPlaces.includes(letters) || usersOwnParts.some((part) => letters.includes(part));
};

const Path = v.pipe(
  v.array(text(/^[\x20-\x7e]{1,256}$/, step), path),
  v.minLength(1, path),
  v.maxLength(8, path),
  v.check((steps) => !steps.some(isUsersOwn), usersOwn),
);

const Field = text(/^[\x20-\x7e]{1,64}$/, field);

const Keys = section({
  /** Step by step from the top of the token: claim names hold dots, slashes and colons. */
  path: Path,
  shape: v.picklist(shapes, shape),
  /** With the shape `ids`: everybody's role, one of the stage's that is of one restaurant (`domain-rules.ts`). */
  role: v.optional(text(rolePattern, role)),
  /** With the shape `objects`: the fields of each. */
  idField: v.optional(Field, 'id'),
  roleField: v.optional(Field, 'role'),
  /** Where the issuer may grant: these, and those whose ids begin so. Neither: anywhere, as the only issuer of a stage. */
  restaurants: v.optional(
    v.pipe(
      v.array(text(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, restaurant), restaurants),
      v.minLength(1, restaurants),
      v.maxLength(200, restaurants),
    ),
  ),
  restaurantPrefix: v.optional(text(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/, prefix)),
});

const ofIds = 'must be there with the shape "ids", and with no other: there the claim says it';

export const MembershipClaim = v.pipe(
  Keys,
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const claim = dataset.value;
    if ((claim.role !== undefined) === (claim.shape === 'ids')) return;
    const at = { type: 'object', origin: 'value', input: { ...claim }, key: 'role', value: claim.role } as const;
    addIssue({ message: ofIds, input: claim.role, path: [at] });
  }),
);

/** How the claim is read, and where its issuer may grant. */
export type MembershipClaim = Readonly<v.InferOutput<typeof MembershipClaim>>;

type WithClaim = Readonly<{ membershipClaim?: MembershipClaim | undefined }>;

/** Whether the entry of an issuer says that it grants there, by id or by prefix. */
export const namesRestaurant = ({ membershipClaim }: WithClaim, restaurantId: string): boolean =>
  membershipClaim !== undefined &&
  (membershipClaim.restaurants?.includes(restaurantId) === true ||
    (membershipClaim.restaurantPrefix !== undefined && restaurantId.startsWith(membershipClaim.restaurantPrefix)));

/** Whether tokens of the issuer may make their users members there. */
export const mayGrantAt = (issuer: WithClaim, restaurantId: string): boolean =>
  namesRestaurant(issuer, restaurantId) || (issuer.membershipClaim !== undefined && !namesRestaurants(issuer));

/** Whether the entry says where the issuer may grant at all. */
export const namesRestaurants = ({ membershipClaim }: WithClaim): boolean =>
  membershipClaim?.restaurants !== undefined || membershipClaim?.restaurantPrefix !== undefined;
