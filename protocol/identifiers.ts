/** The names of the protocol and what ids look like. Plain values, for the SDK and the console, too. `*` (every restaurant) is a stored value only: no client's id matches it. */

/** What a device is to its restaurant: a text of `connectionTypePattern`. Which there are is the stage's domain. */
export type ConnectionType = string;

/** What a member is at a restaurant: a text of the same form. Which there are, and what each may be, is the stage's domain. */
export type Role = string;

/** What the name of a connection type looks like, those of other configurations among them. Never a name that every object has. */
export const connectionTypePattern = /^(?!(?:constructor|prototype)$)[a-z][a-z0-9_]{0,31}$/;
export const mayBeConnectionType = (text: string): boolean => connectionTypePattern.test(text);

/** The name of a role. */
export const rolePattern = connectionTypePattern;

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
