/** The names of the protocol and what ids look like. Plain values, for the SDK and the console, too. `*` (every restaurant) is a stored value only: no client's id matches it. */

export const connectionTypes = ['pos', 'kitchen', 'management', 'customer', 'platform'] as const;
export type ConnectionType = (typeof connectionTypes)[number];
export const defaultConnectionType: ConnectionType = 'pos';

export const isConnectionType = (text: string): text is ConnectionType =>
  (connectionTypes as readonly string[]).includes(text);

/** Roles as a client hears them. What each may is in `lambdas/access/roles.ts`. */
export const roleNames = ['platform_owner', 'restaurant_owner', 'manager', 'employee', 'customer_display'] as const;
export type RoleName = (typeof roleNames)[number];

export const orderStatuses = ['pending', 'confirmed', 'preparing', 'ready', 'completed', 'cancelled'] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/** What the name of a connection type looks like, those of other versions among them. Never a name that every object has. */
export const connectionTypePattern = /^(?!(?:constructor|prototype)$)[a-z][a-z0-9_]{0,31}$/;
export const mayBeConnectionType = (text: string): boolean => connectionTypePattern.test(text);

export const restaurantIdPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
export const isRestaurantId = (text: string): boolean => restaurantIdPattern.test(text);

/** What a device may call itself. It says so itself: a name, and never who it is. */
export const deviceIdPattern = /^[\w.:-]{1,64}$/;
export const isDeviceId = (text: string): boolean => deviceIdPattern.test(text);

/** As long as a subject may be (OpenID Connect Core 1.0, section 2). */
export const maxUserIdChars = 255;
export const mayBeUserId = /^[\x21-\x7e]{1,255}$/;
const canonicalInteger = /^[1-9]\d*$/;
const zero = /^[+-]?[0.]+(e[+-]?\d+)?$/i;
/** Nobody, however it is written: `0`, `00`, `-0`, `0.0`, `0e5`. */
export const isZero = (text: string): boolean => zero.test(text);
/** Whether an issuer may call a user so. What a number looks like there is its own word: `0042` and `12e45` are people, too. */
export const isIssuedUserId = (text: string): boolean => mayBeUserId.test(text) && !isZero(text);
const looksNumeric = /^[+-]?(0[xob][0-9a-f]*|(\d+\.?\d*|\.\d+)(e[+-]?\d+)?)$/i;
/** A number has at most 17 digits, a sign, a point and an exponent; longer texts are ids that happen to have digits only (a hex ObjectId has 24). */
const maxNumberChars = 23;

/**
 * Whether a client can mean a user by this text: 1-255 printable ASCII characters without spaces, and, where it reads as a number,
 * the canonical form of a positive integer. `0`, `00`, `-0`, `1e0`, `01`, `1.0` and padded forms are nobody.
 */
export const isUserId = (text: string): boolean => {
  if (!mayBeUserId.test(text) || zero.test(text)) return false;
  return text.length > maxNumberChars || !looksNumeric.test(text) || canonicalInteger.test(text);
};
