/** One row of the membership table, as stored. `role` is unchecked text until `decideAccess` has read it. */
export type Membership = Readonly<{
  restaurantId: string;
  issuer: string;
  userId: string;
  role: string;
  connectionTypes?: readonly string[];
  /** Logins from before this moment are dead, and tokens where nothing tells when their user logged in. */
  revokedBeforeMs?: number;
  /** Kept out since then, whatever a token or another membership says, until somebody resumes the user. */
  suspendedAtMs?: number;
}>;

/**
 * What a session's membership stands by: a row of the table, or a claim of its token, for as long as the token lasts. Of whoever has
 * both it is the claim, and the row narrows it.
 */
export const membershipSources = ['table', 'token'] as const;
export type MembershipSource = (typeof membershipSources)[number];

/** The role of somebody who is suspended and a member of nothing. It is none of `roles`. */
export const noRole = 'none';

/**
 * The role of a row that cannot be read: it lacks an attribute, has one of another type, or names somebody else than its key does. It is
 * none of `roles`, so nobody enters by it; and since it may be a suspension, nobody enters past it by another row either.
 */
export const unreadableRole = 'unreadable';

/** The restaurant under which a platform owner's membership is stored. No client can name it. */
export const everyRestaurant = '*';

/** What the table holds for one user: the row of the restaurant and the platform's. */
export type MembershipsFound = Readonly<{ here: Membership | undefined; everywhere: Membership | undefined }>;

export const isSuspended = (membership: Membership | undefined): boolean => membership?.suspendedAtMs !== undefined;

export const isUnreadable = (membership: Membership | undefined): boolean => membership?.role === unreadableRole;

/**
 * Whether a revocation came after this moment: the time of the login where the token tells it, which renewing the token does not
 * move, else the time at which the token was issued.
 */
export const isRevoked = (membership: Membership | undefined, authenticatedAtMs: number): boolean =>
  membership?.revokedBeforeMs !== undefined && authenticatedAtMs < membership.revokedBeforeMs;
